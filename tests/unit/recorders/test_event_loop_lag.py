"""How late event loops are, of asyncio and of uvloop, in one thread and in several."""

from __future__ import annotations

import asyncio
import gc
import threading
import time
import weakref
from collections.abc import Callable

import pytest
import uvloop
from hypothesis import given
from hypothesis import strategies as st

from anclora_otel.recorders.event_loop_lag import LAG_INTERVAL_SECONDS, LAG_WINDOW_SECONDS, EventLoopLag

LoopFactory = Callable[[], asyncio.AbstractEventLoop]

A_TURN = LAG_INTERVAL_SECONDS * 1.5
"""Long enough for a loop to answer once."""

EITHER = pytest.mark.parametrize("new_loop", [asyncio.new_event_loop, uvloop.new_event_loop], ids=["asyncio", "uvloop"])


class Clock:
    """A clock that is set by hand, on top of the real one so that timers agree with it."""

    def __init__(self) -> None:
        self.ahead = 0.0

    def __call__(self) -> float:
        """Give the time."""
        return time.monotonic() + self.ahead


def block(lag: EventLoopLag, seconds: float) -> list[float | None]:
    """Hold the loop up, and give what another thread would read meanwhile."""
    during: list[float | None] = []
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        during.append(lag.largest_seconds())
    return during


@EITHER
def test_a_blocked_loop_shows_in_the_lag(new_loop: LoopFactory) -> None:
    """A callback that holds the loop up is seen, also from outside while it lasts."""
    lag, loop = EventLoopLag(), new_loop()
    during: list[float | None] = []

    async def run() -> None:
        lag.watch(loop)
        during.extend(block(lag, 0.6))
        await asyncio.sleep(0.05)

    loop.run_until_complete(run())
    loop.close()

    assert (during[-1] or 0) > 0.2
    assert (lag.largest_seconds() or 0) > 0.2


@EITHER
def test_a_loop_that_is_blocked_until_its_end(new_loop: LoopFactory) -> None:
    """It will not answer any more, but it was late."""
    lag, loop = EventLoopLag(), new_loop()

    async def run() -> None:
        block(lag, 0.6)

    lag.watch(loop)
    loop.run_until_complete(run())
    lag.release(loop)
    loop.close()

    assert (lag.largest_seconds() or 0) > 0.2


@EITHER
def test_lag_is_forgotten_after_its_window(new_loop: LoopFactory) -> None:
    """The largest lag is that of the last 30 s, however many readers there are and however often they read."""
    clock = Clock()
    lag, loop = EventLoopLag(clock), new_loop()
    lag.watch(loop)
    clock.ahead += 2
    loop.run_until_complete(asyncio.sleep(A_TURN))
    lag.release(loop)
    readings = [lag.largest_seconds() for _ in range(3)]
    clock.ahead += LAG_WINDOW_SECONDS - 1
    still = lag.largest_seconds()
    clock.ahead += 2
    later = lag.largest_seconds()
    loop.close()

    assert readings[0] is not None
    assert 1.9 <= readings[0] < 30  # uvloop counts its own time in whole milliseconds
    assert readings[0] == readings[1] == readings[2] == still
    assert later is None


@EITHER
def test_time_between_two_runs_is_no_lag(new_loop: LoopFactory) -> None:
    """A loop that is run again after a pause was not late in the pause."""
    clock = Clock()
    lag, loop = EventLoopLag(clock), new_loop()
    lag.watch(loop)
    loop.run_until_complete(asyncio.sleep(0))
    clock.ahead += 1000
    between = lag.largest_seconds()
    lag.watch(loop)
    loop.run_until_complete(asyncio.sleep(A_TURN))
    loop.close()

    assert between is None
    assert (lag.largest_seconds() or 0) < 500


def test_a_loop_without_anything_to_do_is_on_time() -> None:
    """An idle loop answers, so that there is a value, and the value is small."""
    lag = EventLoopLag()

    async def run() -> None:
        lag.watch(asyncio.get_running_loop())
        await asyncio.sleep(A_TURN)

    asyncio.run(run())

    assert lag.largest_seconds() is not None


def test_without_a_loop_there_is_no_lag() -> None:
    """Nothing is said of a process without a loop, nor of one that is watched but was never run."""
    lag, loop = EventLoopLag(), asyncio.new_event_loop()
    nothing = lag.largest_seconds()
    lag.watch(loop)
    loop.close()

    assert nothing is lag.largest_seconds() is None


def test_the_worst_of_several_loops_counts() -> None:
    """Two loops in threads of their own, one of them late."""
    lag = EventLoopLag()

    def late() -> None:
        block(lag, 0.6)

    async def run(work: Callable[[], None]) -> None:
        lag.watch(asyncio.get_running_loop())
        work()
        await asyncio.sleep(A_TURN)

    threads = [threading.Thread(target=lambda work=work: asyncio.run(run(work))) for work in (late, lambda: None)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert (lag.largest_seconds() or 0) > 0.2


@EITHER
def test_a_running_loop_is_watched_from_another_thread(new_loop: LoopFactory) -> None:
    """Whoever knows a loop that runs elsewhere may give it to be watched."""
    lag, loop = EventLoopLag(), new_loop()
    thread = threading.Thread(target=loop.run_forever)
    thread.start()
    try:
        asyncio.run_coroutine_threadsafe(asyncio.sleep(0), loop).result(30)
        lag.watch(loop)
        asyncio.run_coroutine_threadsafe(asyncio.sleep(A_TURN), loop).result(30)

        assert lag.largest_seconds() is not None
    finally:
        loop.call_soon_threadsafe(loop.stop)
        thread.join(30)
        loop.close()


@EITHER
def test_loops_that_are_gone_are_let_go(new_loop: LoopFactory) -> None:
    """A loop is not kept alive, and one that was released leaves no timer behind."""
    lag, loop = EventLoopLag(), new_loop()
    lag.watch(loop)
    loop.run_until_complete(asyncio.sleep(0))
    lag.release(loop)
    loop.close()
    gone = weakref.ref(loop)
    del loop
    gc.collect()

    assert gone() is None
    assert lag.largest_seconds() is None


@given(steps=st.lists(st.tuples(st.floats(0, 20), st.floats(0, 5)), min_size=1, max_size=40))
def test_the_window_holds_the_largest(steps: list[tuple[float, float]]) -> None:
    """Whatever comes, the reading is the largest lag of the last 30 s."""
    now = 0.0
    lag = EventLoopLag(lambda: now)
    noted: list[tuple[float, float]] = []
    for pause, seconds in steps:
        now += pause
        noted.append((now, seconds))
        lag._note(now, seconds)
        expected = max(value for moment, value in noted if moment >= now - LAG_WINDOW_SECONDS)

        assert lag.largest_seconds() == expected


def test_a_forked_child_begins_anew() -> None:
    """What the parent measured, and the loops that it runs, are not the child's."""
    lag = EventLoopLag()

    async def run() -> float | None:
        lag.watch(asyncio.get_running_loop())
        await asyncio.sleep(A_TURN)
        lag.after_fork()
        return lag.largest_seconds()

    assert asyncio.run(run()) is None
