"""What an account's use of the features leaves in its store, on the real store and with a model that quotes."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from assent.data.consent import new_key, shipped
from assent.data.facade import Store
from assent.data.transcripts import Roster, Transcript
from assent.data.transcripts.roster import RosterEntry
from assent.errors import Cancelled, ConsentRequired, InputError, StoreError
from assent.features.assistant import Assistant
from assent.models.engine import Completion, ModelInfo, Prompt, StopReason
from assent.models.scripted import ScriptedEngine

QUOTES = ModelInfo("quotes-only", "none", 4096, writing_mode="quotes")
PEOPLE = {"dana": "Dana Cole", "tom": "Tom Reyes", "mira": "Mira Okafor"}
TALK = Transcript.of(
    [
        ("Dana Cole", "Shall we move the launch to the 14th of May?"),
        ("Tom Reyes", "Yes, agreed, we move the launch to the 14th of May."),
        ("Mira Okafor", "I'll tell the printer by Friday."),
        ("Mira Okafor", "Good. Now the next thing, the board. Who sends them the budget?"),
        ("Gus", "I'll send the budget to the board by Monday, and we decided on 4000 euros."),
    ]
)
OPERATOR = {
    "operator": "Example Ltd",
    "operator_type": "private company",
    "address": "1 Example Street",
    "contact": "privacy@example.com",
    "jurisdiction": "DE",
    "storage": "EU",
}


def roster() -> Roster:
    entries = (RosterEntry(person=person, account="acme", labels=(label,)) for person, label in PEOPLE.items())
    return Roster(entries=tuple(entries))


def text(name: str) -> str:
    return shipped(name, **{key: value for key, value in OPERATOR.items() if f"{{{{{key}}}}}" in shipped(name)})


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    """A store whose texts are published and whose account acme is open, but has signed nothing."""
    with Store(tmp_path / "home") as store:
        store.consent.publish(text("separate"))
        store.consent.publish(text("notice"))
        yield store


def sign(store: Store, *purposes: str) -> None:
    private, public = new_key()
    store.consent.open_account("acme", ["dana"], public)
    store.consent.serve("dana", "acme", "acme", "separate")
    store.consent.sign("acme", "separate", ["use_feature", *purposes], "dana", private)
    for person in PEOPLE:
        store.consent.serve(person, "acme", "acme")


def assistant(store: Store) -> Assistant:
    return Assistant(store, account="acme", user="dana", roster=roster(), engine=ScriptedEngine(info=QUOTES))


def rows(store: Store) -> list[str]:
    return [row.text for row in store.log.rows("acme")]


def test_an_account_that_has_not_signed_is_told_what_would_enable_the_features(store: Store) -> None:
    with pytest.raises(ConsentRequired, match="assent consent sign --account acme"):
        assistant(store)


def test_the_features_end_with_the_grant_also_for_an_assistant_in_use(store: Store) -> None:
    sign(store)
    running = assistant(store)
    running.summarize(TALK)
    store.consent.withdraw(account="acme")
    with pytest.raises(ConsentRequired):
        running.compose("tell Priya the demo moves to Thursday")


def test_calls_that_an_unknown_speaker_is_in_are_not_logged_and_the_minutes_say_so(store: Store) -> None:
    """M1, M3, F15"""
    sign(store, "log_content")
    minutes = assistant(store).summarize(TALK)
    assert "1 of 4 speakers unknown" in str(minutes)
    assert rows(store)
    assert not any("4000" in row for row in rows(store))


def test_an_account_that_refuses_the_log_gets_the_same_minutes(store: Store) -> None:
    """C8"""
    sign(store)
    refusing = assistant(store).summarize(TALK)
    assert rows(store) == []
    assert refusing.document == Assistant(engine=ScriptedEngine(info=QUOTES)).summarize(TALK).document


def test_feedback_is_kept_with_what_it_is_about(store: Store) -> None:
    """F11"""
    sign(store, "log_content")
    minutes = assistant(store).summarize(TALK)
    minutes.thumb(True)
    minutes.accept()
    assert all(set(row.feedback) == {"accept", "thumb_up"} for row in store.log.rows("acme"))


def test_an_edit_stays_with_its_statement_where_it_adds_nothing_from_elsewhere(store: Store) -> None:
    sign(store, "log_content")
    minutes = assistant(store).summarize(TALK)
    minutes.edit(str(minutes).replace("tell the printer by Friday", "tell the printer"))
    kept = [row.kept for row in store.log.rows("acme") if row.kept]
    assert kept
    assert all("printer" in one and "Friday" not in one for one in kept)


def test_another_try_is_an_interaction_of_its_own(store: Store) -> None:
    sign(store, "log_content")
    minutes = assistant(store).summarize(TALK, meeting="stand-up", request="r1")
    minutes.regenerate()
    found = list(store.log.rows("acme"))
    assert len({row.interaction for row in found}) == 2
    assert len({row.meeting for row in found}) == 1
    assert {row.feedback for row in found} == {(), ("regenerate",)}


def test_drafts_and_answers_are_logged_with_the_user_as_a_contributor(store: Store) -> None:
    sign(store, "log_content")
    drafts = assistant(store).compose("tell Priya the demo moves to Thursday")
    drafts.edit("Priya, the demo moves to Thursday.")
    answer = assistant(store).ask(TALK, "Who tells the printer?")
    assert "logged 1 of 1 call" in str(drafts)
    assert "logged 1 of 1 call" in str(answer)
    found = {row.task: row for row in store.log.rows("acme")}
    dana = store.consent.subject("person", "dana")
    assert found["compose"].kept == "Priya, the demo moves to Thursday."
    assert all(dana in {one.person for one in row.contributors} for row in found.values())


def test_a_store_that_fails_costs_no_result(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    sign(store, "log_content")
    running = assistant(store)

    def broken(*_: object) -> None:
        raise StoreError("gone")

    monkeypatch.setattr(store.log, "capture", broken)
    minutes = running.summarize(TALK)
    assert "nothing was logged" in str(minutes)
    minutes.accept()


@pytest.mark.parametrize("known", [True, False])
def test_a_prompt_is_signed_with_a_label_of_the_roster_and_never_with_an_id(store: Store, known: bool) -> None:
    sign(store, "log_content")
    heard: list[str] = []
    engine = ScriptedEngine(lambda prompt: heard.append(prompt.messages[-1].content) or "Hi Priya, all is well.")
    who = roster() if known else None
    Assistant(store, account="acme", user="dana", roster=who, engine=engine).compose("tell Priya all is well")
    assert heard and all(("me: Dana" in prompt) is known and "dana" not in prompt for prompt in heard)


def test_logged_use_needs_all_of_store_account_and_user(store: Store) -> None:
    for settings in ({"account": "acme"}, {"user": "dana", "account": "acme"}):
        with pytest.raises(InputError, match="store, an account and a user"):
            Assistant(**settings)  # type: ignore[arg-type]
    with pytest.raises(InputError):
        Assistant(store, user="dana")


def test_telemetry_learns_sizes_and_verdicts_and_no_word(store: Store) -> None:
    sign(store)
    minutes = assistant(store).summarize(TALK)
    minutes.edit(str(minutes).replace("launch", "festival"))
    minutes.accept()
    account = store.consent.subject("account", "acme")
    assert account is not None
    events = [one.values for one in store.telemetry.show(account).events]
    known = {name: value for values in events if values for name, value in values.items() if value is not None}
    assert known["feature"] == "summarize"
    assert known["accepted"] is True
    assert known["edited"] in (1, 5, 15)
    assert known["turns"] == 0
    assert store.telemetry.drops == {}
    assert "festival" not in repr(events)


def test_telemetry_learns_the_class_of_an_error(store: Store) -> None:
    sign(store)
    with pytest.raises(InputError):
        assistant(store).summarize(Transcript(()))
    account = store.consent.subject("account", "acme")
    assert account is not None
    [event] = store.telemetry.show(account).events
    assert event.values
    assert event.values["error"] == "input"


def stop_reasons(store: Store) -> list[object]:
    account = store.consent.subject("account", "acme")
    assert account is not None
    return [(one.values or {}).get("stop_reason") for one in store.telemetry.show(account).events]


class Ending(ScriptedEngine):
    """Its answers end for these reasons, one after the other, and then of themselves."""

    def __init__(self, *reasons: StopReason) -> None:
        super().__init__(lambda _: "The launch moves to the 14th of May.")
        self.reasons = list(reasons)

    def complete(self, prompts: Sequence[Prompt], **wishes: Any) -> list[Completion]:
        made = super().complete(prompts, **wishes)
        return [replace(one, stop_reason=self.reasons.pop(0) if self.reasons else "end") for one in made]


def ending(store: Store, *reasons: StopReason) -> Assistant:
    return Assistant(store, account="acme", user="dana", roster=roster(), engine=Ending(*reasons))


@pytest.mark.parametrize(("reasons", "told"), [((), "end"), (("end", "length", "stop"), "length"), (("stop",), "stop")])
def test_telemetry_learns_why_answers_ended(store: Store, reasons: tuple[StopReason, ...], told: str) -> None:
    """Of several answers, the one that was cut off is told."""
    sign(store)
    ending(store, *reasons).summarize(TALK)
    assert stop_reasons(store) == [told]
    assert store.telemetry.drops == {}


def test_telemetry_tells_no_stop_reason_where_no_model_was_asked(store: Store) -> None:
    sign(store)
    assistant(store).summarize(TALK)
    assert stop_reasons(store) == [None]


def test_the_stop_reason_of_a_use_that_was_cancelled_is_told_with_it(store: Store) -> None:
    sign(store)
    with pytest.raises(Cancelled):
        ending(store, "cancelled").summarize(TALK)
    assert stop_reasons(store) == ["cancelled"]


def test_each_result_tells_its_own_stop_reason(store: Store) -> None:
    sign(store)
    minutes = ending(store, "length").summarize(TALK)
    minutes.ask("Who tells the printer?")
    assert sorted(map(str, stop_reasons(store))) == ["end", "length"]


def meeting(*turns: tuple[str, str]) -> Transcript:
    return Transcript.of(turns)


def spoken(store: Store) -> set[str]:
    return {turn.text for row in store.log.rows("acme") for turn in row.turns}


FIRST = [
    ("Dana Cole", "Shall we move the launch to the 14th of May?"),
    ("Tom Reyes", "Yes, agreed, we move the launch to the 14th of May."),
]
THEN = [
    ("Mira Okafor", "Who orders the forty chairs for the hall?"),
    ("Tom Reyes", "I'll order the forty chairs by Monday."),
]


def test_who_joins_late_without_consent_is_left_out_and_nobody_else(store: Store) -> None:
    """M5: Lena of another account comes in; what the others say goes on being logged."""
    sign(store, "log_content")
    running = assistant(store)
    running.summarize(meeting(*FIRST), meeting="fair")
    before = spoken(store)
    running.summarize(meeting(*FIRST, *THEN, ("Lena Vogt", "I'll bring the 300 cups on Friday.")), meeting="fair")
    assert before < spoken(store)
    assert not any("300 cups" in text for text in spoken(store))


def test_who_withdraws_in_the_middle_is_not_logged_from_the_next_turn(store: Store) -> None:
    """M6: and what they said before is erased."""
    sign(store, "log_content")
    running = assistant(store)
    running.summarize(meeting(*FIRST), meeting="fair")
    assert FIRST[1][1] in spoken(store)
    store.consent.withdraw(person="tom")
    minutes = running.summarize(meeting(*FIRST, *THEN), meeting="fair")
    assert "1 speaker" in str(minutes)
    assert {FIRST[1][1], THEN[1][1]}.isdisjoint(spoken(store))


def test_what_was_off_is_not_turned_on_behind_those_present(store: Store) -> None:
    """M7: the account signs for the log while a meeting runs; who was not shown the notice does not count."""
    private, public = new_key()
    store.consent.open_account("acme", ["dana"], public)
    store.consent.serve("dana", "acme", "acme", "separate")
    store.consent.sign("acme", "separate", ["use_feature"], "dana", private)
    running = assistant(store)
    running.summarize(meeting(*FIRST), meeting="fair")
    store.consent.sign("acme", "separate", ["log_content"], "dana", private)
    running.summarize(meeting(*FIRST, *THEN), meeting="fair")
    assert spoken(store) == set()
    store.consent.serve("dana", "acme", "acme")
    running.summarize(meeting(*FIRST, *THEN, ("Dana Cole", "I'll print the posters by Friday.")), meeting="fair")
    assert not any(text in spoken(store) for _, text in (FIRST[1], *THEN))
