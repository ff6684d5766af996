"""The error tree of Assent. It knows no room.

AssentError
├── InputError (ValueError)                   exit 3: what the caller gave is not right
│   ├── TranscriptError                       names the file, the line and what was expected
│   │   └── TranscriptNotFound (FileNotFoundError)
│   ├── RosterError
│   ├── TemplateError
│   ├── ConfigError                           lists all faults at once
│   ├── ConsentError (PermissionError)        a form, notice, signature or decision that is refused
│   └── TelemetryError                        an event that is not registered whole
├── ModelError (RuntimeError)                 exit 4: a model that is unknown, unsafe or broken
│   ├── UnknownModel (LookupError)
│   ├── UnsafeModel (PermissionError)
│   └── MissingExtra (ImportError)            names the extra to install
├── GenerationError (RuntimeError)            exit 5: the model ran and no right answer came of it
│   └── ContextOverflow (ValueError)
├── TrainingError (RuntimeError)              exit 5: a run that came to nothing
├── ConsentRequired (PermissionError)         exit 6: the account has not signed
├── StoreError (OSError)                      exit 7: the database or key store is locked, full, gone or restored
├── LedgerError (RuntimeError)                exit 8: the chain of decisions does not hold
└── Cancelled (RuntimeError)                  exit 130: the caller stopped the work

A message says what was found, where, and what to do. It never carries content of a meeting or a message.
"""

from __future__ import annotations

from collections.abc import Sequence


class AssentError(Exception):
    """Root of every error Assent raises on purpose."""

    exit_code = 1


class InputError(AssentError, ValueError):
    exit_code = 3


class TranscriptError(InputError):
    """A file that cannot be read as a transcript.

    `source` is the file's name, `line` the 1-based line (0: the file as a whole), `expected` what is right.
    """

    def __init__(self, source: str, line: int, found: str, expected: str) -> None:
        where = f"{source}:{line}" if line else source
        super().__init__(f"{where}: {found}; expected {expected}")
        self.source, self.line, self.found, self.expected = source, line, found, expected


class TranscriptNotFound(TranscriptError, FileNotFoundError):
    pass


class RosterError(InputError):
    """A roster with faults; `faults` holds them all."""

    def __init__(self, source: str, faults: list[str]) -> None:
        super().__init__(f"{source}: " + "; ".join(faults))
        self.source, self.faults = source, faults


class TemplateError(InputError):
    pass


class ConfigError(InputError):
    """Settings with faults; `faults` holds them all."""

    def __init__(self, faults: list[str]) -> None:
        super().__init__("; ".join(faults))
        self.faults = faults


class ConsentError(InputError, PermissionError):
    """A refusal. `reason` is one stable word for it; `faults` are those of a text, all at once."""

    def __init__(self, message: str, *, reason: str = "refused", faults: Sequence[str] = ()) -> None:
        super().__init__(message)
        self.reason, self.faults = reason, list(faults)


class TelemetryError(InputError):
    """An event that is dropped; `reason` is one word of a closed set, so that nothing of the event can be in it."""

    def __init__(self, reason: str) -> None:
        super().__init__(f"a telemetry event was dropped whole: {reason}")
        self.reason = reason


class ModelError(AssentError, RuntimeError):
    exit_code = 4


class UnknownModel(ModelError, LookupError):
    pass


class UnsafeModel(ModelError, PermissionError):
    pass


class MissingExtra(ModelError, ImportError):
    def __init__(self, extra: str, purpose: str) -> None:
        super().__init__(f"{purpose} needs an extra: pip install 'assent[{extra}]'")
        self.extra = extra


class GenerationError(AssentError, RuntimeError):
    exit_code = 5


class ContextOverflow(GenerationError, ValueError):
    pass


class TrainingError(AssentError, RuntimeError):
    exit_code = 5


class ConsentRequired(AssentError, PermissionError):
    exit_code = 6


class StoreError(AssentError, OSError):
    exit_code = 7


class LedgerError(AssentError, RuntimeError):
    """A chain that does not hold; `position` is the first bad index, None where there is none to name."""

    exit_code = 8

    def __init__(self, message: str, position: int | None = None) -> None:
        super().__init__(message)
        self.position = position


class Cancelled(AssentError, RuntimeError):
    exit_code = 130
