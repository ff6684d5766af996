"""What users keep for an item: the human sentence, or one of the bad texts that come about by themselves.

It knows no store and no seed's meaning: which item gets which kind was drawn before.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from assent.training.evaluate.linked import Item


def kept(items: Sequence[Item], kinds: Sequence[str], drafts: Mapping[str, str]) -> list[tuple[str, str]]:
    """(kind, text) of each item; `drafts` is what the model wrote for it.

    A neighbour's text is that of another item of the meeting that also shows its neighbour's, so that no text stands
    twice; where there is none, the draft is kept instead. Where the model wrote nothing, the human sentence is kept.
    """
    neighbour = _neighbours([item for item, kind in zip(items, kinds, strict=True) if kind == "neighbour"])
    return [_one(item, kind, drafts[item.id], neighbour) for item, kind in zip(items, kinds, strict=True)]


def _one(item: Item, kind: str, draft: str, neighbour: Mapping[str, str]) -> tuple[str, str]:
    if kind == "neighbour" and item.id in neighbour:
        return "neighbour", neighbour[item.id]
    if kind == "human" or not draft:
        return "human", item.target
    if kind == "half":
        text = half(item.target, draft)
        return ("half", text) if text not in (draft, item.target) else ("draft", draft)
    return "draft", draft


def half(human: str, draft: str) -> str:
    """The human's first words as far as half of the draft goes, then the draft's own."""
    words, wrote = human.split(), draft.split()
    middle = max(1, len(wrote) // 2)
    return " ".join([*words[:middle], *wrote[middle:]])


def _neighbours(items: Sequence[Item]) -> dict[str, str]:
    """Each gets the text of the next one in its meeting, the last that of the first."""
    found = {}
    for meeting in {item.meeting for item in items}:
        inside = sorted((item for item in items if item.meeting == meeting), key=lambda item: (item.at, item.id))
        for at, item in enumerate(inside):
            other = inside[(at + 1) % len(inside)]
            if other.target != item.target:
                found[item.id] = other.target
    return found
