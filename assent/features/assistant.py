"""The assistant of a product: one model, one person, the features bound together, and the store of their account.

It knows no storage: without a store everything is local use and nothing is left behind.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from os import PathLike
from typing import TYPE_CHECKING, Any

from assent.data.transcripts import Roster, Transcript
from assent.errors import ConsentRequired, InputError
from assent.features.ask import CitedAnswer, ask
from assent.features.compose import Drafts, Thread, compose, rewrite
from assent.features.summarize import Minutes, summarize
from assent.features.trace import Trace
from assent.models import load
from assent.models.adapters import Serving
from assent.models.engine import Engine

if TYPE_CHECKING:
    from assent.data.facade import Store

NOBODY = Roster(entries=())


class Assistant:
    """Summaries, drafts and answers on one loaded model, for one writer.

    With a `store`, use is that of `user` in `account` (names of the host), and what the gate allows is logged; the
    `roster` says who a label is, and a label it does not know is nobody. It is then answered with the adapter that
    is released at that moment, unless an `engine` is given; one `Serving` may be the engine of many assistants. Raises
    ConsentRequired until the account has enabled the features, at every use.
    """

    def __init__(
        self,
        store: Store | None = None,
        *,
        account: str | None = None,
        user: str | None = None,
        roster: Roster | None = None,
        model: str = "assent-mini",
        engine: Engine | None = None,
    ) -> None:
        if (store is None) != (account is None) or (store and not user):
            raise InputError("logged use needs a store, an account and a user; local use needs none of the three")
        self.store, self.account, self.user, self.roster = store, account, user, roster or NOBODY
        self._require_consent()
        self.engine = engine or (Serving(store, model) if store else load(model))

    def summarize(
        self,
        source: str | PathLike[str] | Transcript,
        *,
        meeting: str | None = None,
        request: str | None = None,
        **wishes: Any,
    ) -> Minutes:
        """Minutes, as `assent.summarize`; `meeting` and `request` are the host's names of the meeting and this use."""
        with self._use("summarize", meeting, request) as trace:
            return summarize(source, engine=self._engine(trace), trace=trace, **wishes)

    def ask(
        self, transcript: Transcript, question: str, *, meeting: str | None = None, request: str | None = None
    ) -> CitedAnswer:
        with self._use("ask", meeting, request) as trace:
            return ask(transcript, question, engine=self._engine(trace), trace=trace)

    def compose(self, instruction: str, *, thread: Thread = None, request: str | None = None, **wishes: Any) -> Drafts:
        with self._use("reply" if thread else "compose", None, request) as trace:
            return compose(
                instruction, thread=thread, engine=self._engine(trace), me=self._label(), trace=trace, **wishes
            )

    def rewrite(self, text: str, how: str, *, request: str | None = None, **wishes: Any) -> Drafts:
        with self._use("rewrite", None, request) as trace:
            return rewrite(text, how, engine=self._engine(trace), me=self._label(), trace=trace, **wishes)

    def _engine(self, trace: Trace | None) -> Engine:
        return trace.listening(self.engine) if trace else self.engine

    def _label(self) -> str | None:
        """How the user signs: the first label the roster has for them, else the name given.

        In an account the user is the host's id of a person, which is no name: whom the roster has no label for does not
        sign.
        """
        labels = (entry.labels for entry in self.roster.entries if entry.person == self.user)
        return next((found[0] for found in labels if found), None if self.store else self.user)

    @contextmanager
    def _use(self, feature: str, meeting: str | None, request: str | None) -> Iterator[Trace | None]:
        """One use: the thread back to the store, None in local use. Raises ConsentRequired before anything is read."""
        self._require_consent()
        if self.store is None or self.account is None or self.user is None:
            yield None
            return
        with Trace(self.store, self.account, self.user, self.roster, feature, meeting, request).told() as trace:
            yield trace

    def _require_consent(self) -> None:
        """Raises ConsentRequired, with the command that would enable the features."""
        if self.store is None or self.account is None:
            return
        decision = self.store.consent.enabled(self.account)
        if not decision.allowed:
            raise ConsentRequired(
                f"account {self.account} has not enabled the features ({decision.reason}); an admin of it signs with: "
                f"assent consent sign --account {self.account} --admin NAME --purpose use_feature"
            )
