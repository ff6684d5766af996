"""An instruction, read: whom it addresses, what is to be said, asked or requested, and what must not be said.

It knows no tone. What it cannot make out it keeps as a statement in the instruction's own words.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from typing import Literal

from assent.features.drafting.person import PLURAL, to_you
from assent.features.drafting.shorthand import _table, first_names, spell_out

Kind = Literal["say", "ask", "do", "dont", "thank", "sorry", "wish"]


@dataclass(frozen=True, slots=True)
class Point:
    """One thing to be said. `text` is a clause, a question without its mark, or a request without "please"."""

    kind: Kind
    text: str


@dataclass(frozen=True, slots=True)
class Plan:
    """What an instruction asks for. `to` is how the greeting calls the addressee, None where nobody is named."""

    to: str | None
    points: tuple[Point, ...]
    hushed: tuple[str, ...] = ()
    """What the instruction forbids to mention, in its own words."""
    text: str = ""
    """The instruction with its shorthand written out."""


_ABBREVIATION = re.compile(r"(?i)\b(?:mr|mrs|ms|dr|prof|st|no|ch|approx|e\.g|i\.e|vs|ca)\.$")
_SPLIT = re.compile(r"(?:(?<=[.!?])\s+|\s*;\s*|\n+|\s+->\s+|\s+[-–]{1,2}\s+|,\s+(?:and\s+|but\s+(?=(?:don't|do not|without|not a word))|also\s+)?|\s+/\s+|\.\s+|!+\s*$)")
_AND = re.compile(r"\s+(?:and|but)\s+(?:also\s+)?(?=(?:ask|tell|thank|say|remind|let|don't|do not|suggest|offer|apologi[sz]e|please|mention|wish|invite|no need)\b)")
_AUX = frozenset("is are was were am has have had can could will would shall should must may might do does did isn't aren't wasn't weren't hasn't haven't can't couldn't won't wouldn't shouldn't don't doesn't didn't".split())
_WH = frozenset("who what when where why which how whose whom what's who's where's when's how's".split())
_PRONOUN = frozenset("I we you he she it they there this that I'm I've I'd I'll we're we've we'll it's he's she's they're there's that's everyone everybody nobody someone anyone you're you'll".split())
_GROUP_WORDS = frozenset(
    "team everyone everybody all staff people folks parents tenants volunteers residents customers suppliers drivers students interns guests members colleagues crew group class "
    "leads managers reviewers trainers nurses mentees musicians buyers neighbours them both guys others".split()
)  # fmt: skip
_HUSH = re.compile(
    r"(?i)^(?:but |and |pls |please )?(?:(?:don't|do not|never|no need to|without|not) (?:mention(?:ing)?|say(?:ing)?|tell(?:ing)?|promis(?:e|ing)|bring(?:ing)? up|go(?:ing)? into|make it|sound(?:ing)?|blam(?:e|ing)|threaten|"
    r"apologi[sz]e|explain(?:ing)?|giv(?:e|ing) (?:a |any )?(?:reasons?|dates?|details?)|add|overdo|accus(?:e|ing)|offer(?:ing)?|commit(?:ting)?|reveal|name|list|use the word|ask why|be |too |over)|not a word|leave (?:out|that out|it out)|"
    r"skip the|keep (?:it|this|the tone|me out|him out|her out|them out)|stay |be (?:nice|polite|sweet|friendly|kind|brief|firm|short|clear|honest|gentle)|make it |sound |"
    r"no (?:reasons?|why|excuses|apolog(?:y|ies)|dates?|details?|promises?|drama|jokes?|insults?|threats?|blame|names?|fuss|emoji|explanations?|long|more)\b|not (?:too|accusing|angry)|"
    r"nothing about|short(?: please)?$|brief(?:ly)?$|politely$|nicely$|friendly$|formal(?:ly)?$|in one line|one line|two sentences|in a |warm(?:ly)?$|but nice|casual)"
)
_HUSH_OBJECT = re.compile(r"(?i)(?:mention(?:ing)?|say(?:ing)?|bring(?:ing)? up|leave out|not a word (?:about|of|on)|nothing about|skip|promis(?:e|ing)|tell(?:ing)? (?:them|her|him)(?: about)?|no)\s+(?:that |the |a |an |any |our |my )?(.+)$")
_LEAD = re.compile(
    r"(?i)^(?:(?:please|pls|can you|could you|i (?:need|want|have|would like|'d like) to|want to(?= (?:tell|ask|say|thank))|just|quickly|also|and|then|so|but|(?:a |write (?:a |an )?|send (?:a |an )?)?(?:short |quick |formal |friendly |polite |nice |little |farewell |goodbye |long )*"
    r"(?:msg|message|note|email|mail|update|reminder|reply|line|invite|text)(?= (?:to|for)\b)) )+"
)
_OPEN = re.compile(
    r"(?i)^(?P<verb>tell|let|inform|remind|ask|warn|thank|congratulate|congrats to|invite|chase|nudge|write(?: back)? to|write|message|email|mail|text|ping|reply to|answer|respond to|say to|explain to|announce to|confirm to|"
    r"confirm with|check with|apologi[sz]e to|say sorry to|sorry to|say thanks to|thanks to|thank you to|note to|to|for|beg|urge|get|need|want|have|update|notify|offer|suggest to|propose to|follow up with|say no to|decline|"
    r"summarise for|brief|find out from|point out to|forward to|notice to|reminder to|complain to|complaint to|request to|handing over to)\b\s*(?P<rest>.*)$",
    re.DOTALL,
)
_SAY = re.compile(r"(?i)^(?:say|mention|announce|explain|add|note|reply|answer|state|write|post|point out|confirm|report|stress|admit|tell|let|repeat)\s+(?:that\s+|:\s*|(?:them|her|him|everyone|know)\s+(?:that\s+|know\s+(?:that\s+)?)?)?(?=\S)")
_TITLED = re.compile(r"^(?:(?:Mr|Mrs|Ms|Dr|Prof|Professor|[Cc]oach|Sir|Madam|mr|mrs|ms|dr|prof)\.?\s+)[A-Z]?[\w'’-]+")
_NAMED = re.compile(r"^[A-Z][\w'’-]*(?:\s+[A-Z][a-z'’-]+)?(?:\s*(?:,|and|\+|&)\s*(?:[A-Z][\w'’-]*|team))*")
_HEARER = re.compile(r"(?i)^(?:her|him|them|they|both|everyone|everybody|all)\b")
_DETERMINED = re.compile(r"(?i)^(?:the|my|our|all(?: the)?)\s+[\w'’()-]+(?:\s+[\w'’()-]+){0,4}?(?=\s+(?:that|to|if|whether|for|about|who|what|when|where|why|how|which|know|on|is|are|can|we|it|I)\b|\s*[:,.]|$)")
_UNNAMED = re.compile(
    r"(?i)^(?!(?:that|if|whether|to|for|about|a|an|I|not|no|some|any|on|in|at|how|who|what|when|where|why|which|is|are|can|could|does|do|has|have)\b)"
    r"((?:(?!(?:has|have|is|are|was|were|can|will|had|that|we|I|it|the|must|should)\b)[a-z][\w'’-]*\s*){1,3}?)(?=\s*(?:\b(?:that|to|if|whether|for|about|who|what|when|where|why|how|which|of)\b|[:,]))"
)
_SENDABLE = re.compile(r"(?i)\b(?:slides?|files?|reports?|quotes?|forecast|photos?|pictures?|lists?|links?|numbers?|cv|invoices?|copy|copies|drafts?|notes|minutes|documents?|contract|plans?|headcount|feedback|update|status|confirmation|details|address|data|figures|logs?)\b")
_STATES = frozenset("open ready done late closed missing broken due full wrong optional needed approved ok OK off".split())
_AFTER_VERB = frozenset("the a an my our your their his her me us it them this that these those in out up off on to with for all each every one two any some both w/ what who when whether if at".split())
_AMBIGUOUS = frozenset("back water test plan order report lock list release print label have start sign review check change copy email call visit offer book stop post deal help mark park record request set show".split())
_ASKING = re.compile(r"(?i)^(?:can|could|would|does|did|is|are|has|will|shall|should) (?:someone|anyone|somebody|anybody|everyone|we|you|i|they|he|she|it|there|the|my|our|your|this|that)\b")
_TO_VERB = re.compile(r"(?i)^(?:not to|to|please|pls)\s+")


@cache
def request_verbs() -> frozenset[str]:
    return frozenset(word for line in _table("verbs.txt") for word in line.split())


def read_instruction(text: str, known: tuple[str, ...] = (), asker: str | None = None) -> Plan:
    """The plan of an instruction. `known` are names of the thread; `asker` is whom "her", "him" and "them" mean there."""
    spelled = spell_out(text, known).strip()
    reader = _Reader(asker, known)
    for clause in _clauses(spelled):
        reader.take(clause)
    return Plan(reader.to or _named_speaker(spelled, asker) or asker, tuple(reader.points), tuple(reader.hushed), spelled)


def _named_speaker(text: str, asker: str | None) -> str | None:
    """The one speaker that the instruction names, so that only that one is greeted."""
    named = [name for name in (asker or "").split(" and ") if name and re.search(rf"(?<!not )\b{re.escape(name)}\b", text)]
    return named[0] if len(named) == 1 else None


def _clauses(text: str) -> list[str]:
    rough: list[str] = []
    for piece in _guarded(text):
        rough += [part for part in _AND.split(piece) if part.strip()]
    out: list[str] = []
    for piece in rough:
        clean = piece.strip(" ,;")
        if out and not stands_alone(clean):
            out[-1] = f"{out[-1].rstrip('.!?')}, {clean}"
        elif clean:
            out.append(clean)
    return out


def _guarded(text: str) -> list[str]:
    """Split at clause ends, but not behind "Mr." or "ch."."""
    pieces: list[str] = []
    start = 0
    for match in _SPLIT.finditer(text):
        if _ABBREVIATION.search(text[: match.start()]) or _ABBREVIATION.search(text[: match.start() + 1]):
            continue
        if _inside_brackets(text, match.start()):
            continue
        pieces.append(text[start : match.start()])
        start = match.end()
    return [*pieces, text[start:]]


def _inside_brackets(text: str, at: int) -> bool:
    return text.count("(", 0, at) > text.count(")", 0, at)


def stands_alone(clause: str) -> bool:
    """Whether a piece between commas is a clause of its own and not the next item of a list."""
    words = clause.split()
    first = words[0].lower().strip(":") if words else ""
    if _HUSH.match(clause) or _OPEN.match(clause) and first not in {"for", "to", "have", "need", "want", "get"}:
        return True
    if first in request_verbs() or first in _WH or first in _AUX or first in {"please", "thanks", "sorry", "yes", "no", "not"}:
        return True
    lowered = [word.lower().strip(".,!?") for word in words]
    return any(word in _AUX or words[at] in _PRONOUN for at, word in enumerate(lowered)) or len(words) > 4 or ":" in clause


class _Reader:
    """Takes one clause after the other; later clauses lean on the addressee found before."""

    def __init__(self, asker: str | None, known: tuple[str, ...]) -> None:
        self.asker, self.known = asker, known
        self.to: str | None = None
        self.group = False
        self.addressed = False
        self.points: list[Point] = []
        self.hushed: list[str] = []

    def take(self, clause: str) -> None:
        clause = re.sub(r"(?i)^((?:say|tell|ask|decline)\b(?: \w+){0,2}) (?:nicely|politely|kindly|firmly)\b", r"\1", clause)
        clause = re.sub(r"(?i)^(?:specifically|especially|also|then|and|so|that|but) (?=(?:mention|that|you|tell|ask|say|the|we|I)\b)", "", clause)
        if re.search(r"(?i)\b(?:but )?(?:leave|keep) (?:that|it|this) out\b", clause):
            self.hushed.append(re.sub(r"(?i),? (?:but )?(?:leave|keep) (?:that|it|this) out.*", "", clause))
            return
        if _HUSH.match(clause) and (self.points or self.to or len(clause.split()) > 1) and not re.match(r"(?i)(?:skip the|make it|no more)\b", clause):
            found = _HUSH_OBJECT.search(clause)
            self.hushed.append(found.group(1) if found else clause)
            return
        led = _LEAD.match(clause)
        clause = _LEAD.sub("", clause).strip()
        if led and re.search(r"(?i)(?:msg|message|note|email|mail|update|reminder|reply|line|invite|text) $", led.group()):
            clause = re.sub(r"(?i)^(?:to|for) ", "write to ", clause)
        clause = re.sub(r"(?i)^(?:answer|reply to|respond to) (?:both|everything|all|the|every)?\s*(?:questions?|qs|of them)?\s*[:.]\s*", "", clause)
        clause = re.sub(r"(?i)^(?:post|write|announce) in [\w# -]+:\s*", "", clause)
        if not clause or re.fullmatch(r"(?i)answer (?:both|everything|all|them all|both questions|all questions)", clause):
            return
        colon = re.match(r"^([\w'’ .()-]{2,40}?):\s*(.+)$", clause, re.DOTALL)
        if colon and not self.to and not self.points and self._vocative(colon.group(1)):
            clause = colon.group(2)
        opened = _OPEN.match(clause)
        if opened and self._opened(opened.group("verb").lower(), opened.group("rest").strip()):
            return
        self._plain(clause)

    def _vocative(self, text: str) -> bool:
        """Take `tell the lab group` or `Priya` before a colon as the addressee."""
        opened = _OPEN.match(text.strip())
        name, rest = self._addressee(opened.group("rest") if opened else text.strip())
        if name and not rest.strip() and (opened or name[0].isupper() or name.split()[-1] in _GROUP_WORDS):
            self._address(name)
            return True
        return False

    def _address(self, name: str) -> None:
        plain = re.sub(r"(?i)^(?:the|my|our|all the|all)\s+(?=\w)", "", name).strip()
        self.addressed = True
        hearer = plain.lower() in {"her", "him", "them", "they", "both"}
        if self.to is None and not hearer:
            self.to = {"everyone": "everyone", "everybody": "everyone", "people": "all"}.get(plain.lower(), re.sub(r"\s*\+\s*|\s*&\s*", " and ", plain))
        words = {word.lower().strip(",") for word in name.split()}
        self.group = bool(words & _GROUP_WORDS) or " and " in name or "," in name or name.lower().startswith(("all", "our"))

    def _addressee(self, text: str) -> tuple[str | None, str]:
        for pattern in (_TITLED, _DETERMINED, _HEARER, _NAMED, _UNNAMED):
            found = pattern.match(text)
            found = _to_group(found, text) if found and pattern in (_DETERMINED, _UNNAMED) else found
            if found and not (pattern is _NAMED and found.group().split()[0] in _PRONOUN):
                return found.group().strip(), text[found.end() :].strip()
        words = text.split()
        if not words or words[0].lower().strip(":,") in {"that", "if", "whether", "to", "for", "about", "a", "an", "I", "i"} | _WH or words[0].lower() in _AUX:
            return None, text
        take = 2 if len(words) > 1 and (re.match(r"^[\dA-Z]*\d[\dA-Z]*$", words[1]) or words[1].lower() in _GROUP_WORDS) else 1
        return " ".join(words[:take]).strip(":,"), " ".join(words[take:])

    def _opened(self, verb: str, rest: str) -> bool:
        """A clause that opens with an addressing verb; False where that reading does not hold."""
        if verb in {"to", "for", "get", "need", "want", "have", "say no to", "decline", "write", "announce", "offer", "update"} and not self._is_person(rest):
            return self._refused(verb, rest)
        name, body = self._addressee(rest)
        if name is None:
            return self._unaddressed(verb, rest)
        if verb == "let" and not body.lower().startswith("know"):
            return False
        if name.endswith(("'s", "’s")):
            return False
        if not body and verb in {"ask", "tell", "email", "text", "message", "inform", "warn"} and (self.points or self.asker):
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
        return first.lower() in first_names() | {"her", "him", "them", "everyone"} or first in known or bool(_TITLED.match(rest)) or bool(_DETERMINED.match(rest) and set(rest.lower().split()[:4]) & _GROUP_WORDS)

    def _refused(self, verb: str, rest: str) -> bool:
        if verb in {"say no to", "decline"}:
            self.points.append(Point("say", f"I have to say no to {rest}"))
            return True
        return False

    def _unaddressed(self, verb: str, rest: str) -> bool:
        """ "ask if the room is free", "remind about the form": the hearer is left open."""
        if verb in {"ask", "check with", "tell", "remind", "warn", "inform", "chase", "thank", "text", "email", "message", "reply to", "let"} and rest:
            self._body(verb, self._you(rest))
            return True
        return False

    def _you(self, text: str) -> str:
        group = self.group
        others = frozenset(word for word in re.findall(r"\b[A-Z][\w’']+", text) if word.lower() in first_names())
        if not group and any(word in PLURAL for word in text.lower().split()) and re.search(r"\b(?:all|both|people|customers|guests|\w+s) .*\bthe(?:y|m|ir)\b", text):
            others |= frozenset()
        return to_you(text, group=group, others=others)

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
            self.points.append(Point("say", f"a reminder {body.replace('of', 'about', 1) if body.startswith('of') else body}"))
        elif verb in {"chase", "follow up with"} or (verb == "ask" and re.match(r"(?i)(?:about)\b", body)):
            self.points.append(Point("say", f"I wanted to ask {body if body.lower().startswith('about') else 'about ' + body}"))
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
        elif _TO_VERB.match(body):
            self.points.append(Point("do", _TO_VERB.sub("", body)))
        elif first in {"if", "whether"} | _WH or first in _AUX:
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
        if body.lower().startswith("not to "):
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
        clause = _SAY.sub("", clause).strip(" :") if not re.match(r"(?i)(?:tell|let|add|report|note|reply|answer|post|write|confirm)\s+\S+$", clause) else clause
        if not clause:
            return
        clause = self._you(clause) if self.addressed else clause
        words = clause.split()
        first = words[0].lower().strip(",:")
        if clause.endswith("?") or (first in _WH and first not in {"what", "when", "who"}):
            self.points.append(Point("ask", clause.rstrip("?")))
        elif first in {"please", "pls"} and len(words) > 1:
            self._request(clause.split(None, 1)[1])
        elif first in {"don't"} or clause.lower().startswith("do not "):
            self.points.append(Point("dont", re.sub(r"(?i)^(?:don't|do not) ", "", clause)))
        elif first == "you" and words[1:2] and words[1] in {"should", "must"} and words[2:3] != ["not"] and len(words) > 2:
            self.points.append(Point("do", " ".join(words[2:])))
        elif _ASKING.match(clause):
            self.points.append(Point("ask", clause))
        elif first == "offer" and words[1:2] == ["to"]:
            self.points.append(Point("say", f"I can {' '.join(words[2:])}"))
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
        body = re.sub(r"(?i)^(?:that )?(?:we|you) (?:could |should )?", "", body)
        found = re.match(r"(?i)^(?:asking|to ask) (.+)$", body)
        self.points.append(Point("say", f"maybe ask {found.group(1)}" if found else f"I suggest {body}"))

    def _request(self, clause: str) -> None:
        lowered = re.sub(r"(?i)(?:,? (?:please|pls))$", "", clause)
        self.points.append(Point("do", lowered))


def _to_group(found: re.Match[str], text: str) -> re.Match[str]:
    """The match cut behind its first group word: "the tour group tomorrow's tour" names a group."""
    words = found.group().split()
    at = next((index for index, word in enumerate(words) if word.lower() in _GROUP_WORDS), None)
    if at is None or at + 1 == len(words) or re.match(r"\s*(?:of|\()", text[len(" ".join(words[: at + 1])) :]):
        return found
    cut = re.match(re.escape(" ".join(words[: at + 1])), text)
    return cut or found


def _is_request(words: list[str]) -> bool:
    """Whether a clause that opens with a verb's base form asks for something: "order the paper", not "order 12 late"."""
    second = words[1].lower() if len(words) > 1 else ""
    if second in _AUX or (words[0].lower() in _AMBIGUOUS and words[-1].lower() in _STATES):
        return False
    return words[0].lower() not in _AMBIGUOUS or second in _AFTER_VERB or bool(re.match(r"[A-Z\d]|\w+s$", words[1] if len(words) > 1 else "x"))


def _wanted(thing: str) -> Point:
    """What is asked for: sent where it can be sent, else had."""
    if _SENDABLE.search(thing):
        return Point("do", f"send me {thing}")
    return Point("ask", f"can I have {thing}")
