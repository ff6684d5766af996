"""Minutes as text. The documents are built by hand: rendering needs no model."""

from __future__ import annotations

import shutil
import subprocess
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assent.features.layouts import NAMES, parse
from assent.features.minutes import ActionItem, Coverage, Grounding, MinutesDocument, Statement, Topic
from assent.features.render import FIELDS, LOCAL_USE, as_html, as_json, as_markdown, markdown_text

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")


def document(text: str = "The stalls open at nine.", title: str = "Fair", template: str = "general") -> MinutesDocument:
    said = Statement(text, (1, 3), "model")
    return MinutesDocument(
        title=title,
        recap=(said,),
        topics=(Topic(text, 0, 4, (said,)),),
        decisions=(said,),
        action_items=(ActionItem(text, text, text, (2,)), ActionItem("Call the bakery", None, None, (4,))),
        open_questions=(said,),
        participants=("Marta Lindqvist", text),
        language="en",
        coverage=Coverage(5, 5),
        grounding=Grounding(4, 1, 0, {"number": 1}),
        model="assent-mini",
        adapter=None,
        template=template,
    )


def test_json_has_the_documented_keys() -> None:
    """F5, F16"""
    values = as_json(document())
    assert tuple(values) == FIELDS
    assert values["decisions"] == [
        {"text": "The stalls open at nine.", "evidence": [1, 3], "written_by": "model"},
    ]
    assert set(values["action_items"][1]) == {"task", "owner", "due", "evidence", "written_by"}
    assert values["action_items"][1]["owner"] is None
    assert values["topics"][0].keys() == {"heading", "start_turn", "end_turn", "points"}
    assert values["coverage"] == {"turns": 5, "read": 5, "failed": []}
    assert values["grounding"] == {"kept": 4, "quoted": 1, "dropped": 0}


def test_markdown_says_who_wrote_a_statement_and_on_what() -> None:
    """F6"""
    page = as_markdown(document())
    assert "- The stalls open at nine. (model, turns 1, 3)" in page
    assert "- [ ] Call the bakery (model, turn 4)" not in page
    assert "- [ ] Call the bakery (quote, turn 4)" in page
    assert "Read 5 of 5 turns" in page


@pytest.mark.parametrize("template", NAMES)
def test_the_consent_line_survives_every_template(template: str) -> None:
    """F15"""
    for page in (as_markdown(document(template=template)), as_html(document(template=template))):
        assert LOCAL_USE in page
    own = parse(b'sections = [{show = "recap", heading = "R"}]', "own.toml")
    assert "Stored under grant 7." in as_markdown(document(), own, consent="Stored under grant 7.")
    assert "Stored under grant 7." in as_html(document(), own, consent="Stored under grant 7.")


def test_an_empty_list_says_none_or_is_left_out() -> None:
    """F5"""
    empty = MinutesDocument("t", (), (), (), (), (), (), "en", Coverage(1, 1), Grounding(), "m", None, "general")
    page = as_markdown(empty)
    assert "## Action items\n\nNone." in page
    assert "## Topics" not in page
    assert "<p>None.</p>" in as_html(empty)


def test_a_failed_window_stands_in_the_receipt() -> None:
    """F4"""
    failed = MinutesDocument(
        "t", (), (), (), (), (), (), "en", Coverage(9, 7, (3, 4)), Grounding(), "m", "a1", "general"
    )
    assert "Read 7 of 9 turns, 2 could not be read" in as_markdown(failed)
    assert "Model: m with a1." in as_html(failed)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("![x](http://h/x.png)", r"!\[x\](http://h/x.png)"),
        ("<img src=x>", r"\<img src=x\>"),
        ("# not a heading", r"\# not a heading"),
        ("1. not a list", r"1\. not a list"),
        ("two\nlines", "two lines"),
        ("&lt;b&gt; Q&A", r"\&lt;b\&gt; Q&A"),
        ("\u202eevil\x1b[31m", "evil"),
        ("3.5 per cent - fine", "3.5 per cent - fine"),
    ],
)
def test_markdown_of_a_model_is_shown_as_text(text: str, shown: str) -> None:
    """S2, S3"""
    assert markdown_text(text) == shown


@given(st.text())
def test_no_text_opens_a_tag_or_a_link_in_markdown(text: str) -> None:
    """S3"""
    shown = markdown_text(text)
    bare = shown.replace("\\\\", "").replace("\\[", "").replace("\\<", "").replace("\\`", "")
    assert not set("[<`\n") & set(bare)


@given(st.text(alphabet=st.sampled_from("<>&\"'/ abscriptimg=()[]!"), min_size=1, max_size=60))
def test_no_text_opens_a_tag_in_html(text: str) -> None:
    """S3"""
    assert as_html(document(text)).count("<") == as_html(document("plain")).count("<")


HOSTILE = "![x]({0}/md.png) [a]({0}/link) <img src={0}/tag.png> <script src={0}/s.js></script>"


class Counter(BaseHTTPRequestHandler):
    """Answers every request and remembers its path."""

    seen: list[str]

    def do_GET(self) -> None:
        self.seen.append(self.path)
        self.send_response(200)
        self.end_headers()

    def log_message(self, *args: object) -> None:
        pass


@pytest.mark.skipif(CHROMIUM is None, reason="no Chromium on this machine (Debian: apt-get install chromium)")
@pytest.mark.parametrize("policy_only", [False, True])
def test_a_real_browser_requests_nothing(tmp_path: Path, policy_only: bool) -> None:
    """S3: as rendered, and with the escaping undone, so that the policy alone must hold; without either it does."""
    handler = type("Requests", (Counter,), {"seen": []})
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        host = f"http://127.0.0.1:{server.server_port}"
        page = as_html(document(HOSTILE.format(host)))
        raw = page.replace("&lt;", "<").replace("&gt;", ">")
        _open(raw if policy_only else page, tmp_path)
        assert handler.seen == []
        _open(raw.replace("Content-Security-Policy", "X-None"), tmp_path)
        server.shutdown()
    assert "/tag.png" in handler.seen


def _open(page: str, folder: Path) -> None:
    assert CHROMIUM is not None
    file = folder / "page.html"
    file.write_text(page, encoding="utf-8")
    flags = ["--headless", "--no-sandbox", "--disable-gpu", f"--user-data-dir={folder / 'profile'}", "--dump-dom"]
    shown = subprocess.run([CHROMIUM, *flags, file.as_uri()], capture_output=True, text=True, timeout=60, check=True)
    assert LOCAL_USE in shown.stdout
