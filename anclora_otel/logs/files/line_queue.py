"""
Lines on their way from the threads that log to the one that writes.

A line is put in without a lock, so that a signal handler or a forked child may log at any moment.
"""

from __future__ import annotations

import queue
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass, field

from anclora_otel.logs.lines import LogLine

MAX_LINES = 10_000
"""Lines that may wait to be written."""

MAX_BYTES = 8 * 1024 * 1024
"""Characters and other values that may wait to be written, as a measure of the memory they take."""

WAIT_SECONDS = 1.0
"""How long a thread that logs waits for room."""

_POLL_SECONDS = 0.002
_VALUE_BYTES = 16
_LINE_BYTES = 200


@dataclass(frozen=True)
class Mark:
    """
    Stands in the queue behind all that was logged before it.

    Args:
        ends: whether the writer ends there.
        reached: set as soon as the writer has dealt with all before it.

    """

    ends: bool = False
    reached: threading.Event = field(default_factory=threading.Event)


class LineQueue:
    """
    A queue of lines with a limit.

    Args:
        max_lines: lines that may wait.
        max_bytes: as many bytes may wait, unless one line alone is larger.
        wait_seconds: how long to wait for room; nobody waits again before lines were taken.

    """

    def __init__(
        self, max_lines: int = MAX_LINES, max_bytes: int = MAX_BYTES, wait_seconds: float = WAIT_SECONDS
    ) -> None:
        self.dropped = 0
        self._max_lines = max_lines
        self._max_bytes = max_bytes
        self._wait_seconds = wait_seconds
        self._entries: queue.SimpleQueue[tuple[LogLine, int] | Mark] = queue.SimpleQueue()
        # A signal handler may log while its own thread counts.
        self._drop_lock = threading.RLock()
        self._bytes_in = 0
        self._bytes_out = 0
        self._stalled = False

    def put(self, line: LogLine, *, may_wait: bool = True) -> bool:
        """Put a line in; say whether there was room for it."""
        size = size_of(line)
        if not self._has_room(size) and not (may_wait and self._waited_for_room(size)):
            with self._drop_lock:
                self.dropped += 1
            return False
        self._bytes_in += size
        self._entries.put((line, size))
        return True

    def mark(self, mark: Mark) -> None:
        """Put a mark in."""
        self._entries.put(mark)

    @property
    def waiting(self) -> int:
        """How many lines, and marks among them, wait."""
        return self._entries.qsize()

    def take(self, max_lines: int, timeout_seconds: float | None) -> tuple[list[LogLine], Mark | None]:
        """
        Take lines up to a mark, waiting for the first; for one thread alone.

        Args:
            max_lines: as many lines at most.
            timeout_seconds: how long to wait, or None for as long as it takes.

        """
        lines: list[LogLine] = []
        try:
            entry = self._entries.get(timeout=timeout_seconds)
            while not isinstance(entry, Mark):
                lines.append(entry[0])
                self._bytes_out += entry[1]
                self._stalled = False
                if len(lines) == max_lines:
                    return lines, None
                entry = self._entries.get_nowait()
            return lines, entry
        except queue.Empty:
            # The sums are not exact where threads add at the same moment: they start anew whenever nothing waits.
            self._bytes_in = self._bytes_out = 0
            return lines, None

    def _has_room(self, size: int) -> bool:
        if self._entries.qsize() >= self._max_lines:
            return False
        waiting = self._bytes_in - self._bytes_out
        return waiting <= 0 or waiting + size <= self._max_bytes

    def _waited_for_room(self, size: int) -> bool:
        deadline = time.monotonic() + self._wait_seconds
        while not self._stalled:
            if self._has_room(size):
                return True
            if time.monotonic() >= deadline:
                self._stalled = True
            time.sleep(_POLL_SECONDS)
        return False


def size_of(line: LogLine) -> int:
    """Give about as many bytes as a line takes."""
    texts = len(line.message) + len(line.exception) + len(line.logger)
    return _LINE_BYTES + texts + (_size_of_value(line.fields) if line.fields else 0)


def _size_of_value(value: object) -> int:
    if isinstance(value, str):
        return _VALUE_BYTES + len(value)
    if isinstance(value, Mapping):
        return sum(_size_of_value(key) + _size_of_value(item) for key, item in value.items())
    if isinstance(value, (list, tuple)):
        return sum(map(_size_of_value, value))
    return _VALUE_BYTES
