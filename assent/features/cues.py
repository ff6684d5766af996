"""What one turn shows on its face: words, and cues of asking, promising, agreeing, refusing, having done, deferring.

It knows one text at a time: no neighbours, no speakers, no weights. The lists are English; on other languages the cues
stay silent and only the structure of the talk is left to judge by.
"""

from __future__ import annotations

import re

WEEKDAYS = "monday|tuesday|wednesday|thursday|friday|saturday|sunday"
MONTHS = "january|february|march|april|may|june|july|august|september|october|november|december"
SMALL_NUMBERS = (
    "two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|thirteen|fourteen|fifteen|sixteen|seventeen|eighteen|"
    "nineteen|twenty|thirty|forty|fifty|sixty|seventy|eighty|ninety|hundred|thousand|million"
)
ORDINALS = (
    "second|third|fourth|fifth|sixth|seventh|eighth|ninth|tenth|eleventh|twelfth|thirteenth|fourteenth|fifteenth|"
    "sixteenth|seventeenth|eighteenth|nineteenth|twentieth|thirtieth"
)

CUES: dict[str, str] = {
    "promise": r"\bi(?:'ll| will|'m going to| am going to| shall)\b",
    "volunteer": r"\b(?:let me|leave (?:it|that|them|this) (?:with|to) me|will do|on it|i'm on|i can|i could|"
    r"i'd best|i'd better"
    r"|i want to|that's me|mine|i'm having|happy to|i don't mind|give me|i suppose|consider it)\b",
    "we_will": r"\bwe(?:'ll| will|'re going to| shall|'re)\b",
    "someone_will": r"\b(?:he|she|they|you)(?:'ll| will)\b",
    "ask": r"\b(?:can|could|would|will) (?:you|someone|somebody|anyone|anybody)\b|\bplease\b|"
    r"\bdo you mind\b|\bwould you\b",
    "want": r"\bi(?:'d like| want| need|'d want|'d rather)\b|\bwe need\b",
    "needs": r"\b(?:needs?|wants|ought|should|has to|have to|must|better|got to)\b",
    "who": r"\bwho(?:'s|se|'ll|'d)?\b|\bwhose\b|\bany takers\b|\bsomebody\b|\bsomeone\b|\bvolunteer",
    "give_task": r"\b(?:can|could) go\b|\bgive (?:it|that|them) to\b|\bhand (?:it|that|them)\b|\bover to\b|"
    r"\byou (?:do|take|have) "
    r"(?:it|that|them)\b|\btake (?:it|that|this|them)\b|\binstead of\b|\byours\b|\bfor you\b|\bto do\b",
    "accept": r"^(?:oh |and |well,? |so )*(?:yes|yeah|yep|yup|sure|ok|okay|fine|right|all right|alright|"
    r"done|agreed|good|deal|"
    r"aye|absolutely|of course|will do|mm-?hm|mm|fair enough|go on|please do|perfect|lovely|"
    r"great|brilliant|same|me too|i agree)\b",
    "refuse": r"^(?:oh |and |well,? |but )*(?:no|nope|not|never|nah|don't|can't|i can't|i won't|"
    r"i'd rather not|absolutely not)\b",
    "negated": r"\b(?:not|no|never|nobody|nothing|none|without)\b|n't\b",
    "done": r"\b(?:already|yesterday|last night|last week|i've|we've|just did|has been|have been|"
    r"had been|went out|went off|"
    r"did|done|sent|was|were|got)\b",
    "done_by_me": r"\bi(?:'ve| have)? (?:already |just )?(?:sent|did|done|put|rang|told|asked|wrote|made|got|"
    r"had|been|spoke|"
    r"checked|fixed|ordered|chased|booked|moved|took|finished|filled|read|looked)\b",
    "if": r"\b(?:if|might|maybe|perhaps|would|could|unless|suppose|depends)\b",
    "joke": r"\bjok(?:e|ing)|\bha\b|\bhaha|\blaugh|\bkidding\b|!",
    "recap": r"\b(?:so|recap|summary|sum up|saying (?:it|that) back|say (?:it|that) back|read back|"
    r"reading back|to close|"
    r"in short|run through|have i got|that's|then)\b",
    "let_us": r"\b(?:let's|we go|go with|go for|going with|stick with|keep|stays?|drop|scrap|settled|"
    r"decided|decision|agreed|"
    r"it is|that's it|the answer is|we're not|off the|no one|nobody's)\b",
    "then": r"\bthen\b|^so\b",
    "turn_back": r"\b(?:actually|scratch that|changed? (?:my|your|our) mind|instead|forget|don't bother|"
    r"hold (?:off|on|your)|"
    r"cancel|no longer|not any ?more|wait|sorry|rather than|gone off|on second thou?ghts?|take (?:it|that) back)\b",
    "unknown": r"\b(?:don't|doesn't|didn't|do not) (?:know|remember|recall)\b|\bno idea\b|\bnot sure\b|"
    r"\bnobody knows\b|"
    r"\bunclear\b|\bcan't (?:say|tell|pick|decide)\b|\bguess\b|\bi wish\b|\bhaven't heard\b|\bnot a word\b|\bwaiting\b",
    "defer": r"\b(?:park|leave (?:it|that)|let me think|think about|come back to|next (?:time|week|"
    r"meeting)|open|floats?|pending|"
    r"sit with|sleep on|another (?:day|time|week)|not (?:today|now|yet)|later|until|till|"
    r"up in the air|see what|we'll see|hold)\b",
    "choice": r"\b(?:or|either|whether|which)\b",
    "question": r"\?",
    "wh": r"^(?:so |and |but |well,? )*(?:what|when|where|which|who|how|why|is|are|do|does|did|can|"
    r"could|would|will|should|have|has)\b",
    "weekday": rf"\b(?:{WEEKDAYS})s?\b",
    "month": rf"\b(?:{MONTHS})\b",
    "near_time": r"\b(?:today|tomorrow|tonight|this (?:morning|afternoon|evening|week)|lunch(?:time)?|noon|"
    r"end of|next week|"
    r"by the|first thing|weekend|after this|straight after|before)\b",
    "by": r"\b(?:by|before|till|until|end of)\b",
    "number": rf"\d|\b(?:{SMALL_NUMBERS})\b",
    "ordinal": rf"\b(?:{ORDINALS})\b|\d(?:st|nd|rd|th)\b",
    "money": r"[$£€%]|\b(?:pounds?|euros?|dollars?|quid|grand|percent|per cent)\b",
    "first_person": r"\bi\b|\bmy\b|\bme\b",
    "second_person": r"\byou\b|\byour\b",
    "pointer": r"\b(?:it|that|this|them|those|one)\b",
    "told": r"\b(?:says?|said|told|asked|reckons?|thinks?)\b",
    "send_verbs": r"\b(?:send|ring|call|email|write|ask|tell|check|book|order|draft|chase|fix|get|find|print|"
    r"bring|update|"
    r"move|speak|talk|sort|put|look|make|take|pick|post|file|show|share|read|test|run|set|"
    r"finish|prepare|review|confirm)\b",
    "trailing": r"(?:\.\.\.|…|—|-)\s*$",
}
NAMES = tuple(CUES)
_PATTERNS = tuple(re.compile(pattern) for pattern in CUES.values())
_TOKEN = re.compile(
    r"'(?:ll|ve|re|d|s|m)\b|n't\b|[a-z]+?(?=n't\b)|[^\W\d_]+(?:-[^\W\d_]+)*|\d+(?:[.,:]\d+)*|[?!]|\.\.\."
)
_CLASSES = (
    ("<day>", re.compile(rf"(?:{WEEKDAYS})s?")),
    ("<month>", re.compile(MONTHS.replace("|may", "").replace("|march", ""))),
    ("<num>", re.compile(rf"\d.*|{SMALL_NUMBERS}")),
    ("<nth>", re.compile(ORDINALS.removeprefix("second|"))),
)


def plain(text: str) -> str:
    """Lower case with straight quotation marks."""
    return text.lower().replace("’", "'").replace("‘", "'")


def cues(text: str) -> list[float]:
    """One 0 or 1 for each name of `NAMES`."""
    lowered = plain(text)
    return [float(pattern.search(lowered) is not None) for pattern in _PATTERNS]


def tokens(text: str, names: frozenset[str] = frozenset()) -> list[str]:
    """Words with numbers, days and the given lower-case names as classes: what is learned holds for other teams."""
    return ["<name>" if word in names else _classed(word) for word in _TOKEN.findall(plain(text))]


def _classed(word: str) -> str:
    return next((name for name, pattern in _CLASSES if pattern.fullmatch(word)), word)
