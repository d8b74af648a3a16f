"""What is observed of the process and its interpreter."""

from __future__ import annotations

import asyncio
import gc
import os
import time

import pytest

from anclora_otel.catalogue import DOMAINS, Kind
from anclora_otel.integrations.asyncio import watch_event_loops
from anclora_otel.recorders import runtime
from anclora_otel.testing import capture_metrics


def test_every_metric_of_the_domain_is_reported() -> None:
    """With a loop that has run, no metric of the domain is missing, and all are plausible."""
    watch_event_loops()

    asyncio.run(asyncio.sleep(runtime.LAG_INTERVAL_SECONDS * 1.5))
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


def test_a_blocked_loop_shows_in_the_lag() -> None:
    """A callback that holds the loop up is seen, also from outside while it lasts."""
    lag = runtime.EventLoopLag()
    blocked_seconds = 0.6
    during: list[float | None] = []

    async def run() -> None:
        lag.watch(asyncio.get_running_loop())
        deadline = time.monotonic() + blocked_seconds
        while time.monotonic() < deadline:
            during.append(lag.largest_seconds())
        turned = asyncio.Event()
        asyncio.get_running_loop().call_later(0, turned.set)
        await turned.wait()

    asyncio.run(run())

    assert (during[-1] or 0) > 0.2
    assert (lag.largest_seconds() or 0) > 0.2


def test_lag_is_forgotten_after_its_window() -> None:
    """The largest lag is that of the last 30 s, however often it is read."""
    now = [1000.0]
    lag = runtime.EventLoopLag(clock=lambda: now[0])
    loop = asyncio.new_event_loop()
    lag.watch(loop)
    now[0] += runtime.LAG_INTERVAL_SECONDS + 2
    loop.run_until_complete(asyncio.sleep(runtime.LAG_INTERVAL_SECONDS * 1.5))
    first, second = lag.largest_seconds(), lag.largest_seconds()
    now[0] += runtime.LAG_WINDOW_SECONDS + 1
    later = lag.largest_seconds()
    loop.close()

    assert first == second == pytest.approx(2.0)
    assert later is None


def test_pauses_of_the_garbage_collector_add_up() -> None:
    """A collection takes some time, and installing twice counts it once."""
    pauses = runtime.GarbageCollectorPauses()
    pauses.install()
    pauses.install()
    gc.collect()
    listeners = [each for each in gc.callbacks if getattr(each, "__self__", None) is pauses]
    for listener in listeners:
        gc.callbacks.remove(listener)

    assert len(listeners) == 1
    assert pauses.total_seconds > 0


def test_the_limit_of_cores_is_at_most_what_the_host_has() -> None:
    """Quota or affinity, whichever holds."""
    assert 0 < runtime.cpu_limit() <= (os.cpu_count() or 1)
