"""The matching of minutes against gold facts, by the rules of the gold format, and the scores made of it."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from assent.data.transcripts.turns import Transcript, Turn
from assent.errors import InputError
from assent.features.minutes import ActionItem, Coverage, Grounding, MinutesDocument, Statement
from assent.training.evaluate import meetings
from assent.training.evaluate.cues import cue_minutes, wide_cue_minutes
from assent.training.evaluate.matching import Fact, Gold, said, same_due, same_person

PEOPLE = ("Ana Maria Costa", "Ben Olsen", "Ana Petrova")
GOLD = Gold.model_validate(
    {
        "title": "Crane",
        "participants": PEOPLE,
        "actions": [
            {"owner": "Ben Olsen", "words": ["cable", "order"], "due": "Friday", "at": [1.0]},
            {"owner": None, "words": ["net"], "due": None, "at": [2.0]},
            {"owner": "Ana Petrova", "words": ["minutes"], "due": None, "at": [3.0], "minor": True},
        ],
        "decisions": [{"words": ["five percent", "crane"], "at": [4.0], "alt": [["five percent", "5%"]]}],
        "questions": [{"words": ["insur"], "at": [5.0]}],
        "not_actions": [
            {"words": ["cable"], "why": "Ben took it", "at": [1.0], "owner": "Ana Petrova"},
            {"words": ["paint"], "why": "refused", "at": [6.0]},
        ],
        "never": ["crane will be sold"],
    }
)
MINUTES = MinutesDocument(
    title="Crane",
    recap=(),
    topics=(),
    decisions=(Statement("The crane gets 5% more.", (4,)),),
    action_items=(
        ActionItem("order the cable", "Ben Olsen", "by Friday", (1,)),
        ActionItem("mend the net", None, None, (2,)),
        ActionItem("send the minutes", "Ana Petrova", None, (3,)),
    ),
    open_questions=(Statement("Whether the insurance pays is open.", (5,)),),
    participants=PEOPLE,
    language="en",
    coverage=Coverage(6, 6),
    grounding=Grounding(),
    model="scripted",
    adapter=None,
    template="general",
)


@pytest.mark.parametrize(
    ("word", "text", "found"),
    [
        ("refund", "All Refunds are paid.", True),
        ("fund", "All refunds are paid.", False),
        ("400", "It was 1,400.", False),
        ("400", "It was 400.", True),
        ("40", "It was 400.", False),
        ("4.5", "It was 14.5", False),
        ("one point three", "One point three it is", True),
        ("złoty", "in Złoty only", True),
        ("5%", "by 5% more", True),
    ],
)
def test_a_word_is_matched_at_the_start_of_a_word_and_never_inside_a_number(word: str, text: str, found: bool) -> None:
    assert said(word, text) is found


def test_all_words_must_stand_in_one_statement_each_in_any_of_its_forms() -> None:
    fact = Fact(words=("thirty-one", "point"), alt=(("thirty-one", "31"),))
    assert fact.told_by("They commit to 31 points.")
    assert not fact.told_by("They commit to 31.")


@pytest.mark.parametrize(
    ("found", "gold", "same"),
    [
        ("Ben Olsen", "Ben Olsen", True),
        ("ben", "Ben Olsen", True),
        ("Ana", "Ana Petrova", False),
        ("Petrova", "Ana Petrova", True),
        ("Ben Olsen", "Ana Petrova", False),
        (None, None, True),
        (None, "Ben Olsen", False),
        ("Ben Olsen", None, False),
    ],
)
def test_a_part_of_a_name_will_do_where_it_fits_one_participant(
    found: str | None, gold: str | None, same: bool
) -> None:
    assert same_person(found, gold, PEOPLE) is same


@pytest.mark.parametrize(
    ("found", "gold", "same"),
    [
        ("by Friday at the latest", "Friday", True),
        ("Monday", "Monday morning", False),
        ("Friday noon", "Friday", False),
        ("tomorrow before lunch", "before lunch tomorrow", True),
        ("on the sixteenth at ten", "on the sixteenth, at ten", True),
        ("next Friday", "Friday", False),
        ("the twentieth", "by the twenty-fifth", False),
        (None, None, True),
        ("Friday", None, False),
        (None, "Friday", False),
    ],
)
def test_a_due_date_is_right_when_it_says_the_same_day(found: str | None, gold: str | None, same: bool) -> None:
    assert same_due(found, gold) is same


def test_right_minutes_score_everything_and_minor_tasks_count_neither_way() -> None:
    found = meetings.score("m", MINUTES, GOLD)
    assert (found.matched, found.listed, found.actions) == (2, 2, 2)
    assert found.due_right == 2
    assert (found.decisions_found, found.questions_found) == (1, 1)
    assert (found.not_actions_listed, found.never_said, found.misses) == (0, 0, ())
    without = replace(MINUTES, action_items=MINUTES.action_items[:2])
    assert meetings.score("m", without, GOLD).listed == 2


def test_a_task_with_another_owner_is_missed_and_a_task_given_to_the_wrong_one_is_listed() -> None:
    wrong = ActionItem("order the cable", "Ana Petrova", "Friday", (1,))
    found = meetings.score("m", replace(MINUTES, action_items=(wrong,)), GOLD)
    assert (found.matched, found.not_actions_listed) == (0, 1)
    assert {miss.kind for miss in found.misses} >= {"action with another owner", "action invented", "not_action listed"}


def test_a_task_told_twice_is_found_once() -> None:
    twice = (MINUTES.action_items[0], MINUTES.action_items[0])
    found = meetings.score("m", replace(MINUTES, action_items=twice), GOLD)
    assert (found.matched, found.listed) == (1, 2)


def test_of_two_that_fit_the_one_with_the_right_due_date_is_matched() -> None:
    late = replace(MINUTES.action_items[0], due="Monday")
    found = meetings.score("m", replace(MINUTES, action_items=(late, MINUTES.action_items[0])), GOLD)
    assert (found.matched, found.due_right) == (1, 1)


def test_a_task_that_counts_is_matched_before_one_that_may_be_left_out() -> None:
    """One item that fits both: as the minor one it would count for nothing."""
    both = ActionItem("order the cable and send the minutes", "Ana Petrova", None, (1,))
    owned = GOLD.model_copy(
        update={"actions": (GOLD.actions[2], GOLD.actions[0].model_copy(update={"owner": "Ana Petrova"}))}
    )
    found = meetings.score("m", replace(MINUTES, action_items=(both,)), owned)
    assert (found.matched, found.listed) == (1, 1)


def test_the_length_of_statements_is_told_beside_the_matches() -> None:
    rates = meetings.overall([meetings.score("m", MINUTES, GOLD)])
    assert rates["words a decision"].value == 5.0
    assert rates["words a task"].value == 3.0


def test_a_refused_task_may_be_told_as_a_decision_but_not_listed() -> None:
    told = replace(MINUTES, decisions=(Statement("Nobody will paint the shed.", (6,)),))
    assert meetings.score("m", told, GOLD).not_actions_listed == 0
    listed = replace(MINUTES, action_items=(ActionItem("paint the shed", "Ben Olsen", None, (6,)),))
    assert meetings.score("m", listed, GOLD).not_actions_listed == 1


def test_what_must_never_be_said_is_found_in_any_line() -> None:
    """The task "sell it" of the crane's owner reads "Crane will be sold" with its owner put before it."""
    wrong = ActionItem("be sold at auction", "Crane", None, (1,))
    found = meetings.score("m", replace(MINUTES, action_items=(wrong,)), GOLD)
    assert found.never_said == 1


