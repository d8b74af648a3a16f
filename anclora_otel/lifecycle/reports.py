"""What a flush or a shutdown tells of itself."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class SignalReport:
    """
    What became of one signal.

    Args:
        exported: items that the receiver accepted since the start of the process.
        failed: items whose export failed since the start of the process.
        finished: whether the flush came to its end within its time.

    """

    exported: int
    failed: int
    finished: bool


@dataclass(frozen=True)
class FlushReport:
    """
    What a flush did, signal by signal.

    Args:
        signals: a report each for traces, metrics and logs.

    """

    signals: Mapping[str, SignalReport]

    @property
    def finished(self) -> bool:
        """Say whether every signal came to its end within the time given."""
        return all(report.finished for report in self.signals.values())
