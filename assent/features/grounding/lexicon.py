"""Common English words and turns of phrase, by what they do in a meeting. It knows no text."""

from __future__ import annotations

import re


def _list(text: str) -> frozenset[str]:
    return frozenset(text.split())


def _phrases(*parts: str) -> re.Pattern[str]:
    return re.compile(r"\b(?:" + "|".join(parts) + r")\b", re.IGNORECASE)


# Words that carry no fact of their own: articles, pronouns, auxiliaries, prepositions, fillers of speech; and the verbs
# and nouns with which minutes report ("agreed", "team") and which nobody says.
FUNCTION = _list(
    """a about above after again against ago all almost already also although always am an and another any anybody
    anyone anything are aren't around as at away back be because been before being below between both but by can
    can't cannot could couldn't did didn't do does doesn't doing don't done down during each either else er erm even
    ever every everybody everyone everything few for from further get gets getting give given gives go goes going
    gone got had hadn't has hasn't have haven't having he he'd he'll he's her here hers herself him himself his how
    however i i'd i'll i'm i've if in instead into is isn't it it'd it'll it's its itself just keep kept know last
    least less let let's like lot made make makes many may maybe me mean might mine more most much must my myself
    neither never next no nobody none nor not nothing now of off oh ok okay on once one one's ones only onto or
    other others our ours ourselves out over own per perhaps please put quite rather really right said same say says
    see shall shan't she she'd she'll she's should shouldn't since so some somebody someone something sort still
    such sure take taken takes than thank thanks that that'd that'll that's the their theirs them themselves then
    there there's these they they'd they'll they're they've thing things think this those though through till to too
    toward towards uh um under unless until up upon us very via want wants was wasn't way we we'd we'll we're we've
    well went were weren't what what's whatever when where whether which while who who's whoever whom whose why will
    with within without won't would wouldn't yeah yes yet you you'd you'll you're you've your yours yourself team
    group meeting agreed agree agrees asked ask asks decided decide decides decision discussed discussion question
    suggested suggest suggests noted mentioned reported explained stated pointed proposed settled unsettled open
    unresolved undecided unknown disputed unanswered need needs needed"""
)

NEGATIONS = _list(
    """not no never nobody nothing none nowhere neither nor without cannot hardly barely ain't aren't can't couldn't
    didn't doesn't don't hadn't hasn't haven't isn't mustn't needn't shan't shouldn't wasn't weren't won't wouldn't
    nope nah no-one cant dont wont isnt didnt doesnt"""
)
"""Words that turn round what they govern."""

COMMIT = re.compile(
    r"\b(?:I'll|I will|I can|I could|let me|I'm going to|I'm gonna|leave (?:it|that) (?:with|to) me|leave me"
    r"|I've got to"
    r"|I have to|I'd better|I need to|that's me|that's mine|on me|I shall|I'm (?:with|seeing|in|doing|at|on|off|ringing"
    r"|passing)|I might|I want to|you'll have|you'll get|we'll)\b|^(?:me|mine|will do|happily|on it|can do"
    r"|give me|done)\b",
    re.IGNORECASE,
)
"""Someone takes a task on."""

FIRST_PERSON = _phrases("I", "I'm", "I've", "I'd", "I'll", "me", "my", "mine", "we", "we've", "we're", "our", "us")
SECOND_PERSON = _phrases("you", "your", "you'll", "you're", "you've", "you'd", "yours")

ACCEPT = re.compile(
    r"^\W*(?:yes|yeah|yep|yup|aye|okay|ok|sure|fine|right|will do|happily|all right|alright|go on|of course"
    r"|can do|gladly"
    r"|no problem|oh,? (?:all right|go on|yes|fine)|done|i can|i will|i'll|course|mm|agreed|consider it done)\b",
    re.IGNORECASE,
)
"""A turn that begins with a yes."""

REQUEST = _phrases(
    "could you", "can you", "would you", "will you", "please", "you could", "you'll", "you do", "do you", "you should",
    "you need to", "I want", "I need", "I'd like", "somebody", "someone", "anybody", "who's", "who",
)  # fmt: skip

WISH = _phrases(
    "I'd", "I want", "rather", "prefer", "vote", "I like", "could", "should", "I'll", "I need", "we need", "I say",
    "can we", "I would", "wants?",
)  # fmt: skip

HEDGE = _phrases(
    "maybe", "perhaps", "might", "could", "what if", "suppose", "wonder", "I think", "don't know", "dunno", "not sure",
    "possibly", "if we", "ought", "should we", "shall we", "would it", "we'll see", "depends", "unless", "thinking",
    "idea", "sort of", "kind of", "tempt(?:ed|ing)", "thought", "I'd want", "I'd have", "only if", "not saying",
    "not yet",
    "another day", "another year", "next time", "come back to", "leave it", "park", "later", "sooner", "wait",
    "sleep on",
    "hear", "undecided", "open",
)  # fmt: skip
"""Said without being meant to bind."""

