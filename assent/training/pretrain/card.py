"""Writes the model card of the embedded model, in Hugging Face form, from its folder, its run and its measured figures.

It measures nothing: `python -m assent.training.pretrain.quality` and `assent evaluate ... --out` do, and their JSON
files are what it is given:

    python -m assent.training.pretrain.card assent/models/assent_mini --run RUN figures.json report.json
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from string import Template
from typing import Any

import click

from assent.training.pretrain.mixture import FIRST, LAST
from assent.training.pretrain.quality import Score, table, weights_sha256

Figures = Mapping[str, Any]
Systems = Mapping[str, Mapping[str, Any]]
LEFT_OUT = frozenset({"gaps", "extract_gaps", "meetings gaps"})
"""Differences between rows that stand in the card already."""

CARD = Path(__file__).with_name("card.md")
"""The card's prose; a name after a dollar sign is filled in."""


def card(folder: Path, run: Path | None, figures: Sequence[Figures], note: str = "") -> str:
    """The card's text. `note` says of the run what its log does not."""
    return Template(CARD.read_text(encoding="utf-8")).substitute(
        shape(folder) | {name: f"{share:.0%}, then {asdict(LAST)[name]:.0%}" for name, share in asdict(FIRST).items()},
        compute=" ".join(filter(None, [compute(run) if run else "The run's log was not kept.", note])),
        scores="\n\n".join(map(scores, figures)) or "None measured yet.",
    )


def shape(folder: Path) -> dict[str, str]:
    """What the folder's own files say of the model."""
    from safetensors import safe_open

    config = json.loads((folder / "config.json").read_text(encoding="utf-8"))
    vocabulary = json.loads((folder / "tokenizer.json").read_text(encoding="utf-8"))["model"]["vocab"]
    weights = folder / "model.safetensors"
    with safe_open(weights, "pt") as tensors:
        parameters = sum(tensors.get_tensor(name).numel() for name in tensors.keys())  # noqa: SIM118
    return {
        "words": f"{sum(not name.startswith('<') for name in vocabulary):,}",
        "parameters": f"{parameters / 1e6:.1f} million",
        "layers": str(config["num_hidden_layers"]),
        "width": str(config["hidden_size"]),
        "context": str(config["max_position_embeddings"]),
        "megabytes": f"{weights.stat().st_size / 1e6:.1f}",
        "sha256": weights_sha256(folder),
    }


def compute(run: Path) -> str:
    """Steps, tokens and time by the run's log; steps done twice after a kill are time spent too."""
    lines = [json.loads(line) for line in (run / "progress.jsonl").read_text(encoding="utf-8").splitlines()]
    last, hours = lines[-1], sum(line["seconds"] for line in lines) / 3600
    return f"{last['step']:,} steps, {last['tokens']:,} tokens, {hours:.1f} hours; last loss {last['loss']:.2f}."


def scores(figures: Figures) -> str:
    """One file's tables below the command that made it, which names files and no place on a machine."""
    command = re.sub(r"\S*/([^/\s]+/[^/\s]+)", r"\1", figures["command"])
    if "weights_sha256" in figures:
        seed, sha256 = figures["seed"], figures["weights_sha256"]
        found = [f"Seed {seed}, weights `{sha256[:12]}`.\n\n{table([Score(**score) for score in figures['scores']])}"]
    else:
        found = [f"**{title}**\n\n{systems_table(systems)}" for title, systems in systems_of(figures)]
    return "\n\n".join([f"`{command}`", *found])


def systems_of(value: Any, title: tuple[str, ...] = ()) -> Iterator[tuple[str, Systems]]:
    """Every place in a report that holds figures by system and metric, with the names on the way there."""
    if not isinstance(value, Mapping):
        return
    if value and all(isinstance(row, Mapping) and "overall" in row for row in value.values()):
        value = {name: row["overall"] for name, row in value.items()}
    if value and all(_is_row(row) for row in value.values()):
        yield " / ".join(title), value
        return
    for key, inner in value.items():
        if key not in LEFT_OUT:
            yield from systems_of(inner, (*title, key) if key != "scores" else title)


def _is_row(value: Any) -> bool:
    """Metrics by name, each an interval or not applicable."""
    return (
        isinstance(value, Mapping)
        and any(cell is not None for cell in value.values())
        and all(
            cell is None or (isinstance(cell, Mapping) and {"value", "low", "high"} <= set(cell))
            for cell in value.values()
        )
    )


def systems_table(systems: Systems) -> str:
    """Markdown: a row a system, a column a metric, each with its 95 % interval."""
    metrics = list(dict.fromkeys(metric for row in systems.values() for metric in row))
    rows = [["system", *metrics], ["---"] * (len(metrics) + 1)]
    rows += [[name, *(_cell(row.get(metric)) for metric in metrics)] for name, row in systems.items()]
    return "\n".join(f"| {' | '.join(row)} |" for row in rows)


def _cell(interval: Mapping[str, float] | None) -> str:
    return f"{interval['value']:.2f} ({interval['low']:.2f} to {interval['high']:.2f})" if interval else ""


@click.command()
@click.argument("folder", type=click.Path(path_type=Path, exists=True))
@click.argument("figures", nargs=-1, type=click.Path(path_type=Path, exists=True))
@click.option("--run", type=click.Path(path_type=Path, exists=True), help="Folder of the training run, for its log.")
@click.option("--note", default="", help="What the log does not say of the run.")
def main(folder: Path, figures: tuple[Path, ...], run: Path | None, note: str) -> None:
    """Write FOLDER/README.md, with the scores of the JSON files FIGURES."""
    read = [json.loads(path.read_text(encoding="utf-8")) for path in figures]
    (folder / "README.md").write_text(card(folder, run, read, note), encoding="utf-8")


if __name__ == "__main__":
    main()
