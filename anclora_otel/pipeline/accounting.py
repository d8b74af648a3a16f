"""Keep count of what became of the items of a signal."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TypeVar

from anclora_otel import instruments
from anclora_otel._guard import guarded
from anclora_otel.catalogue import telemetry as catalogue

T = TypeVar("T")


@dataclass(frozen=True)
class ExportCounts:
    """
    What became of the items of one signal so far.

    Args:
        exported: items that the receiver accepted.
        failed: items whose export failed after all retries.

    """

    exported: int
    failed: int


class ExportAccount:
    """
    Count the exports of one signal, in the process and as metrics.

    Args:
        signal: ``traces``, ``metrics`` or ``logs``.

    """

    def __init__(self, signal: str) -> None:
        self.signal = signal
        self._lock = threading.Lock()
        self._exported = 0
        self._failed = 0
        self._last_success: float | None = None

    def export(self, items: int, send: Callable[[], T], succeeded: Callable[[T], bool]) -> T:
        """
        Send a batch and count its items as exported or failed.

        Args:
            items: how many there are.
            send: sends them.
            succeeded: tells from the answer whether they were accepted.

        """
        started = time.perf_counter()
        accepted = False
        try:
            result = send()
            accepted = succeeded(result)
            return result
        finally:
            self._count(items, accepted, time.perf_counter() - started)

    def counts(self) -> ExportCounts:
        """Give the counts so far."""
        with self._lock:
            return ExportCounts(self._exported, self._failed)

    def clear(self) -> None:
        """Start anew, as a forked child must."""
        self._lock = threading.Lock()
        self._exported = self._failed = 0
        self._last_success = None

    def observe(self) -> None:
        """Report the time of the last success at each collection."""
        gauge = instruments.current().gauge(catalogue.TELEMETRY_LAST_SUCCESS_TIMESTAMP)
        gauge.add_observer(self._read_last_success)

    def _count(self, items: int, accepted: bool, seconds: float) -> None:
        with self._lock:
            if accepted:
                self._exported += items
                self._last_success = time.time()
            else:
                self._failed += items
        _record(self.signal, items, accepted, seconds)

    def _read_last_success(self) -> Iterable[instruments.Reading]:
        return [] if self._last_success is None else [(self._last_success, (self.signal,))]


@guarded
def _record(signal: str, items: int, accepted: bool, seconds: float) -> None:
    current = instruments.current()
    outcome, reason = ("exported", "none") if accepted else ("failed", "other")
    current.counter(catalogue.TELEMETRY_ITEMS).add(items, signal, outcome, reason)
    current.histogram(catalogue.TELEMETRY_EXPORT_DURATION).record(seconds, signal, outcome)
