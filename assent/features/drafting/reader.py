"""Reads clause after clause: who is addressed, and what each clause says, asks, wants or forbids. It knows no tone."""

from __future__ import annotations

import re

from assent.features.drafting.orders import aloud, plain
from assent.features.drafting.patterns import (
    AFTER_VERB,
    AMBIGUOUS,
    ASKING,
    AUX,
    DETERMINED,
    GROUP_WORDS,
    HEARER,
    HUSH,
    HUSH_OBJECT,
    HUSHED_BEFORE,
    LEAD,
    NAMED,
    OPEN,
    PRONOUN,
    SAY,
    SENDABLE,
    STATES,
    TITLED,
    TO_VERB,
    UNNAMED,
    WH,
    request_verbs,
)
from assent.features.drafting.person import to_you
from assent.features.drafting.plan import Point
from assent.features.drafting.shorthand import first_names
from assent.features.drafting.wishes import is_wish

REQUESTED = re.compile(
    r"(?i)(?:skip the (?:\w+ )?(?:meeting|call|standup|queue)|"
    r"make it (?:to|on|by|at)|be (?:at|in|on|there)|stay (?:in|at|off|out|on|home))\b"
)
"""Openings that look like a wish for the wording and are asked of the addressee."""

_PERSONAL = frozenset(["say no to", *"to for get need want have decline write announce offer update".split()])
"""Verbs that address somebody only where a person follows."""


