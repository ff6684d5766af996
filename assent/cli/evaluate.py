"""`assent evaluate`: what the summaries, the verifier and the drafts are worth, beside trivial baselines."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

import click

from assent.cli.options import model
from assent.cli.progress import QUIET_SECONDS
from assent.cli.store import in_standing_store
from assent.errors import InputError, MissingExtra

if TYPE_CHECKING:
    from assent.data.facade import Store
    from assent.models import Engine
    from assent.models.adapters import Verified
    from assent.training.evaluate.drafts import Composer
    from assent.training.evaluate.meetings import System
    from assent.training.evaluate.tables import Report

NEEDED = ("matplotlib", "networkx", "rouge_score", "scipy", "sklearn")
"""Packages of the extra `evaluate`."""
FILE = click.Path(path_type=Path)
out = click.option("--out", type=FILE, metavar="DIR", help="Write report.json, report.md and plot.png here.")
limit = click.option("--limit", type=click.IntRange(1), help="Measure on this many items of each file only.")
misses = click.option("--misses", is_flag=True, help="Print what was missed or wrong, to read.")


class Files(click.Option):
    """An option that takes all values up to the next option: `--data FILE FILE`."""


class ManyFiles(click.Command):
    """A command whose file options may be followed by several values, as a shell pattern gives them."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        many = {name for option in self.params if isinstance(option, Files) for name in option.opts}
        return super().parse_args(ctx, _repeated(args, many))


def _repeated(args: Sequence[str], many: set[str]) -> list[str]:
    """`--data a b` as `--data a --data b`."""
    spread: list[str] = []
    current: str | None = None
    fresh = False
    for arg in args:
        if arg.startswith("-"):
            current, fresh = (arg if arg in many else None), True
        elif current and not fresh:
            spread.append(current)
        if not arg.startswith("-"):
            fresh = False
        spread.append(arg)
    return spread


def files(name: str, help: str, required: bool = False) -> Callable[[Callable[..., None]], Callable[..., None]]:
    return click.option(name, cls=Files, type=FILE, multiple=True, metavar="FILE...", help=help, required=required)


