"""Transcripts: what was said, by whom, when, as the file has it; readers, roster and attribution. It knows no model."""

from __future__ import annotations

from assent.data.transcripts.clean import safe_name
from assent.data.transcripts.reader import FORMATS, read
from assent.data.transcripts.roster import Roster, RosterEntry
from assent.data.transcripts.turns import Transcript, Turn

__all__ = ["FORMATS", "Roster", "RosterEntry", "Transcript", "Turn", "read", "safe_name"]
