"""Small repairs of a note's grammar: questions inverted, days given their "on", a missing "the" or "is" put in.

It knows function words only; what it does not recognise it leaves as written.
"""

from __future__ import annotations

import re

from assent.features.drafting.tones import words_in

_DAY = r"(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day"
_BARE_DAY = re.compile(rf"(?<=[a-z0-9]) (?={_DAY}\b)")
_BEFORE_DAY = frozenset(
    "on by before after until till from to this next last every each of and or not the a an is are was "
    "since through between for per in at - – than sunday monday tuesday "
    "wednesday thursday friday saturday say on, for, only but about our my your his her their "
    "off with except all either works".split()
)
_AUX = (
    "is",
    "are",
    "was",
    "were",
    "can",
    "could",
    "will",
    "would",
    "should",
    "has",
    "have",
    "had",
    "may",
    "must",
    "does",
    "do",
    "did",
    "am",
    "isn't",
    "aren't",
    "can't",
    "won't",
    "hasn't",
    "haven't",
)
_QUESTION = re.compile(rf"(?i)^(if|whether)\s+(.+?)\s+({'|'.join(_AUX)})\s+(.+)$")
_WH = re.compile(
    rf"(?i)^((?:what|when|where|why|which|how|who)(?:\s+(?:time|day|date|many|much|long|often|soon|"
    rf"about|one|kind of)\b)*(?:\s+[\w-]+)??)\s+(?:(the|a|an|my|your|his|her|our|their|this|that|I|you|"
    rf"we|they|he|she|it|[A-Z]\w+)\b(.*?))\s+({'|'.join(_AUX)})\b\s*(.*)$"
)
_INVERTED = re.compile(
    rf"(?i)^(?:(?:what|when|where|why|which|how|who)\b(?:(?!\s(?:i|you|we|they|he|she|it)\s)[\w\s'-])*?\s)?"
    rf"(?:{'|'.join(_AUX)})\b"
)
_STATE = (
    r"(?:off|down|late|ready|closed|open(?! (?:at|from|on)\b)|missing|cancelled|canceled|broken|"
    r"delayed|due|full|empty|wrong|moved|done|needed|back|gone|ok|OK|red|attached|booked|required|"
    r"postponed|approved|welcome|optional)"
)
_NO_VERB = re.compile(
    rf"^((?:the |my |our |your )?(?:[a-z][\w-]*|[A-Z][\w-]*)(?: [\w-]+){{0,2}}?) ({_STATE})\b(?! (?:is|"
    rf"are|was|were|has|have|will)\b)(.*)$"
)
_HAS_VERB = re.compile(
    rf"(?i)\b(?:{'|'.join(_AUX)}|i'm|it's|we're|they're|you're|that's|there's|\w+n't|need|needs|moves?|"
    rf"goes|go|starts?|ends?|gets?|got|comes?|takes?|leaves?|works?|broke|found|wants?|says?|said|"
    rf"shipped|slipped|arrives?|meets?|runs?)\b"
)
_SUBJECT_VERB = re.compile(
    r"^([a-z][\w-]*(?: [a-z][\w-]*){0,2}) (is|was|has|will|moves|starts|ends|needs|goes|can|can't|"
    r"isn't|wasn't|got|costs|takes|arrives|opens|closes|cannot|won't)\b"
)
_DETERMINED = frozenset(
    "the a an my our your his her their its this that these those all both each every some any no not i "
    "we you he she it they there who what which whoever everyone everybody nobody someone anyone "
    "if when as since because but and or so then yes please thanks sorry today tomorrow tonight nobody's "
    "anything nothing something everything only just also still here now next last one two three four "
    "five "
    "six seven eight nine ten dinner lunch breakfast room page level unit gate bay ward week "
    "chapter line order ticket invoice in on at from for to with by after before about".split()
)


_UNFINISHED = frozenset("the a an my our your his her their for of with in on to at by from and or no using".split())
"""Words that no subject ends in: "with open orders" lacks no verb before "open"."""
PAST = (
    r"missed|forgot|overslept|finished|misread|mixed up|messed up|deleted|(?:got|sent|lost|found|"
    r"booked|ordered|tried|called|checked|left|broke|fixed|read|saw|heard|spoke|met|wrote|made|"
    r"asked)(?= (?:the|a|an|my|our|your|his|her|it|this|that|to|with|from|them|him|\d)\b)"
)
_ONGOING = (
    r"seeing|looking|handing|attaching|working|testing|waiting|leaving|running|planning|travelling|"
    r"coming|sending|thinking|hoping|going|doing|taking|moving"
)
_BEING = (
    r"blocked|happy(?! (?:birthday|new|holidays|easter))|sick|stuck|away|busy|late|proud|glad|not "
    r"sure|not coming|not happy|sure|ill|out of office|off sick|on leave|in a meeting"
)
_WITHOUT_SUBJECT = re.compile(
    rf"(?i)^(?:(?P<past>{PAST})|(?P<ongoing>{_ONGOING})|(?P<being>{_BEING})|(?P<modal>will|can't|"
    rf"cannot|can|won't|would|need|want|wish|hope|prefer|expect|couldn't|didn't|don't know|have to|"
    rf"haven't|must)) (?!(?:is|are|was|were|has|have|will|and|of)\b)(?=\S)"
)


