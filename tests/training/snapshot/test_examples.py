"""Examples hold the prompt that was shown, and no word of anybody who did not agree."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from assent.data.interactions import Call, Interaction
from assent.data.interactions.dataset import count
from assent.data.transcripts import Roster, Transcript, Turn
from assent.data.transcripts.roster import RosterEntry
from assent.errors import ConsentError
from assent.features.assistant import Assistant
from assent.models.engine import ModelInfo
from assent.models.scripted import ScriptedEngine
from assent.training.signals import TABLE
from assent.training.snapshot import Choice, messages, take
from assent.training.snapshot.examples import read

ALL = Choice(held_out=0.0, account_share=1.0)
PEOPLE = {"dana": "Dana Cole", "tom": "Tom Reyes", "mira": "Mira Okafor"}
TALK = Transcript.of(
    [
        ("Dana Cole", "Shall we move the launch to the 14th of May?"),
        ("Tom Reyes", "Yes, agreed, we move the launch to the 14th of May."),
        ("Mira Okafor", "I'll tell the printer by Friday."),
        ("Mira Okafor", "Good. Now the next thing, the board. Who sends them the budget?"),
    ]
)
ROSTER = Roster(
    entries=tuple(RosterEntry(person=one, account="acme", labels=(label,)) for one, label in PEOPLE.items())
)


@pytest.mark.parametrize("dialect", ["slots", "instruct"])
def test_the_prompt_of_an_example_is_one_the_model_was_asked(office: Any, dialect: Any) -> None:
    """Rendered by the features' own functions, from what the log keeps."""
    office.join("acme", *PEOPLE)
    engine = ScriptedEngine(lambda prompt: "Nothing of it.", info=ModelInfo("scripted", "none", 4096, dialect=dialect))
    running = Assistant(office.store, account="acme", user="dana", roster=ROSTER, engine=engine)
    running.summarize(TALK).accept()
    running.compose("tell Priya the demo moves to Thursday", tone="friendly", length="medium").thumb(True)
    running.rewrite("we cant come on monday because the van broke", "formal").thumb(True)
    running.compose("tell them yes", thread=[("Tom Reyes", "Is the demo on Thursday?")]).thumb(True)
    asked = {prompt.messages for prompt in engine.prompts}
    found = [example for example in take(office.store, ALL, seed=1).examples() if example]
    assert {"compose", "reply", "rewrite"} < {example.task for example in found}
    for example in found:
        assert messages(example, dialect, language="en") in asked, example.task


@given(data=st.data())
@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_no_word_of_anyone_who_refuses_stands_in_an_example(office: Any, data: st.DataObject) -> None:
    """M1, M2, M3: over random people and refusers, guests and strangers; what the token ids hold is tested there."""
    number = office.rounds = getattr(office, "rounds", 0) + 1
    account = f"account{number}"
    people = [f"{account}p{at}" for at in range(data.draw(st.integers(2, 5)))]
    office.join(account, *people)
    refusers = data.draw(st.sets(st.sampled_from(people)))
    for person in refusers:
        office.store.consent.object(person, purposes=["train_content"])
    speakers = data.draw(st.lists(st.sampled_from([*people, "stranger", "guest"]), min_size=1, max_size=10))
    turns = tuple(turn(at, who, account, people) for at, who in enumerate(speakers))
    reads = st.lists(st.integers(0, len(turns) - 1), min_size=1, max_size=4, unique=True)
    calls = []
    for at, seen in enumerate(data.draw(st.lists(reads, min_size=1, max_size=6))):
        parents = tuple(data.draw(st.sets(st.integers(0, at - 1)))) if at else ()
        calls.append(
            Call("point", tuple(seen), f"Summary {at} of {', '.join(speakers[one] for one in seen)}.", "model", parents)
        )
    logged = office.store.log.capture(
        Interaction(account, people[0], "summarize", Transcript(turns), tuple(calls), account, account)
    )
    if logged.interaction and people[0] not in refusers:
        office.store.log.feedback(logged.interaction, "thumb_up", account=account, user=people[0])
    try:
        snapshot = take(office.store, ALL, seed=number)
    except ConsentError:
        return
    held = " ".join(
        f"{label} {text} {example.target}"
        for example in snapshot.examples()
        if example
        for label, text in example.lines
    )
    for person in [*refusers, "stranger", "guest"]:
        assert f"sentinel{person}x" not in held
        assert person not in speakers or person.title() not in held


