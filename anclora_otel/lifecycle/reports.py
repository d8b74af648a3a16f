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
class LogFileReport:
    """
    What became of the lines for the log files.

    Args:
        written: lines written since the start of the process.
        waiting: lines that wait in memory, because they could not be written yet or came after the flush.
        dropped: lines that a file lacks since the start of the process, because too many waited.
        finished: whether the flush wrote every line before it within its time.

    """

    written: int
    waiting: int
    dropped: int
    finished: bool


@dataclass(frozen=True)
class FlushReport:
    """
    What a flush did, signal by signal.

    Args:
        signals: a report each for traces, metrics and logs.
        log_files: what became of the lines for the log files, or None where none are written.

    """

    signals: Mapping[str, SignalReport]
    log_files: LogFileReport | None = None

    @property
    def finished(self) -> bool:
        """Say whether every signal, and the log files, came to their end within the time given."""
        files_finished = self.log_files is None or self.log_files.finished
        return files_finished and all(report.finished for report in self.signals.values())
