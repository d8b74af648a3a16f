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
        waiting: items that are neither, those under way included; None where items are not queued.
        dropped: items that found no room in the queue.
        delivered_seconds_ago: time since the receiver last accepted items, or None.
        failed_seconds_ago: time since an export last failed, or None.
        dropped_seconds_ago: time since items were last found dropped, or None.
        undelivered_seconds: how long there have been items that did not arrive, or None where all arrived.

    """

    exported: int
    failed: int
    waiting: int | None = None
    dropped: int = 0
    delivered_seconds_ago: float | None = None
    failed_seconds_ago: float | None = None
    dropped_seconds_ago: float | None = None
    undelivered_seconds: float | None = None


class ExportAccount:
    """
    Count the exports of one signal, in the process and as metrics.

    Args:
        signal: ``traces``, ``metrics`` or ``logs``.
        queue_size: items that may wait for export; None where items are not queued.
        clock: a monotonic clock, in seconds.

    """

    def __init__(self, signal: str, queue_size: int | None = None, clock: Callable[[], float] = time.monotonic) -> None:
        self.signal = signal
        self._queue_size = queue_size
        self._clock = clock
        self._undelivered_since: float | None = None
        self.clear()

    def enter(self) -> None:
        """Count an item that was put into the queue, which may have dropped another one for it."""
        with self._lock:
            self._entered += 1
            if self._undelivered_since is None:
                self._undelivered_since = self._clock()

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
        self._begin(items)
        try:
            result = send()
            accepted = succeeded(result)
            return result
        finally:
            self._count(items, accepted, time.perf_counter() - started)

    def counts(self) -> ExportCounts:
        """Give the counts so far."""
        with self._lock:
            if self._under_way:
                # Nothing is on its way from the queue into an export now, so what is missing was dropped.
                self._find_dropped()
            return ExportCounts(
                self._exported,
                self._failed,
                None if self._queue_size is None else max(0, self._undecided()),
                self._dropped,
                self._seconds_since(self._delivered_at),
                self._seconds_since(self._failed_at),
                self._seconds_since(self._dropped_at),
                self._seconds_since(self._undelivered_since),
            )

    def clear(self) -> None:
        """Start anew, as a forked child must."""
        self._lock = threading.Lock()
        self._entered = self._exported = self._failed = self._dropped = self._under_way = 0
        self._dropped_recorded = 0
        self._last_success: float | None = None
        self._delivered_at: float | None = None
        self._failed_at: float | None = None
        self._dropped_at: float | None = None
        self._undelivered_since = None

    def observe(self) -> None:
        """Report the time of the last success, and what waits, at each collection."""
        gauge = instruments.current().gauge(catalogue.TELEMETRY_LAST_SUCCESS_TIMESTAMP)
        gauge.add_observer(self._read_last_success)
        if self._queue_size is not None:
            instruments.current().gauge(catalogue.TELEMETRY_QUEUE_SIZE).add_observer(self._read_waiting)

    def _begin(self, items: int) -> None:
        with self._lock:
            self._under_way += items
            if self._undelivered_since is None:
                self._undelivered_since = self._clock()

    def _count(self, items: int, accepted: bool, seconds: float) -> None:
        with self._lock:
            now = self._clock()
            self._under_way -= items
            if accepted:
                self._exported += items
                self._last_success = time.time()
                self._delivered_at = now
            else:
                self._failed += items
                self._failed_at = now
            self._find_dropped()
            if accepted:
                self._undelivered_since = now if self._undecided() > 0 else None
            dropped, self._dropped_recorded = self._dropped - self._dropped_recorded, self._dropped
        _record(self.signal, items, accepted, seconds)
        if dropped:
            _record_dropped(self.signal, dropped)

    def _undecided(self) -> int:
        return self._entered - self._exported - self._failed - self._dropped

    def _find_dropped(self) -> None:
        """Tell what the queue dropped from what it cannot hold, since it does not tell."""
        if self._queue_size is None:
            return
        beyond = self._undecided() - self._under_way - self._queue_size
        if beyond > 0:
            self._dropped += beyond
            self._dropped_at = self._clock()

    def _seconds_since(self, moment: float | None) -> float | None:
        return None if moment is None else max(0.0, self._clock() - moment)

    def _read_last_success(self) -> Iterable[instruments.Reading]:
        return [] if self._last_success is None else [(self._last_success, (self.signal,))]

    def _read_waiting(self) -> Iterable[instruments.Reading]:
        return [(float(self.counts().waiting or 0), (self.signal,))]


@guarded
def _record(signal: str, items: int, accepted: bool, seconds: float) -> None:
    current = instruments.current()
    outcome, reason = ("exported", "none") if accepted else ("failed", "other")
    current.counter(catalogue.TELEMETRY_ITEMS).add(items, signal, outcome, reason)
    current.histogram(catalogue.TELEMETRY_EXPORT_DURATION).record(seconds, signal, outcome)


@guarded
def _record_dropped(signal: str, items: int) -> None:
    instruments.current().counter(catalogue.TELEMETRY_ITEMS).add(items, signal, "dropped", "queue_full")
