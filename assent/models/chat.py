"""A prompt as token ids: the model's chat template, whatever its dialect, or plain text. It knows no weights."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from assent.errors import ModelError
from assent.models.engine import Message, Prompt

MARK = "qxsystemmarkqx"
"""A text no template holds, to see what a template does with a message."""
FIXED_DATE = "26 Jul 2024"
"""Llama 3.2's template writes today's date into the prompt; its own fallback date keeps answers the same tomorrow."""


class Chat:
    """Lays out prompts for one tokenizer.

    Control tokens in the content (`<|im_end|>` said in a meeting) are broken up, so that content cannot pose as a turn
    of its own. A model without a system role gets the system text at the head of the first user message.
    """

    def __init__(self, tokenizer: Any) -> None:
        self._tokenizer = tokenizer
        self.template: str | None = _template(tokenizer)
        self._folds_system = self.template is not None and not self._has_system_role()
        self._control = self._control_tokens()

    def ids(self, prompt: Prompt) -> list[int]:
        messages = [Message(message.role, self._inert(message.content)) for message in prompt.messages]
        if self.template is None:
            text = "\n\n".join(message.content for message in messages) + "\n\n"
            return list(self._tokenizer(text)["input_ids"])
        text = self._render(_fold(messages) if self._folds_system else messages)
        return list(self._tokenizer(text, add_special_tokens=False)["input_ids"])

    def stop_ids(self) -> set[int]:
        """The end-of-text id, and the id with which the template closes an answer."""
        ids = {self._tokenizer.eos_token_id} - {None}
        if self.template is None:
            return ids
        messages = [Message("user", "q"), Message("assistant", MARK)]
        after = self._render(messages, answer_follows=False).rpartition(MARK)[2].lstrip()
        closing = [token for token in self._control if after.startswith(token)]
        if closing:
            ids.add(self._tokenizer.convert_tokens_to_ids(max(closing, key=len)))
        return ids

    def _render(self, messages: Sequence[Message], *, answer_follows: bool = True) -> str:
        import jinja2

        turns = [{"role": message.role, "content": message.content} for message in messages]
        try:
            text = self._tokenizer.apply_chat_template(
                turns,
                tokenize=False,
                add_generation_prompt=answer_follows,
                enable_thinking=False,
                date_string=FIXED_DATE,
            )
        except jinja2.TemplateError as error:  # its message may hold content
            raise ModelError(f"the model's chat template fails ({type(error).__name__})") from None
        return str(text)

    def _has_system_role(self) -> bool:
        """Some templates raise on a system message and some drop it in silence: neither has the role."""
        try:
            return MARK in self._render([Message("system", MARK), Message("user", "q")])
        except ModelError:
            return False

    def _control_tokens(self) -> tuple[str, ...]:
        added = self._tokenizer.added_tokens_decoder.values()
        tokens = {token.content for token in added if token.special or token.content in (self.template or "")}
        tokens |= set(self._tokenizer.all_special_tokens)
        return tuple(sorted(token for token in tokens if not token.isspace() and len(token) > 1))

    def _inert(self, text: str) -> str:
        """The text with every control token broken by a space; the unknown-word token is content, not control."""
        broken = [token for token in self._control if token != self._tokenizer.unk_token]
        if not broken:
            return text
        pattern = "|".join(re.escape(token) for token in sorted(broken, key=len, reverse=True))
        return re.sub(pattern, lambda found: f"{found[0][0]} {found[0][1:]}", text)


def _fold(messages: Sequence[Message]) -> list[Message]:
    """System text at the head of the first user message."""
    system = "\n\n".join(message.content for message in messages if message.role == "system")
    rest = [message for message in messages if message.role != "system"]
    if not system:
        return rest
    if not rest or rest[0].role != "user":
        return [Message("user", system), *rest]
    return [Message("user", f"{system}\n\n{rest[0].content}"), *rest[1:]]


def _template(tokenizer: Any) -> str | None:
    """The text of the chat template; of several, the one named default."""
    template = getattr(tokenizer, "chat_template", None)
    if isinstance(template, dict):
        template = template.get("default")
    return str(template) if template else None
