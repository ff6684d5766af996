"""From scores to candidates: which turns bear a task, a decision, an open question or a point, and what they settle."""

from assent.features.evidence.candidate import Candidate, Kind
from assent.features.evidence.search import find

__all__ = ["Candidate", "Kind", "find"]
