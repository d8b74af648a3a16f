"""Observe the process and its Python interpreter."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterable, Mapping

from anclora_otel import instruments
from anclora_otel.catalogue import Metric
from anclora_otel.catalogue import runtime as catalogue
from anclora_otel.recorders.cpu_limit import cpu_limit
from anclora_otel.recorders.event_loop_lag import event_loop_lag
from anclora_otel.recorders.garbage_collector import garbage_collector
from anclora_otel.recorders.process_readings import (
    heap_used_bytes,
    open_files,
    resident_memory_bytes,
    start_time_seconds,
)

__all__ = [
    "after_fork",
    "cpu_limit",
    "event_loop_lag",
    "garbage_collector",
    "heap_used_bytes",
    "observe_runtime",
    "open_files",
    "resident_memory_bytes",
    "start_time_seconds",
]


def observe_runtime() -> None:
    """Report the metrics of the runtime domain at each collection, to the instruments in use."""
    garbage_collector.install()
    current = instruments.current()
    for metric, read in _SOURCES.items():
        current.gauge(metric).add_observer(read)


def after_fork() -> None:
    """Make a forked child's values its own: what it inherits was its parent's."""
    event_loop_lag.after_fork()
    garbage_collector.after_fork()


def _one(read: Callable[[], float | None]) -> Callable[[], Iterable[instruments.Reading]]:
    def reading() -> Iterable[instruments.Reading]:
        value = read()
        return [] if value is None else [(value, ())]

    return reading


def _collections() -> Iterable[instruments.Reading]:
    return [(float(count), (str(generation),)) for generation, count in enumerate(garbage_collector.collections())]


_SOURCES: Mapping[Metric, Callable[[], Iterable[instruments.Reading]]] = {
    catalogue.PROCESS_CPU: _one(time.process_time),
    catalogue.PROCESS_CPU_LIMIT: _one(cpu_limit),
    catalogue.PROCESS_RESIDENT_MEMORY: _one(resident_memory_bytes),
    catalogue.PROCESS_START_TIME: _one(start_time_seconds),
    catalogue.PROCESS_OPEN_FDS: _one(open_files),
    catalogue.PYTHON_HEAP_USED: _one(heap_used_bytes),
    catalogue.PYTHON_EVENTLOOP_LAG: _one(event_loop_lag.largest_seconds),
    catalogue.PYTHON_GC_COLLECTIONS: _collections,
    catalogue.PYTHON_GC_PAUSE: _one(lambda: garbage_collector.pause_seconds),
    catalogue.PYTHON_THREADS: _one(lambda: float(threading.active_count())),
}
