"""Nothing of an account that refuses the log is left anywhere: every file and table searched, in every spelling."""

from __future__ import annotations

import base64
import hashlib
import logging
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from sqlalchemy import select

from assent.data.facade import Store
from assent.data.store.tables import metadata
from assent.data.transcripts import Roster, Transcript, read
from assent.data.transcripts.roster import RosterEntry
from assent.errors import AssentError
from assent.features.assistant import Assistant
from assent.models.engine import ModelInfo
from assent.models.scripted import ScriptedEngine
from tests.consent.office import enable, publish

FIELDS = (
    "text",
    "label",
    "title",
    "file",
    "instruction",
    "thread",
    "edit",
    "question",
    "notes",
    "wish",
    "error",
    "name",
)
SENTINELS = {field: f"Zq{field}Xv7391" for field in FIELDS}
QUOTES = ModelInfo("quotes-only", "none", 4096, writing_mode="quotes")


def spellings(sentinel: str) -> list[bytes]:
    """Plain, lower case, hex, SHA-256 (hex and raw), and base64 at each of its three alignments."""
    plain = sentinel.encode()
    aligned = [base64.b64encode(b"\0" * shift + plain)[4 if shift else 0 : -4] for shift in range(3)]
    digest = hashlib.sha256(plain)
    return [plain, plain.lower(), plain.hex().encode(), digest.hexdigest().encode(), digest.digest(), *aligned]


def contents(folders: list[Path], store: Store, log: str) -> Iterator[tuple[str, bytes]]:
    """Every file below the folders, every cell of every table, and what was logged."""
    for folder in folders:
        for path in sorted(folder.rglob("*")):
            if path.is_file():
                yield str(path), path.name.encode() + b"\n" + path.read_bytes()
    with store.database.read() as connection:
        for table in metadata.sorted_tables:
            for row in connection.execute(select(table)):
                cells = (cell if isinstance(cell, bytes) else repr(cell).encode() for cell in row)
                yield table.name, b"\n".join(cells)
    yield "log records", log.encode()


def hits(folders: list[Path], store: Store, log: str, say: Callable[[str], None]) -> set[tuple[str, str]]:
    found, places, size = set(), 0, 0
    for place, content in contents(folders, store, log):
        places, size = places + 1, size + len(content)
        found |= {
            (field, place)
            for field, sentinel in SENTINELS.items()
            if any(spelling in content for spelling in spellings(sentinel))
        }
    say(f"searched {places} files and rows, {size} bytes: {len(found)} hits")
    return found


def use_everything(store: Store, inbox: Path) -> None:
    """Every feature, every kind of feedback and the errors on the way, with a sentinel wherever content can stand."""
    s = SENTINELS
    roster = Roster(
        entries=(
            RosterEntry(person="dana", account="acme", labels=(f"Dana {s['label']}",)),
            RosterEntry(person="tom", account="acme", labels=("Tom Reyes", s["name"])),
        )
    )
    assistant = Assistant(store, account="acme", user="dana", roster=roster, engine=ScriptedEngine(info=QUOTES))
    file = inbox / f"{s['file']}.txt"
    file.write_text(
        f"Dana {s['label']}: Shall we move the {s['text']} launch to the 14th of May?\n"
        f"Tom Reyes: Yes, agreed, we move the {s['text']} launch to the 14th of May.\n"
        f"Tom Reyes: I'll tell {s['name']} and the printer by Friday.\n"
    )
    minutes = assistant.summarize(read(file), notes=s["notes"], instructions=s["wish"], meeting=s["title"])
    minutes.edit(f"{minutes} {s['edit']}")
    minutes.thumb(False)
    minutes.regenerate()
    minutes.ask(f"Who tells {s['question']} and the printer?")
    minutes.accept()
    thread = Transcript.of([("Tom Reyes", f"When is the {s['thread']} demo?")])
    drafts = assistant.compose(f"tell Tom {s['instruction']} the demo moves to Thursday", thread=thread)
    drafts.edit(f"Tom, {s['edit']} it is.")
    drafts.discard()
    assistant.rewrite(f"the {s['instruction']} demo moves to thursday", s["wish"]).accept()
    _errors(assistant, file, inbox)
    store.dataset(purpose="train_content")
    file.unlink()


def _errors(assistant: Assistant, file: Path, inbox: Path) -> None:
    s = SENTINELS["error"]
    broken = inbox / f"{s}.vtt"
    broken.write_text(f"WEBVTT\n\n00:99 --> {s}\n{s}\n")
    tries: list[Callable[[], object]] = [
        lambda: assistant.summarize(broken),
        lambda: assistant.summarize(inbox / s),
        lambda: assistant.summarize(file, template=s),
        lambda: assistant.summarize(file, language=s),
        lambda: assistant.compose(s, tone=s),
        lambda: assistant.ask(read(file), "the"),
    ]
    for attempt in tries:
        with pytest.raises((AssentError, OSError)):
            attempt()
    broken.unlink()


@pytest.fixture
def folders(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[Path]:
    """The home, a temp folder and a cache that nothing else writes into."""
    import tempfile

    made = [tmp_path / name for name in ("home", "tmp", "cache")]
    for folder in made:
        folder.mkdir()
    monkeypatch.setenv("ASSENT_HOME", str(made[0]))
    monkeypatch.setenv("TMPDIR", str(made[1]))
    monkeypatch.setattr(tempfile, "tempdir", str(made[1]))
    datasets = pytest.importorskip("datasets")
    monkeypatch.setattr(datasets.config, "HF_DATASETS_CACHE", made[2])
    return made


def lived(
    folders: list[Path], url: str, tmp_path: Path, caplog: pytest.LogCaptureFixture, *purposes: str
) -> Iterator[tuple[Store, str]]:
    inbox = tmp_path / "inbox"
    inbox.mkdir()
    with caplog.at_level(logging.DEBUG), Store(folders[0], database=url) as store:
        publish(store)
        enable(store, "acme", ["dana", "tom"], ("use_feature", *purposes))
        use_everything(store, inbox)
        yield store, "\n".join(f"{record.getMessage()} {record.exc_text or ''}" for record in caplog.records)


def test_nothing_of_a_refusing_account_is_left(
    folders: list[Path],
    database_url: str,
    tmp_path: Path,
    caplog: pytest.LogCaptureFixture,
    record_property: Callable[..., None],
) -> None:
    """T3, R2: content, names, titles, file names, prompts and error messages leave no trace in any spelling."""
    for store, log in lived(folders, database_url, tmp_path, caplog):
        assert hits(folders, store, log, lambda line: record_property("searched", line)) == set()
        assert list(store.log.rows("acme")) == []


def test_the_search_finds_what_a_consenting_account_left_with_its_keys(
    folders: list[Path], database_url: str, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """The positive control: ciphertext hides it from the search, and opening the rows shows it."""
    for store, log in lived(folders, database_url, tmp_path, caplog, "log_content", "train_content"):
        assert hits(folders, store, log, print) == set()
        opened = repr(list(store.log.rows("acme"))) + repr(store.log.person("dana"))
        missing = {
            field for field in ("text", "label", "instruction", "thread", "question") if SENTINELS[field] not in opened
        }
        assert missing <= {"thread"}
        (folders[1] / "leak").write_bytes(base64.b64encode(b"x" + SENTINELS["text"].encode() + b"yz"))
        assert {field for field, _ in hits(folders, store, log, print)} == {"text"}
