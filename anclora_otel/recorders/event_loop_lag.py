"""Measure how late asyncio event loops run what they were asked to run at a given time."""

from __future__ import annotations

import asyncio
import threading
import time
import weakref
from collections import deque
from collections.abc import Callable

LAG_WINDOW_SECONDS = 30.0
"""How far back the largest lag of the event loop is looked for; several readers collect, so it is no 'since last'."""

LAG_INTERVAL_SECONDS = 0.25
"""How often an event loop is asked to answer."""


class _Question:
    """What a loop was asked: to answer at a given time."""

    __slots__ = ("due", "handle")

    def __init__(self) -> None:
        self.due = 0.0
        self.handle: asyncio.TimerHandle | None = None


class EventLoopLag:
    """
    Ask each event loop four times a second to answer, and keep how late it did.

    Any number of loops in any number of threads; the largest lag of all of them counts.

    Args:
        clock: a monotonic clock, in seconds.

    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._watched: weakref.WeakKeyDictionary[asyncio.AbstractEventLoop, _Question] = weakref.WeakKeyDictionary()
        # Falling from the left: what is smaller than a later one can never be the largest again.
        self._largest: deque[tuple[float, float]] = deque()
        self._lock = threading.Lock()

    def watch(self, loop: asyncio.AbstractEventLoop) -> None:
        """
        Measure a loop from its next turn on; time in which it did not run is no lag.

        Call it in the thread of the loop, or from any thread while the loop runs.

        Args:
            loop: asyncio's own or any other, such as uvloop's.

        """
        if loop.is_running() and _running_loop() is not loop:
            loop.call_soon_threadsafe(self.watch, loop)
            return
        self._take_back(loop)
        question = _Question()
        with self._lock:
            self._watched[loop] = question
        self._ask(loop, question)

    def release(self, loop: asyncio.AbstractEventLoop) -> None:
        """Stop measuring a loop that ends; what was measured stays in the window."""
        question = self._take_back(loop)
        now = self._clock()
        if question is not None and question.due < now:
            # It was blocked until its end, and will not answer any more.
            self._note(now, now - question.due)

    def largest_seconds(self) -> float | None:
        """Give the largest lag of the last 30 s, that of a loop which is blocked now included; None without a loop."""
        now = self._clock()
        with self._lock:
            self._forget_before(now - LAG_WINDOW_SECONDS)
            seen = [lag for _, lag in list(self._largest)[:1]]
            watched = list(self._watched.items())
        blocked = [now - question.due for loop, question in watched if loop.is_running()]
        return max(0.0, *seen, *blocked) if seen or blocked else None

    def after_fork(self) -> None:
        """Forget what was measured: the loops of the parent do not run in a forked child."""
        self._lock = threading.Lock()
        self._largest = deque()
        self._watched = weakref.WeakKeyDictionary()

    def _ask(self, loop: asyncio.AbstractEventLoop, question: _Question) -> None:
        question.due = self._clock() + LAG_INTERVAL_SECONDS
        question.handle = loop.call_later(LAG_INTERVAL_SECONDS, self._answer, loop, question)

    def _answer(self, loop: asyncio.AbstractEventLoop, question: _Question) -> None:
        now = self._clock()
        self._note(now, max(0.0, now - question.due))
        self._ask(loop, question)

    def _take_back(self, loop: asyncio.AbstractEventLoop) -> _Question | None:
        with self._lock:
            question = self._watched.pop(loop, None)
        if question is not None and question.handle is not None:
            question.handle.cancel()
        return question

    def _note(self, now: float, lag: float) -> None:
        with self._lock:
            while self._largest and self._largest[-1][1] <= lag:
                self._largest.pop()
            self._largest.append((now, lag))
            self._forget_before(now - LAG_WINDOW_SECONDS)

    def _forget_before(self, oldest: float) -> None:
        while self._largest and self._largest[0][0] < oldest:
            self._largest.popleft()


event_loop_lag = EventLoopLag()
"""The lag of this process's event loops; whoever runs a loop gives it to `EventLoopLag.watch`."""


def _running_loop() -> asyncio.AbstractEventLoop | None:
    try:
        return asyncio.get_running_loop()
    except RuntimeError:
        return None