def turn(at: int, who: str, account: str, people: list[str]) -> Turn:
    named = people[at % len(people)]
    text = f"sentinel{who}x number {at}, as {named.title()} said."
    if who == "stranger":
        return Turn("Stranger", text)
    return Turn(who.title(), text, attribution="roster", person=who, account="elsewhere" if who == "guest" else account)


def test_by_call_much_more_may_train_than_by_meeting(office: Any) -> None:
    """DESIGN: a third of the people refuse, spread over meetings of four; each call reads one to three turns."""
    meetings, people = 12, [f"p{at}" for at in range(24)]
    office.join("acme", *people)
    refusers = set(people[::3])
    for person in refusers:
        office.store.consent.object(person, purposes=["train_content"])
    whole = made = 0
    for at in range(meetings):
        here = [people[(at * 7 + place * 5) % len(people)] for place in range(4)]
        spoken = [here[(place * (at + 1) + place // 4) % 4] for place in range(24)]
        turns = tuple(
            Turn(who.title(), f"Word {place} of {who}.", attribution="roster", person=who, account="acme")
            for place, who in enumerate(spoken)
        )
        calls = tuple(
            Call("point", tuple(range(place, min(24, place + 1 + place % 3))), f"It is {place}.", "model")
            for place in range(24)
        )
        office.store.log.capture(Interaction("acme", "p1", "summarize", Transcript(turns), calls, f"m{at}", f"r{at}"))
        made += len(calls)
        whole += 0 if refusers & set(spoken) else len(calls)
    asked = count(office.store.log, "train_content")
    assert asked.calls == made
    assert asked.rows / made > whole / made + 0.2


ROW = {
    "id": "0" * 32,
    "account": "a_1",
    "meeting": "m",
    "task": "point",
    "text": "It opens in May.",
    "kept": None,
    "feedback": ["thumb_up"],
    "parents": [],
    "turns": [{"n": 0, "speaker": "Dana", "text": "It opens in May."}],
    "contributors": [{"basis": "own_consent"}, {"basis": "account_grant"}],
}


@pytest.mark.parametrize(
    ("change", "made", "reason"),
    [
        ({}, 1, "thumb_up"),
        ({"text": "[someone] opens it in May."}, 1, "redacted"),
        ({"kept": "[someone] opens it."}, 1, "redacted"),
        ({"kept": ""}, 1, "struck_out"),
        ({"parents": ["1" * 32]}, 1, "from_other_calls"),
        ({"task": "compose"}, 3, "one_of_several"),
        ({"task": "compose"}, 1, "thumb_up"),
        ({"task": "compose", "kept": "It opens in June."}, 3, "small_edit"),
        ({"task": "rewrite"}, 1, "incomplete"),
        ({"task": "map"}, 1, "unknown_task"),
        ({"turns": []}, 1, "incomplete"),
    ],
)
def test_what_cannot_be_shown_as_it_was_or_was_not_chosen_is_not_used(
    change: dict[str, Any], made: int, reason: str
) -> None:
    found = read(ROW | change, {"made": made})
    assert found.reason == reason
    assert (found.example is not None) == TABLE.get(reason, TABLE["silent"]).use
    assert found.example is None or found.example.basis == "account_grant"


def test_the_long_last_words_of_a_turn_are_shown() -> None:
    """As the features show it."""
    long = " ".join(f"word{at}" for at in range(200))
    found = read(ROW | {"turns": [{"n": 0, "speaker": None, "text": long}]}, {})
    assert found.example is not None
    [(label, text)] = found.example.lines
    assert (label, len(text.split())) == ("Someone", 60)