PENDING = _phrases(
    "open", "think about", "let me think", "can't (?:tell|pick|say|answer|promise)",
    "haven't (?:picked|decided|heard|got)",
    "don't know", "not sure", "not saying", "nobody knows", "see what", "see how", "see whether", "see if",
    "look at it",
    "look again", "look next", "come back", "sit with", "sleep on", "another (?:month|week|time|day|year)", "numbers",
    "in front of me", "till someone", "until someone", "not ready", "as nothing", "guess", "either", "depends",
    "waiting",
    "might", "maybe", "could be", "would be nice", "what if", "half", "for now", "one day", "ask (?:me|him|her|them)",
    "find out", "no answer", "still",
)  # fmt: skip
"""Left for another time."""

DEFER = _phrases(
    "don't know", "dunno", "not sure", "we'll see", "depends", "next time", "come back", "later", "not today", "wait",
    "sleep on", "undecided", "open", "unless", "no idea", "who knows", "ask me", "leave (?:it|that)", "I'd want",
    "I'd have to", "haven't", "until", "not yet", "isn't decided", "nobody", "maybe", "still", "hm+", "let me think",
    "another",
)  # fmt: skip

SETTLED = _phrases(
    "let's", "go on", "agreed", "settled", "decided", "it is", "sold", "deal", "done", "approved", "carried",
    "(?:okay|ok|fine) by me", "fine with me", "i'm happy", "happy with", "works for me", "we're on", "goes",
    "a hundred percent", "absolutely", "why not", "go ahead", "do that", "yes", "yeah", "yep", "then it's", "so it's",
    "so that's", "has it", "no objection", "nobody minds", "we keep", "we'll", "book", "in that case", "persuaded",
    "i don't mind", "no complaint", "thank you", "perfect", "lovely", "cool", "great",
)  # fmt: skip
"""Assent."""

REFUSE = re.compile(
    r"n't\b|\b(?:no|nope|never|not|forget|drop|scrap|rather not|withdraw|gone off|instead|against|leave|off|out|bin"
    r"|too (?:late|dear|much|expensive)|changed my mind)\b",
    re.IGNORECASE,
)
CONTRARY = re.compile(
    r"(?:^|[.!?] )(?:no\b|nope|not |never|don't|forget|rather not|i'd rather|leave it|we don't|we're not|it isn't"
    r"|it's not|there isn't|there's no)|\b(?:gone off|withdraw|too (?:late|dear|much|big|expensive|risky)|can't have"
    r"|won't|wouldn't|bust|dead|no way|joke|kidding|against)\b",
    re.IGNORECASE,
)
"""Turned down."""

EXCLUDED = _phrases(
    "instead", "rather", "only", "leave", "left", "drop", "bin", "scrap", "skip", "without", "stop", "cut", "out",
    r"refus\w+", "too", "enough", r"fail\w*", r"lack\w*", "forget", "unless", "until", "off", "stays?", "keep", "wait",
    "short", "lost", "missing", "if", "empty", "against",
)  # fmt: skip
"""Words that shut something out without a negation."""

RECAP = re.compile(
    r"^(?:so[,:]? |right[,:.]|then |to (?:sum|finish|recap)|let me (?:gather|say|recap|sum)|in short|recap"
    r"|agreed|settled"
    r"|okay[,.]? so|good[.,])",
    re.IGNORECASE,
)
"""A turn that sums up."""

IMPERATIVE = re.compile(
    r"^(?:(?:and|so|then|okay|right|yes|yeah|well|no|just|please|oh|god|fine)[,.]? )*(?:let's|do|book|hire|buy|take|put"
    r"|keep|leave|use|get|send|make|give|cut|copy|run|mend|split|drop|bin|go|have|add|grab|pay|call|ring|ask|tell"
    r"|write|order|start|stop|move|bring|set|fix|change|swap|test|try|close|open|print|post|wait|cap|confirm|say|hold"
    r"|stick|count|(?:\w+ (?:it|him|her|them|that|those|the|then|once|back|this|to)))\b",
    re.IGNORECASE,
)

OPEN = re.compile(
    r"\b(?:not|nor|no) (?:\w+ )?(?:yet )?(?:known|settled|decided|certain|agreed|clear|answer(?:ed)?|fixed|sure"
    r"|resolved|chosen"
    r"|confirmed|know|say|tell)\b",
    re.IGNORECASE,
)
"""A negation with which minutes call a matter open."""

TURNED_DOWN = _phrases(
    "not", "no", "never", "without", "cannot", "nobody", "nothing", "nor", "neither", "drop(?:ped)?", r"cancel\w*",
    r"refus\w*", r"reject\w*", "out", "stops?", "cut", "banned", "ends?", "left", "rather", "instead", "off", "lose",
    "lost", "skip", r"remove\w*", r"abandon\w*",
)  # fmt: skip
"""A statement that says itself that something will not be."""

ASKING = _list("asked asks wondered wonders inquired enquired questioned queried requested")
REFUSING = _list(
    """refused refuses declined declines rejected rejects objected objects denied denies doubted doubts opposed opposes
    turned stopped disagreed disagrees disputed feared fears warned would could cannot"""
)
WISHING = _list(
    """wants wanted preferred prefers suggested suggests proposed proposes offered offers favoured argued argues
    insists hopes insisted thinks thought would"""
)