class Reader:
    """Takes one clause after the other; later clauses lean on the addressee found before."""

    def __init__(self, asker: str | None, known: tuple[str, ...]) -> None:
        self.asker, self.known = asker, known
        self.to: str | None = None
        self.group = False
        self.addressed = False
        self.points: list[Point] = []
        self.hushed: list[str] = []

    def take(self, clause: str) -> None:
        if is_wish(clause):
            return
        clause = re.sub(
            r"(?i)^((?:say|tell|ask|decline)\b(?: \w+){0,2}) (?:nicely|politely|kindly|firmly)\b", r"\1", clause
        )
        clause = re.sub(
            (
                r"(?i)^(?:specifically|especially|also|then|and|so|that|but) (?=(?:mention|that|you|tell|ask|say|"
                r"the|we|I)\b)"
            ),
            "",
            clause,
        )
        if re.search(r"(?i)\b(?:but )?(?:leave|keep) (?:that|it|this) out\b", clause):
            self.hushed.append(re.sub(r"(?i),? (?:but )?(?:leave|keep) (?:that|it|this) out.*", "", clause))
            return
        if HUSH.match(clause) and not REQUESTED.match(clause) and plain(clause) == clause:
            self._hush(clause)
            return
        led = LEAD.match(clause)
        clause = plain(LEAD.sub("", clause).strip())
        if self._aloud(clause):
            return
        if led and re.search(
            r"(?i)(?:msg|message|note|email|mail|update|reminder|reply|line|invite|text) $", led.group()
        ):
            clause = re.sub(r"(?i)^(?:to|for) ", "write to ", clause)
        clause = re.sub(
            (
                r"(?i)^(?:answer|reply to|respond to) (?:both|everything|all|the|every)?\s*(?:questions?|qs|of "
                r"them)?\s*[:.]\s*"
            ),
            "",
            clause,
        )
        clause = re.sub(r"(?i)^(?:post|write|announce) in [\w# -]+:\s*", "", clause)
        if not clause or re.fullmatch(
            r"(?i)answer (?:both|everything|all|them all|both questions|all questions)", clause
        ):
            return
        colon = re.match(r"^([\w'’ .()-]{2,40}?):\s*(.+)$", clause, re.DOTALL)
        if colon and not self.to and not self.points and self._vocative(colon.group(1)):
            clause = colon.group(2)
        opened = OPEN.match(clause)
        if opened and self._opened(opened.group("verb").lower(), opened.group("rest").strip()):
            return
        self._plain(clause)

    def _aloud(self, clause: str) -> bool:
        """Take an offer, a refusal, a promise as the sentence that carries it out."""
        offered = re.match(r"(?i)^offer (?!to\b)(?P<rest>.+)$", clause, re.DOTALL)
        if offered and self._is_person(offered.group("rest")):
            name, thing = self._addressee(offered.group("rest"))
            if name and thing:
                self._address(name)
                clause = f"offer {thing}"
        said = aloud(clause)
        if said is None:
            return False
        self.points.append(Point("say", self._you(said)))
        return True

    def _hush(self, clause: str) -> None:
        if HUSHED_BEFORE.search(clause) and len(self.points) > 1:
            self.hushed.append(self.points.pop().text)
            return
        found = HUSH_OBJECT.search(clause)
        self.hushed.append((found.group(1) if found else clause).strip(" .!)"))

    def _vocative(self, text: str) -> bool:
        """Take `tell the lab group` or `Priya` before a colon as the addressee."""
        opened = OPEN.match(text.strip())
        name, rest = self._addressee(opened.group("rest") if opened else text.strip())
        if name and not rest.strip() and (opened or name[0].isupper() or name.split()[-1] in GROUP_WORDS):
            self._address(name)
            return True
        return False

    def _address(self, name: str) -> None:
        plain = re.sub(r"(?i)^(?:the|my|our|all the|all)\s+(?=\w)", "", name).strip()
        self.addressed = True
        hearer = plain.lower() in {"her", "him", "them", "they", "both"}
        if self.to is None and not hearer:
            self.to = {"everyone": "everyone", "everybody": "everyone", "people": "all"}.get(
                plain.lower(), re.sub(r"\s*\+\s*|\s*&\s*", " and ", plain)
            )
        words = {word.lower().strip(",") for word in name.split()}
        self.group = (
            bool(words & GROUP_WORDS) or " and " in name or "," in name or name.lower().startswith(("all", "our"))
        )

    def _addressee(self, text: str) -> tuple[str | None, str]:
        for pattern in (TITLED, DETERMINED, HEARER, NAMED, UNNAMED):
            found = pattern.match(text)
            found = _to_group(found, text) if found and pattern in (DETERMINED, UNNAMED) else found
            if found and not (pattern is NAMED and found.group().split()[0] in PRONOUN):
                return found.group().strip(), text[found.end() :].strip()
        words = text.split()
        if (
            not words
            or words[0].lower().strip(":,") in {"that", "if", "whether", "to", "for", "about", "a", "an", "I", "i"} | WH
            or words[0].lower() in AUX
        ):
            return None, text
        take = (
            2
            if len(words) > 1
            and (
                words[0].lower() in {"the", "my", "our"}
                or re.match(r"^[\dA-Z]*\d[\dA-Z]*$", words[1])
                or words[1].lower() in GROUP_WORDS
            )
            else 1
        )
        return " ".join(words[:take]).strip(":,"), " ".join(words[take:])

    def _opened(self, verb: str, rest: str) -> bool:
        """A clause that opens with an addressing verb; False where that reading does not hold."""
        if verb in _PERSONAL and not self._is_person(rest):
            return self._refused(verb, rest)
        name, body = self._addressee(rest)
        if name is None:
            return self._unaddressed(verb, rest)
        if verb == "let" and not body.lower().startswith("know"):
            return False
        if name.endswith(("'s", "’s")):
            return False
        if (
            not body
            and verb in {"ask", "tell", "email", "text", "message", "inform", "warn"}
            and (self.points or self.asker)
        ):
            self.points.append(Point("do", f"{verb} {name}"))
            return True
        self._address(name)
        body = re.sub(r"(?i)^know\b\s*", "", body) if verb == "let" else body
        body = body.strip(" :,")
        self._body(verb, self._you(body))
        return True

    def _is_person(self, rest: str) -> bool:
        first = rest.split()[0].strip(",:") if rest.split() else ""
        known = {word for name in self.known for word in name.split()}
        return (
            first.lower() in first_names() | {"her", "him", "them", "everyone"}
            or first in known
            or bool(TITLED.match(rest))
            or bool(DETERMINED.match(rest) and set(rest.lower().split()[:4]) & GROUP_WORDS)
        )

    def _refused(self, verb: str, rest: str) -> bool:
        if verb in {"say no to", "decline"}:
            self.points.append(Point("say", f"I have to say no to {rest}"))
            return True
        return False

    def _unaddressed(self, verb: str, rest: str) -> bool:
        """ "ask if the room is free", "remind about the form": the hearer is left open."""
        if (
            verb
            in {
                "ask",
                "check with",
                "tell",
                "remind",
                "warn",
                "inform",
                "chase",
                "thank",
                "text",
                "email",
                "message",
                "reply to",
                "let",
            }
            and rest
        ):
            self._body(verb, self._you(rest))
            return True
        return False

    def _you(self, text: str) -> str:
        """The text from the addressee's side; a name in it may own the pronouns behind it."""
        others = frozenset(word for word in re.findall(r"\b[A-Z][\w’']+", text) if word.lower() in first_names())
        return to_you(text, group=self.group, others=others)

    def _body(self, verb: str, body: str) -> None:
        if not body:
            self._bare(verb)
        elif verb in {"thank", "say thanks to", "thanks to", "thank you to"}:
            self.points.append(Point("thank", re.sub(r"(?i)^(?:for|mention)\s+", "", body)))
        elif verb in {"apologise to", "apologize to", "say sorry to", "sorry to"}:
            self.points.append(Point("sorry", re.sub(r"(?i)^(?:for|about)\s+", "", body)))
        elif verb in {"congratulate", "congrats to"}:
            self.points.append(Point("say", f"congratulations {body}"))
        elif verb == "invite":
            self.points.append(Point("say", f"I would like to invite you {body}"))
        elif verb == "remind" and re.match(r"(?i)(?:about|of)\b", body):
            self.points.append(
                Point("say", f"a reminder {body.replace('of', 'about', 1) if body.startswith('of') else body}")
            )
        elif verb in {"chase", "follow up with"} or (verb == "ask" and re.match(r"(?i)(?:about)\b", body)):
            self.points.append(
                Point("say", f"I wanted to ask {body if body.lower().startswith('about') else 'about ' + body}")
            )
        elif verb == "ask":
            self._asked(body)
        else:
            self._told(body)

    def _bare(self, verb: str) -> None:
        if verb in {"thank", "say thanks to", "thanks to"}:
            self.points.append(Point("wish", "thank you"))
        elif verb in {"apologise to", "apologize to", "say sorry to"}:
            self.points.append(Point("wish", "I'm sorry"))

    def _asked(self, body: str) -> None:
        words = body.split()
        first = words[0].lower()
        if first == "for":
            self.points.append(_wanted(body[4:]))
        elif body.lower().startswith("not to "):
            self.points.append(Point("dont", body[7:]))
        elif TO_VERB.match(body):
            self.points.append(Point("do", TO_VERB.sub("", body)))
        elif first in {"if", "whether"} | WH or first in AUX:
            self.points.append(Point("ask", body.rstrip("?")))
        elif first in request_verbs():
            self.points.append(Point("do", body))
        else:
            self.points.append(Point("say", body))

    def _told(self, body: str) -> None:
        words = body.split()
        first = words[0].lower()
        if first == "that":
            body = body[5:].strip()
            words, first = body.split(), body.split()[0].lower() if body.split() else ""
        if first == "about":
            self.points.append(Point("say", f"this is {body}"))
        elif body.lower().startswith("not to "):
            self.points.append(Point("dont", body[7:]))
        elif first == "to" and len(words) > 1:
            self.points.append(Point("do", body[3:]))
        elif first in {"don't", "do"} and (first == "don't" or words[1:2] == ["not"]):
            self.points.append(Point("dont", " ".join(words[1:] if first == "don't" else words[2:])))
        elif first in {"if", "whether"} and "," not in body and "?" in body:
            self.points.append(Point("ask", body.rstrip("?")))
        else:
            self._plain(body)

    def _plain(self, clause: str) -> None:
        clause = (
            SAY.sub("", clause).strip(" :")
            if not re.match(r"(?i)(?:tell|let|add|report|note|reply|answer|post|write|confirm)\s+\S+$", clause)
            else clause
        )
        if not clause:
            return
        clause = self._you(clause) if self.addressed else clause
        words = clause.split()
        first = words[0].lower().strip(",:")
        if clause.endswith("?") or (first in WH and first not in {"what", "when", "who"}):
            self.points.append(Point("ask", clause.rstrip("?")))
        elif first in {"please", "pls"} and len(words) > 1:
            self._request(clause.split(None, 1)[1])
        elif first in {"don't"} or clause.lower().startswith("do not "):
            self.points.append(Point("dont", re.sub(r"(?i)^(?:don't|do not) ", "", clause)))
        elif (
            first == "you"
            and words[1:2]
            and words[1] in {"should", "must"}
            and words[2:3] != ["not"]
            and len(words) > 2
        ):
            self.points.append(Point("do", " ".join(words[2:])))
        elif ASKING.match(clause):
            self.points.append(Point("ask", clause))
        elif first == "wish" and len(words) > 1:
            self.points.append(Point("say", f"I {clause}"))
        elif first in {"suggest", "propose"} and len(words) > 1:
            self._suggest(clause.split(None, 1)[1])
        elif first == "welcome" and len(words) > 1:
            self.points.append(Point("do", clause))
        elif first in request_verbs() and _is_request(words):
            self._request(clause)
        elif re.match(r"(?i)^(?:need|want) ", clause):
            self.points.append(Point("say", f"I {clause[0].lower()}{clause[1:]}"))
        elif re.match(r"(?i)^thanks?\b(?: you)?\s*(?:for\b)?", clause):
            body = re.sub(r"(?i)^thanks?\b(?: you)?\s*(?:for\b)?\s*", "", clause)
            self.points.append(Point("thank", body) if body else Point("wish", "thank you"))
        elif re.match(r"(?i)^sorry\b", clause):
            body = re.sub(r"(?i)^sorry\b\s*(?:for|about)?\s*", "", clause)
            self.points.append(Point("sorry", body) if body else Point("wish", "I'm sorry"))
        else:
            self.points.append(Point("say", clause))

    def _suggest(self, body: str) -> None:
        if re.match(r"(?i)(?:that )?we (?!could\b|should\b)", body):
            body = f"that {re.sub(r'(?i)^that ', '', body)}"
        else:
            body = re.sub(r"(?i)^(?:that )?(?:we|you) (?:could |should )?", "", body)
        found = re.match(r"(?i)^(?:asking|to ask) (.+)$", body)
        self.points.append(Point("say", f"maybe ask {found.group(1)}" if found else f"I suggest {body}"))

    def _request(self, clause: str) -> None:
        lowered = re.sub(r"(?i)(?:,? (?:please|pls))$", "", clause)
        self.points.append(Point("do", lowered))


def _to_group(found: re.Match[str], text: str) -> re.Match[str]:
    """The match cut behind its first group word: "the tour group tomorrow's tour" names a group."""
    words = found.group().split()
    at = next((index for index, word in enumerate(words) if word.lower() in GROUP_WORDS), None)
    if at is None or at + 1 == len(words) or re.match(r"\s*(?:of|\()", text[len(" ".join(words[: at + 1])) :]):
        return found
    cut = re.match(re.escape(" ".join(words[: at + 1])), text)
    return cut or found


def _is_request(words: list[str]) -> bool:
    """Whether a clause that opens with a verb asks for something: "order the paper", not "order 12 late"."""
    second = words[1].lower() if len(words) > 1 else ""
    if second in AUX or (words[0].lower() in AMBIGUOUS and words[-1].lower() in STATES):
        return False
    return (
        words[0].lower() not in AMBIGUOUS
        or second in AFTER_VERB
        or bool(re.match(r"[A-Z\d]|\w+s$", words[1] if len(words) > 1 else "x"))
    )


def _wanted(thing: str) -> Point:
    """What is asked for: sent where it can be sent, else had."""
    if SENDABLE.search(thing):
        return Point("do", f"send me {thing}")
    return Point("ask", f"can I have {thing}")
