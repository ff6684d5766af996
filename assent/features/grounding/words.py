"""Words of a text: tokens, stems and clauses, with the marks the checks ask for. It knows no statement and no meeting."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

import snowballstemmer

_STEMMER = snowballstemmer.stemmer("english")
_WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)*|\d+(?:[.,:]\d+)*")
_CLAUSE_END = re.compile(r"(?<=[.?!;:,])\s+|\s+[-–—]+\s+|\s+(?=but\b|because\b|so\b|unless\b|if\b|although\b|though\b)", re.IGNORECASE)

# Words that carry no fact of their own: articles, pronouns, auxiliaries, prepositions, fillers of speech, and the verbs
# with which minutes report ("discussed", "agreed") and which nobody says.
FUNCTION = frozenset(
    """a about above after again against ago all almost already also although always am an and another any anybody anyone
    anything are aren't around as at away back be because been before being below between both but by can can't cannot
    could couldn't did didn't do does doesn't doing don't done down during each either else er erm even ever every
    everybody everyone everything few for from further get gets getting give given gives go goes going gone got had hadn't
    has hasn't have haven't having he he'd he'll he's her here hers herself him himself his how however i i'd i'll i'm i've
    if in instead into is isn't it it'd it'll it's its itself just keep kept know last least less let let's like lot made
    make makes many may maybe me mean might mine more most much must my myself neither never next no nobody none nor not
    nothing now of off oh ok okay on once one one's ones only onto or other others our ours ourselves out over own per
    perhaps please put quite rather really right said same say says see shall shan't she she'd she'll she's should
    shouldn't since so some somebody someone something sort still such sure take taken takes than thank thanks that
    that'd that'll that's the their theirs them themselves then there there's these they they'd they'll they're they've
    thing things think this those though through till to too toward towards uh um under unless until up upon us very via
    want wants was wasn't way we we'd we'll we're we've well went were weren't what what's whatever when where whether
    which while who who's whoever whom whose why will with within without won't would wouldn't yeah yes yet you you'd
    you'll you're you've your yours yourself
    team group meeting agreed agree agrees asked ask asks decided decide decides decision discussed discussion question
    suggested suggest suggests noted mentioned reported explained stated pointed proposed settled unsettled open unresolved
    undecided unknown disputed unanswered need needs needed""".split()
)


@lru_cache(maxsize=50_000)
def stem(word: str) -> str:
    """The snowball stem of a lower-case word, possessive taken off."""
    bare = word.replace("’", "'").removesuffix("'s").removesuffix("'")
    return str(_STEMMER.stemWord(bare))


def words(text: str) -> list[str]:
    """Words and digit groups of `text` in lower case, apostrophes straight."""
    return [found.replace("’", "'").lower() for found in _WORD.findall(text)]


def content_stems(tokens: list[str]) -> list[str]:
    """Stems of the words that carry content; digits are left to the number check."""
    return [stem(token) for token in tokens if token not in FUNCTION and not token[0].isdigit() and len(token) > 1]


@dataclass(frozen=True, slots=True)
class Clause:
    """A stretch between two breaks of punctuation. `turn` is the place of its turn in the evidence."""

    turn: int
    speaker: str
    tokens: tuple[str, ...]
    stems: frozenset[str]
    asked: bool
    text: str


def clauses(turn: int, speaker: str, text: str) -> list[Clause]:
    """The clauses of one turn; a clause is `asked` when the sentence it stands in ends in a question mark."""
    found = []
    for sentence in re.split(r"(?<=[.?!])\s+", text):
        asked = sentence.rstrip("\"'”’ ").endswith("?")
        for part in _CLAUSE_END.split(sentence):
            tokens = words(part)
            if tokens:
                found.append(Clause(turn, speaker, tuple(tokens), frozenset(content_stems(tokens)), asked, part))
    return found