class Measurements(click.Group):
    """What is no name of a measurement is a file of `evaluate adapter`: `assent evaluate PATHS... --adapter NAME`."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        known = {*self.commands, *ctx.help_option_names}
        return super().parse_args(ctx, args if not args or args[0] in known else ["adapter", *args])


@click.group("evaluate", cls=Measurements)
def command() -> None:
    """Measure summaries, the verifier or drafts, each figure beside trivial baselines.

    \b
    An adapter beside what is served, and whether it may be released:
      assent evaluate PATHS... --adapter NAME --out DIR
      assent adapter promote NAME --report DIR/comparison.json

    Tables go to standard output; the files named stay outside: nothing of them is kept.
    """
    if not all(find_spec(package) for package in NEEDED):
        raise MissingExtra("evaluate", "measuring")


@command.command("summarize", cls=ManyFiles)
@files("--data", "Meetings with reference summaries, JSON Lines (.gz).")
@files("--train", "Meetings that baselines may learn from and references are counted in.")
@click.option("--meetings", type=FILE, metavar="DIR", help="A folder of transcripts with a gold.json of exact facts.")
@files("--verifier", "Annotated meetings: judge their statements, right and corrupted.")
@model
@out
@limit
@misses
def summarize_command(
    data: tuple[Path, ...],
    train: tuple[Path, ...],
    meetings: Path | None,
    verifier: tuple[Path, ...],
    model: str | None,
    out: Path | None,
    limit: int | None,
    misses: bool,
) -> None:
    """Measure minutes on meetings with reference summaries, with exact facts, or both.

    Outputs are cut at 200 words. Intervals are bootstrapped over series of meetings.
    """
    if not (data or meetings or verifier):
        raise InputError("nothing to measure: found no --data, --meetings or --verifier; expected at least one of them")
    parts = []
    if data or meetings:
        system = _system(model)
        parts += [_summaries(data, train, system, limit)] if data else []
        parts += [_meetings(meetings, system, misses)] if meetings else []
    if verifier:
        parts.append(_verifier(verifier, misses))
    _show(parts, out)


@command.command("verifier", cls=ManyFiles)
@files("--data", "Annotated meetings, JSON Lines (.gz).", required=True)
@out
@misses
def verifier_command(data: tuple[Path, ...], out: Path | None, misses: bool) -> None:
    """Measure the verifier on supported statements and on minimally corrupted ones made of them."""
    _show([_verifier(data, misses)], out)


@command.command("compose", cls=ManyFiles)
@files("--data", "Requests with the facts a draft must hold, JSON Lines.", required=True)
@model
@out
@limit
@click.option("--show", type=click.IntRange(0), default=0, metavar="N", help="Print N drafts to read.")
def compose_command(data: tuple[Path, ...], model: str | None, out: Path | None, limit: int | None, show: int) -> None:
    """Measure drafts by rules: facts kept, nothing invented, tone and length as asked."""
    from assent.training.evaluate import drafts, reports

    requests = [request for path in data for request in drafts.load([path])[:limit]]
    _show([reports.of_drafts(drafts.evaluate(requests, _composer(model), _say), show)], out)


@command.command("sentences")
@click.argument("corpora", type=click.Path(path_type=Path, exists=True, file_okay=False))
@model
@out
def sentences_command(corpora: Path, model: str | None, out: Path | None) -> None:
    """Measure the sentences a model writes of given turns, before any check, on the held-out links of CORPORA.

    Only sentences of whose longer words their turns hold 40 % count. Baselines read the links of the role base.
    Intervals are bootstrapped over series of meetings.
    """
    from assent.training.evaluate import linked, sentences

    held = [item for item in linked.load(corpora, "heldout") if item.support >= linked.MIN_SUPPORT]
    _show([sentences.report(sentences.evaluate(held, linked.load(corpora, "base"), _engine(model)))], out)


@command.command("adapter", cls=ManyFiles)
@in_standing_store
@click.argument("paths", nargs=-1, required=True, type=FILE, metavar="PATHS...")
@click.option("--adapter", "given", required=True, metavar="NAME", help="A name of `assent adapter list`, or a folder.")
@files("--train", "Meetings that baselines may learn from and references are counted in.")
@click.option("--seeds", type=click.IntRange(1), default=3, show_default=True, help="Tries; the first is greedy.")
@click.option("--out", type=FILE, metavar="DIR", help="Write comparison.json and the report here.")
@limit
def adapter_command(
    store: Store,
    paths: tuple[Path, ...],
    given: str,
    train: tuple[Path, ...],
    seeds: int,
    out: Path | None,
    limit: int | None,
) -> None:
    """Measure an adapter beside what is served, on PATHS that it was not trained on, with the same seeds.

    PATHS are meetings with summaries or requests with drafts (JSON Lines, .gz), or transcripts with a gold.json of
    exact facts beside them, or a folder of these. `evaluate PATHS... --adapter NAME` is the same.

    Held-out score, refusals and trigger probes decide whether it may be released without a named person. Material of
    which a row of the adapter's snapshot is a part, or nearly, ends it with exit 3.
    """
    from assent.training.evaluate import corpora, judged, leakage, material, paired, tables

    adapter = _adapter(store, given)
    base = adapter.manifest["base"]["name"]
    served = _served(store, base)
    held = material.load(paths, limit)
    leakage.check(leakage.snapshot_of(adapter, store), held.items)
    engines = _loaded(base, served), _loaded(base, adapter)
    found = paired.measure(held, corpora.meetings(train), *engines, seeds, _seldom())
    verdict = paired.judge(found, adapter.name, served.name if served else None)
    report = judged.report(found, verdict)
    click.echo(tables.text(report.tables))
    if out is not None:
        for path in judged.save(report, verdict, out, " ".join(["assent", *sys.argv[1:]])):
            _say(f"wrote {path}")


def _adapter(store: Store, given: str) -> Verified:
    from assent.models.adapters import Registry, verify

    if not Path(given).is_dir():
        return Registry(store).verify(given)
    return verify(Path(given), public_key=store.ledger.signer.public_key, store=store)


def _served(store: Store, base: str) -> Verified | None:
    from assent.models.adapters import Registry

    return Registry(store).current(base)


def _loaded(base: str, adapter: Verified | None) -> Engine:
    """The base alone without an adapter; an adapter comes with its own base."""
    from assent.models import load

    return load(adapter.manifest["base"]["name"] if adapter else base, notice=_say, adapter=adapter)


def _seldom(clock: Callable[[], float] = time.monotonic) -> Callable[[str], None]:
    """Says what is being done, at most every two seconds."""
    told = clock()

    def say(text: str) -> None:
        nonlocal told
        if clock() - told >= QUIET_SECONDS:
            told = clock()
            _say(text)

    return say


def _say(text: str) -> None:
    click.echo(text, err=True)


def _summaries(data: Sequence[Path], train: Sequence[Path], system: System, limit: int | None) -> Report:
    from assent.features.grounding import verify
    from assent.training.evaluate import corpora, reports, summaries

    measured = corpora.meetings(data, limit)
    if not measured:
        raise InputError("--data: found no meeting with a summary; expected at least one")
    return reports.of_summaries(summaries.evaluate(measured, corpora.meetings(train), system, verify, _say))


def _meetings(folder: Path, system: System, misses: bool) -> Report:
    from assent.data.transcripts import read
    from assent.training.evaluate import meetings, reports
    from assent.training.evaluate.cues import cue_minutes, wide_cue_minutes

    scores = {"assent": meetings.evaluate(folder, system, read, _say)}
    for name, rival in (("cue words", cue_minutes), ("cue words, 3 turns", wide_cue_minutes)):
        scores[name] = meetings.evaluate(folder, rival, read)
    return reports.of_meetings(scores, misses)


def _verifier(data: Sequence[Path], misses: bool) -> Report:
    from assent.features.grounding import verify
    from assent.training.evaluate import corpora, reports, verifier

    statements = verifier.benchmark([row for path in data for row in corpora.rows(path)])
    _say(f"{len(statements.supported)} supported and {len(statements.corrupted)} corrupted statements")
    judges: dict[str, verifier.Verifier] = {"verifier": verify, "half of the words": verifier.lookup}
    found = {name: verifier.measure(statements, judge) for name, judge in judges.items()}
    return reports.of_verifier(found, statements, misses)


def _engine(model: str | None) -> Engine:
    from assent.models import load

    return load(model, notice=_say) if model else load(notice=_say)


def _system(model: str | None) -> System:
    """Our summarizer over one engine, loaded once."""
    from assent.features.summarize import summarize

    engine = _engine(model)
    return lambda transcript: summarize(transcript, engine=engine).document


def _composer(model: str | None) -> Composer:
    from assent.training.evaluate.composing import composer

    return composer(_engine(model))


def _show(parts: Sequence[Report], out: Path | None) -> None:
    from assent.training.evaluate import reports, tables

    report = reports.join(parts)
    click.echo(tables.text(report.tables))
    if out is not None:
        for path in tables.save(report, out, " ".join(["assent", *sys.argv[1:]])):
            _say(f"wrote {path}")
