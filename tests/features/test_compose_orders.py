"""Instructions by the class of their verb: each is carried out, and what is for the writer alone stays unsaid."""

from __future__ import annotations

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assent.features.compose import compose
from assent.features.drafting.orders import aloud, plain
from assent.features.drafting.wishes import apart, is_wish
from assent.features.guard import Source, faults
from assent.models import ScriptedEngine

SILENT = ScriptedEngine(lambda _: "")


def drafted(instruction: str) -> str:
    return compose(instruction, engine=SILENT).drafts[0].text


@pytest.mark.parametrize(
    ("instruction", "draft"),
    [
        ("I need one line for the kiosk: the juice is sold out.", "Hi kiosk, the juice is sold out."),
        ("The rowers have to be told: the practice is at six.", "Hi rowers, the practice is at six."),
        ("Break it to the band that the gig is off.", "Hi band, the gig is off."),
        ("Make it clear to Ted that the car must be back by six.", "Hi Ted, the car must be back by six."),
        ("Make sure Bea knows the meeting is cancelled.", "Hi Bea, the meeting is cancelled."),
        ("I want Mina to know that her parcel came.", "Hi Mina, your parcel came."),
        ("Explain to the tenants why the water is off: a pipe burst.", "Hi tenants, the water is off: a pipe burst."),
        ("Write to the supplier saying that the crates came wet.", "Hi supplier, the crates came wet."),
        ("Message Kai asking whether the court is free at six.", "Hi Kai, is the court free at six?"),
        ("Check with Pavel whether the van is free on Sunday.", "Hi Pavel, is the van free on Sunday?"),
        ("Encourage the juniors to enter the contest.", "Hi juniors, please enter the contest."),
        ("Warn Ada against using the back stairs.", "Hi Ada, please avoid using the back stairs."),
        ("Offer Priya my spare tent for the weekend.", "Hi Priya, I can offer you my spare tent for the weekend."),
        ("Refuse the detour; it is icy.", "I have to say no to the detour. It is icy."),
        ("Accept the Thursday slot.", "I'm happy to accept the Thursday slot."),
        ("Concede the point about the budget.", "You are right about the budget."),
        ("Insist on a written quote.", "I must insist on a written quote."),
        ("Propose to Ella that we split the cost.", "Hi Ella, I suggest that we split the cost."),
        (
            "Admit to Carla that I broke the vase and offer to pay for it.",
            "Hi Carla, I broke the vase. I can pay for it.",
        ),
        ("Express my thanks to Dr Roth for the letter.", "Hi Dr Roth, thank you for the letter."),
        ("Write a short apology to the Lindens for the noise.", "Hi Lindens, sorry about the noise."),
        ("Give them until Friday to answer.", "You have until Friday to answer."),
        ("Tell the client the report is late.", "Hi client, the report is late."),
    ],
)
def test_an_order_is_carried_out_and_not_repeated(instruction: str, draft: str) -> None:
    """F12: a draft is the message asked for."""
    assert drafted(instruction) == draft


@pytest.mark.parametrize(
    "wish",
    [
        "Leave no room for debate.",
        "Sound firm.",
        "Keep it friendly.",
        "Two lines at most.",
        "Word it kindly.",
        "Strike a warm tone.",
        "It should sound polite but firm.",
        "Make her feel welcome.",
    ],
)
def test_a_wish_about_tone_or_length_is_not_part_of_the_message(wish: str) -> None:
    assert is_wish(wish)
    assert drafted(f"Tell Gus the boat leaves at nine. {wish}") == "Hi Gus, the boat leaves at nine."


@pytest.mark.parametrize(
    "words", ["stay in the line", "12 chairs", "Kind is late", "leave the room", "be there at six"]
)
def test_what_is_said_is_no_wish(words: str) -> None:
    assert not is_wish(words)


FORBIDDEN = (
    "Don't mention {}.",
    "No need to mention {}.",
    "Leave out {}.",
    "Not a word about {}.",
    "Never mind {}.",
    "Say nothing about {}.",
    "Keep quiet about {}.",
    "Make no mention of {}.",
    "Avoid any mention of {}.",
    "Leave {} out of it.",
    "Keep {} out of it.",
    "{} is none of their business.",
    "{} must not be mentioned.",
    "They don't need to know about {}.",
    "(don't bring up {})",
    "(she hates {})",
)
THINGS = ("the lawsuit", "the refund", "the raccoon", "our discount", "the wedding", "the broken oven")


@pytest.mark.parametrize("form", FORBIDDEN)
@pytest.mark.parametrize("inside", [False, True])
def test_a_forbidden_thing_is_never_said(form: str, inside: bool) -> None:
    """F12: what the instruction forbids to mention is not in the draft."""
    for thing in THINGS:
        said = form.format(thing)
        start = "Tell Gus the boat leaves at nine"
        glued = inside and re.match(r"Don't|No need|Leave|Not|Say|Keep|Make|Avoid", said)
        text = f"{start}, but {said[0].lower()}{said[1:]}" if glued else f"{start}. {said[0].upper()}{said[1:]}"
        assert drafted(text) == "Hi Gus, the boat leaves at nine.", text


@pytest.mark.parametrize("way", ["without mentioning", "without going into", "but not why or when, without naming"])
def test_a_prohibition_inside_a_sentence_is_seen(way: str) -> None:
    assert drafted(f"Tell Gus the boat leaves at nine {way} the lawsuit") == "Hi Gus, the boat leaves at nine."


def test_what_was_just_said_may_be_forbidden_too() -> None:
    text = "Invite Noor to the tasting on Friday. Omar is coming too, but she must not know that."
    assert drafted(text) == "Hi Noor, I would like to invite you to the tasting on Friday."


def test_brackets_that_hold_a_fact_stay() -> None:
    assert "(my sister in her chair)" in apart("we stood (my sister in her chair) for two hours")
    assert "Lena" in drafted("tell sales to ask product (Lena) first")


@pytest.mark.parametrize("statement", ["the boat leaves at nine", "orders are late", "my aunt offers rooms"])
def test_a_statement_is_no_order(statement: str) -> None:
    assert plain(statement) == statement and aloud(statement) is None


PIECES = (
    "Tell Ask Bea Offer Refuse the a that whether Omar 12 7:30 Friday, boat is leaves to no not: but and; Set out for "
    "(keep it) don't mention without"
)
SAID = st.lists(st.sampled_from(PIECES.split()), min_size=1, max_size=14).map(" ".join)


@settings(max_examples=200, deadline=None)
@given(SAID)
def test_no_draft_holds_a_number_or_name_that_the_instruction_lacks(instruction: str) -> None:
    text = drafted(instruction)
    assert set(re.findall(r"\d+", text)) <= set(re.findall(r"\d+", instruction))
    assert not {"number", "name", "day"} & set(faults(text, Source(instruction), None, None))


@pytest.mark.parametrize(
    "draft", ["Hi Ana, Bo and Bo leave at six.", "Ana, the bus leaves at six, the bus leaves at six."]
)
def test_a_draft_that_stutters_is_no_draft(draft: str) -> None:
    assert "repeats" in faults(draft, Source("tell Ana that Bo's bus leaves at six"), None, None)


def test_a_short_instruction_leaves_no_room_for_additions() -> None:
    assert "new words" in faults("Hi team, the signage is fine.", Source("tell the team thanks"), None, None)
