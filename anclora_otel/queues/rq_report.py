"""A note from the process of an rq job to its worker: memory that both share."""

from __future__ import annotations

import mmap
from typing import Literal, cast, get_args

from anclora_otel.catalogue.labels import ErrorType

Outcome = Literal["", "processed", "retried", "failed"]
"""What became of an attempt; empty where nobody said."""

_LENGTH = 512
_SEPARATOR = "\n"


class Report:
    """
    Hold what became of a job, readable on both sides of a fork.

    A worker that starts its jobs in another way than by a fork finds the report empty.
    """

    def __init__(self) -> None:
        self._memory = mmap.mmap(-1, _LENGTH)

    def clear(self) -> None:
        """Forget the job before."""
        self._write("", "", "")

    def note_outcome(self, outcome: Outcome) -> None:
        """Say what became of the attempt; of several the last counts."""
        _, error_type, error_class = self._read()
        self._write(outcome, error_type, error_class)

    def note_error(self, error_type: ErrorType, error_class: str) -> None:
        """Say which error ended the attempt."""
        self._write(self._read()[0], error_type, error_class)

    @property
    def outcome(self) -> Outcome:
        """Give what became of the attempt."""
        found = self._read()[0]
        return cast("Outcome", found) if found in get_args(Outcome) else ""

    @property
    def error_type(self) -> ErrorType:
        """Give the kind of the error, ``unknown`` where none was noted."""
        return cast("ErrorType", self._read()[1] or "unknown")

    @property
    def error_class(self) -> str:
        """Give the class of the error, empty where none was noted."""
        return self._read()[2]

    def _read(self) -> list[str]:
        text = self._memory[:].rstrip(b"\0").decode(errors="replace")
        return [*text.split(_SEPARATOR), "", "", ""][:3]

    def _write(self, *parts: str) -> None:
        self._memory[:] = _SEPARATOR.join(parts).encode()[:_LENGTH].ljust(_LENGTH, b"\0")
