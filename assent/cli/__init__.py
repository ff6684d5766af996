"""The command line: one file per verb, loaded when it is called. It knows no feature; it maps errors to exit codes.

Results go to standard output, everything else to standard error.
"""

from __future__ import annotations

import os
from importlib import import_module
from typing import Any

import click

from assent import __version__
from assent.errors import AssentError

VERBS = {
    "adapter": "List, check, release and take back what was trained.",
    "ask": "Ask a question of a meeting and get a cited answer.",
    "backup": "Copy the database and the key store, apart from each other.",
    "compose": "Write a message from an instruction, or a reply to a thread.",
    "consent": "Ask for a yes, record it, take it back, and prove either.",
    "dataset": "Count or export the rows that may be used.",
    "demo": "Summarize a sample meeting and compose a message.",
    "evaluate": "Measure summaries or drafts beside trivial baselines.",
    "ledger": "Check, copy or checkpoint the chain of decisions.",
    "models": "List the models and what they may write; check one on this machine.",
    "restore": "Bring a backup back, without reviving what was withdrawn.",
    "rewrite": "Rewrite a message: shorter, friendlier, corrected, or as you wish.",
    "summarize": "Turn a transcript into minutes that cite their turns.",
    "telemetry": "See what is recorded of use, all of it content-free.",
    "train": "Train an adapter on the rows that everyone in them allows.",
}
"""Verb and the line that `assent --help` shows for it, so that help loads no verb."""

EXIT_CODES = {
    0: "done",
    1: "an error inside Assent (ASSENT_DEBUG=1 shows where)",
    2: "the command was not understood",
    3: "the input is not right: transcript, roster, template, settings, form, signature",
    4: "the model is unknown, unsafe or broken, or an extra is missing",
    5: "the model ran and no right answer came of it",
    6: "the account has not signed",
    7: "the store is locked, full, gone or restored from before a withdrawal",
    8: "the chain of decisions does not hold",
    130: "stopped by Ctrl-C or cancelled",
}


ENVIRONMENT = {
    "ASSENT_HOME": "where Assent keeps its files, as --home says",
    "ASSENT_DATABASE": "the database, as --database says",
    "ASSENT_CHECKPOINTS": "folder or fsspec URL for the ledger's signed checkpoints, best on another machine",
    "ASSENT_EPOCH_KEY": "the key of the key store, 64 hex digits; else in a file under ASSENT_HOME",
    "ASSENT_DEBUG": "1 shows where an unexpected error comes from",
}


def failed(message: str, exit_code: int) -> click.exceptions.Exit:
    """Says what went wrong in one line on standard error; raise what it returns."""
    click.echo(f"assent: {message}", err=True)
    return click.exceptions.Exit(exit_code)


class Verbs(click.Group):
    """A group whose commands are imported when they are called, and whose errors end as one line each."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return sorted(VERBS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in VERBS:
            return None
        command = import_module(f"assent.cli.{cmd_name}").command
        assert isinstance(command, click.Command)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl(sorted(VERBS.items()))
        with formatter.section("Environment"):
            formatter.write_dl(list(ENVIRONMENT.items()))
        with formatter.section("Exit codes"):
            formatter.write_dl([(str(code), meaning) for code, meaning in EXIT_CODES.items()])

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except (click.ClickException, click.exceptions.Exit, click.Abort, BrokenPipeError):
            raise
        except KeyboardInterrupt:
            raise failed("stopped", 130) from None
        except AssentError as error:
            raise failed(" ".join(str(error).split()), error.exit_code) from error
        except Exception as error:
            if os.environ.get("ASSENT_DEBUG"):
                raise
            # The message of an unexpected error may hold content of the meeting; only its type is shown.
            hint = "run again with ASSENT_DEBUG=1 to see where"
            raise failed(f"unexpected {type(error).__name__} inside Assent; {hint}", 1) from error


@click.group(cls=Verbs, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(__version__, prog_name="assent", message="%(prog)s %(version)s")
def main() -> None:
    """Meeting minutes and chat drafts on a small open model, every statement grounded.

    With the embedded model everything runs on this machine and nothing is downloaded. Results go to standard output,
    progress to standard error.
    """