TERSE = 15
"""Words of a direct sentence, at most."""
_CLAUSE = re.compile(
    r"(?i)(?:,\s*|\s+)(?:and|but|so|because|as) (?=(?:I|we|you|he|she|it|they|there|the|this|that|our|"
    r"my|your|then|now|please|don't|[A-Z]\w+|\w+ (?:is|are|was|were|can|will|has|have))\b)|"
    r",\s+(?=(?:I|we|you|he|she|it|they|there|please|the|this|that|don't|whether|which)\b)|:\s+|"
    r"\s+-\s+|\s+(?=because\b)"
)


def complete(clause: str) -> str:
    """A note as a sentence: "water off Friday" -> "the water is off on Friday"."""
    clause = with_subject(clause)
    clause = _with_verb(clause)
    clause = _with_article(clause)
    return _with_on(clause)


def with_subject(clause: str, subject: str = "I") -> str:
    """The writer in front of a clause that leaves the writer out: "missed the bus" -> "I missed the bus"."""
    found = _WITHOUT_SUBJECT.match(f"{clause} .")
    if found is None or re.match(
        r"(?i)(?:can|will|would|must|have) (?:we|you|i|they|he|she|it|someone|anyone|the|somebody)\b", clause
    ):
        return clause
    rest = clause[0].lower() + clause[1:]
    being = f"{subject}'m" if subject == "I" else f"{subject}'re"
    return f"{being} {rest}" if found.group("ongoing") or found.group("being") else f"{subject} {rest}"


def _with_on(clause: str) -> str:
    def added(match: re.Match[str]) -> str:
        before = clause[: match.start()].split()[-1].lower()
        return " " if before in _BEFORE_DAY else " on "

    return _BARE_DAY.sub(added, clause)


def _with_verb(clause: str) -> str:
    if _HAS_VERB.search(clause):
        return clause
    found = _NO_VERB.match(clause)
    if found is None:
        return clause
    subject = found.group(1)
    if subject.split()[-1] in _UNFINISHED:
        return clause
    plural = subject.endswith("s") and not subject.endswith(("ss", "us", "is"))
    return f"{subject} {'are' if plural else 'is'} {found.group(2)}{found.group(3)}"


def _with_article(clause: str) -> str:
    found = _SUBJECT_VERB.match(clause)
    if found is None:
        return clause
    words = found.group(1).split()
    if (
        words[0] in _DETERMINED
        or (words[-1].endswith("s") and not words[-1].endswith(("ss", "us")))
        or any(word in _DETERMINED for word in words)
    ):
        return clause
    return f"the {clause}"


def terse(text: str) -> str:
    """Long sentences parted where a clause of their own begins."""
    out = []
    for sentence in re.split(r"(?<=[.!?])\s+", text.strip()):
        while words_in(sentence) > TERSE:
            found = next(
                (match for match in _CLAUSE.finditer(sentence) if words_in(sentence[: match.start()]) >= 4), None
            )
            if found is None:
                break
            out.append(f"{sentence[: found.start()].rstrip(' ,')}.")
            sentence = sentence[found.end() :].strip()[:1].upper() + sentence[found.end() :].strip()[1:]
        out.append(sentence)
    return " ".join(out)


def ask_directly(text: str) -> str:
    """A question from a clause: "whether the room is free" -> "is the room free?"."""
    clean = re.sub(r"(?i)\b(any(?:one|body))'s (?=seen|got|\w+ed\b)", r"\1 has ", text.strip().rstrip("?"))
    clean = re.sub(r"(?i)\b(why|when|where|how|if|whether) (it|he|she|that|there|what)'s\b", r"\1 \2 is", clean)
    clean = re.sub(r"(?i)\b(why|when|where|how|if|whether) (you|they|we)'re\b", r"\1 \2 are", clean)
    found = _QUESTION.match(clean)
    if found:
        return f"{found.group(3)} {found.group(2)} {found.group(4)}?"
    if re.match(r"(?i)(?:if|whether)\b", clean):
        return f"could you tell me {clean}?"
    if not re.match(r"(?i)(?:what|when|where|why|which|how|who)", clean) or re.match(r"(?i)\w+'s\b", clean):
        return f"{clean}?"
    found = _WH.match(clean)
    if found and not _INVERTED.match(clean):
        word, start, rest, auxiliary, end = found.groups()
        return f"{word} {auxiliary} {start}{rest} {end}".strip() + "?"
    return f"{clean}?"