def test_rates_are_sums_over_meetings_beside_the_baseline() -> None:
    empty = replace(MINUTES, action_items=(), decisions=(), open_questions=())
    scores = [meetings.score("m", MINUTES, GOLD), meetings.score("n", empty, GOLD)]
    rates = meetings.overall(scores)
    assert rates["actions recall"].value == 0.5
    assert rates["actions f1"].value == pytest.approx(2 * 2 / (2 + 4))
    assert meetings.gaps(scores, scores)["actions f1"].value == 0.0


def test_cue_words_quote_the_turn_and_name_its_speaker() -> None:
    turns = (Turn("Ben Olsen", "I'll order the cable by Friday."), Turn("Ana Petrova", "We agreed on the crane."))
    found = cue_minutes(Transcript(turns))
    assert found.action_items == (ActionItem("I'll order the cable by Friday.", "Ben Olsen", "by Friday", (0,)),)
    assert [statement.evidence for statement in found.decisions] == [(1,)]


def test_wide_cue_words_quote_the_turns_around_too() -> None:
    found = wide_cue_minutes(
        Transcript((Turn("Ana", "The cable."), Turn("Ben", "I'll order it."), Turn("Ana", "Good.")))
    )
    assert found.action_items == (ActionItem("The cable. I'll order it. Good.", "Ben", None, (0, 1, 2)),)


def test_a_folder_is_read_file_by_file(tmp_path: Path) -> None:
    (tmp_path / "crane.txt").write_text("Ben Olsen: I'll order the cable by Friday.\n", encoding="utf-8")
    (tmp_path / "gold.json").write_text(json.dumps({"crane.txt": GOLD.model_dump()}), encoding="utf-8")
    (found,) = meetings.evaluate(tmp_path, lambda _: MINUTES, lambda path: Transcript((), source=path.name))
    assert (found.meeting, found.matched) == ("crane.txt", 2)


@pytest.mark.parametrize("gold", [None, "no json", '{"crane.txt": {}}', '{"../x": {}}'])
def test_a_broken_gold_is_one_clear_error(gold: str | None, tmp_path: Path) -> None:
    if gold is not None:
        (tmp_path / "gold.json").write_text(gold, encoding="utf-8")
    with pytest.raises(InputError, match=r"gold\.json"):
        meetings.load_gold(tmp_path)


def test_a_gold_of_absent_files_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "gold.json").write_text(json.dumps({"crane.txt": GOLD.model_dump()}), encoding="utf-8")
    with pytest.raises(InputError, match=r"crane\.txt"):
        meetings.load_gold(tmp_path)
