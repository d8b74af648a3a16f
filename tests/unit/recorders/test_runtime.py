"""What is observed of the process and its interpreter."""

from __future__ import annotations

import asyncio
import gc
import os
import threading
import time

import pytest

from anclora_otel.catalogue import DOMAINS, Kind
from anclora_otel.integrations.asyncio import watch_event_loops
from anclora_otel.recorders import runtime
from anclora_otel.recorders.event_loop_lag import LAG_INTERVAL_SECONDS
from anclora_otel.recorders.garbage_collector import GarbageCollector
from anclora_otel.testing import capture_metrics


def test_every_metric_of_the_domain_is_reported() -> None:
    """With a loop that has run, no metric of the domain is missing, and all are plausible."""
    watch_event_loops()

    asyncio.run(asyncio.sleep(LAG_INTERVAL_SECONDS * 1.5))
    with capture_metrics() as captured:
        runtime.observe_runtime()
        points = {point.name: point.value for point in captured.points()}

    expected = {metric.name for metric in DOMAINS["runtime"]}
    assert expected <= set(points)
    assert all(value >= 0 for value in points.values())
    assert points["anclora.process.resident.memory"] > 1_000_000
    assert points["anclora.python.heap.used"] > 100_000
    assert points["anclora.process.start.time"] <= time.time()
    assert points["anclora.process.open.fds"] >= 3


def test_counters_of_the_domain_are_read_as_counters() -> None:
    """CPU time and collections only rise, so they are no gauges."""
    counters = {metric.name for metric in DOMAINS["runtime"] if metric.kind is Kind.COUNTER}

    assert counters == {"anclora.process.cpu", "anclora.python.gc.collections", "anclora.python.gc.pause"}


def test_pauses_of_the_garbage_collector_add_up() -> None:
    """A collection takes some time, and installing twice counts it once."""
    collector = GarbageCollector()
    collector.install()
    collector.install()
    gc.collect()
    listeners = [each for each in gc.callbacks if getattr(each, "__self__", None) is collector]
    for listener in listeners:
        gc.callbacks.remove(listener)

    assert len(listeners) == 1
    assert collector.pause_seconds > 0


def test_collections_are_counted_by_generation() -> None:
    """A full collection is one of the oldest generation."""
    collector = GarbageCollector()
    before = collector.collections()
    gc.collect()

    assert collector.collections()[2] == before[2] + 1
    assert len(before) == 3


def test_open_files_are_counted() -> None:
    """One more for a file that is opened, none for the look itself."""
    before = runtime.open_files()
    read, write = os.pipe()
    during = runtime.open_files()
    os.close(read)
    os.close(write)

    assert before is not None
    assert during == before + 2
    assert runtime.open_files() == before


def test_threads_are_counted() -> None:
    """Those that are alive, started by whomever."""
    with capture_metrics() as captured:
        runtime.observe_runtime()
        before = captured.value("anclora.python.threads") or 0
        ended = threading.Event()
        thread = threading.Thread(target=ended.wait)
        thread.start()
        during = captured.value("anclora.python.threads")
        ended.set()
        thread.join()

    assert during == before + 1


def test_a_large_allocation_shows_in_heap_and_resident_memory() -> None:
    """Both follow what the process holds."""
    before = (runtime.heap_used_bytes(), runtime.resident_memory_bytes())
    held = bytearray(os.urandom(1)) * 50_000_000
    after = (runtime.heap_used_bytes(), runtime.resident_memory_bytes())

    assert len(held) == 50_000_000
    for first, second in zip(before, after, strict=True):
        assert first is not None
        assert second is not None
        assert second - first == pytest.approx(50_000_000, rel=0.2)
