"""One run of one check, which any number of probes wait for, from any thread and any event loop."""

from __future__ import annotations

import asyncio
import concurrent.futures
import inspect
import threading
import time
from collections.abc import Awaitable, Callable

from opentelemetry.instrumentation.utils import suppress_http_instrumentation

from anclora_otel.health.check import Check
from anclora_otel.health.details import describe_error, safe_details
from anclora_otel.health.results import CheckReport, interpret

_MILLISECONDS = 1000
_SAID_AFTER_SECONDS = 0.5


class CheckRun:
    """
    Run a check once: a function in a thread of its own, a coroutine on an event loop.

    A check that does not end by its deadline is reported so and left behind: a coroutine is cancelled, a thread goes
    on until its function returns. `is_reusable` stays true meanwhile, so that none is started beside it.

    Args:
        check: what to run.
        choose_loop: gives the event loop for a coroutine.

    """

    def __init__(self, check: Check, choose_loop: Callable[[], asyncio.AbstractEventLoop]) -> None:
        self.check = check
        self._choose_loop = choose_loop
        self._loop: asyncio.AbstractEventLoop | None = None
        self._begun = time.monotonic()
        self._deadline = self._begun + check.timeout_seconds
        self._ended: float | None = None
        self._expired = self._cancelled = False
        self._task: asyncio.Task[None] | None = None
        self._report: concurrent.futures.Future[CheckReport] = concurrent.futures.Future()
        # A running future cannot be cancelled, whatever becomes of the probes that wait for it.
        self._report.set_running_or_notify_cancel()

    def start(self) -> None:
        """Start the run and return at once; nothing is raised."""
        if _is_coroutine_function(self.check.function):
            self._schedule(lambda: _awaited(self.check.function))
            return
        try:
            threading.Thread(target=self._call, name=f"anclora-otel health {self.check.name}", daemon=True).start()
        except Exception as error:  # no thread can be had: out of memory, or at the interpreter's exit
            self._end_by(error)

    def is_reusable(self, cache_seconds: float) -> bool:
        """Say whether a probe may take this run's result: it goes on, or its result was known a moment ago."""
        if self._ended is None:
            return self._loop is None or self._loop.is_running()
        # Known since it ended or since its deadline; one that ended late says nothing about now.
        known_at = min(self._ended, self._deadline)
        return time.monotonic() - known_at < cache_seconds and not self._cancelled

    async def wait(self) -> CheckReport:
        """Wait on this event loop until the check's deadline at most."""
        remaining = self._deadline - time.monotonic()
        if not self._report.done() and remaining > 0:
            report = asyncio.wrap_future(self._report)
            try:
                await asyncio.wait([report], timeout=remaining)
            finally:
                report.cancel()
        return self._found()

    def wait_sync(self, until: float) -> CheckReport:
        """
        Wait in this thread until the check's deadline at most.

        Args:
            until: moment of the monotonic clock at which to stop even before the deadline.

        """
        remaining = min(self._deadline, until) - time.monotonic()
        if not self._report.done() and remaining > 0:
            concurrent.futures.wait([self._report], timeout=remaining)
        return self._found()

    def _found(self) -> CheckReport:
        if self._report.done():
            return self._report.result()
        return self._late_report(time.monotonic())

    def _late_report(self, now: float) -> CheckReport:
        elapsed = now - self._begun
        details: dict[str, object] = {"error": self.check.timeout_text}
        if elapsed >= self.check.timeout_seconds + _SAID_AFTER_SECONDS:
            details["stillRunningForSeconds"] = round(elapsed, 1)
        else:
            elapsed = min(elapsed, self.check.timeout_seconds)
        return CheckReport(self.check.timeout_status, elapsed * _MILLISECONDS, details)

    def _call(self) -> None:
        try:
            with suppress_http_instrumentation():
                answer = self.check.function()
        except BaseException as error:
            self._end_by(error)
            return
        if inspect.isawaitable(answer):
            awaitable: Awaitable[object] = answer
            self._schedule(lambda: _awaited(lambda: awaitable))
        else:
            self._end_with(answer)

    def _schedule(self, call: Callable[[], Awaitable[object]]) -> None:
        loop = self._loop = self._choose_loop()
        try:
            loop.call_soon_threadsafe(self._create_task, loop, call)
        except RuntimeError as error:  # the loop was closed meanwhile
            self._cancelled = True
            self._end_by(error)

    def _create_task(self, loop: asyncio.AbstractEventLoop, call: Callable[[], Awaitable[object]]) -> None:
        # The loop itself holds tasks by weak references only.
        self._task = loop.create_task(self._drive(call))
        expiry = loop.call_later(max(0.0, self._deadline - time.monotonic()), self._expire)
        self._task.add_done_callback(lambda _: self._finish(expiry))

    def _finish(self, expiry: asyncio.TimerHandle) -> None:
        expiry.cancel()
        if self._ended is None:  # cancelled before its first step
            self._cancelled = True
            self._end_by(asyncio.CancelledError())

    def _expire(self) -> None:
        self._expired = True
        if self._task is not None:
            self._task.cancel()

    async def _drive(self, call: Callable[[], Awaitable[object]]) -> None:
        try:
            with suppress_http_instrumentation():
                answer = await call()
        except asyncio.CancelledError as error:
            self._cancelled = not self._expired
            self._end_by(error)
        except BaseException as error:
            # SystemExit and KeyboardInterrupt would end the event loop.
            self._end_by(error)
        else:
            self._end_with(answer)

    def _end_by(self, error: BaseException) -> None:
        self._end(CheckReport(self.check.bounded("fail"), 0.0, describe_error(error)))

    def _end_with(self, answer: object) -> None:
        try:
            result = interpret(answer)
            report = CheckReport(self.check.bounded(result.status), 0.0, safe_details(result.details))
        except BaseException as error:
            report = CheckReport(self.check.bounded("fail"), 0.0, describe_error(error))
        self._end(report)

    def _end(self, report: CheckReport) -> None:
        now = time.monotonic()
        self._expired = self._expired or now >= self._deadline
        self._ended = now
        if self._expired:
            report = CheckReport(self.check.timeout_status, 0.0, {"error": self.check.timeout_text})
        duration = min(now - self._begun, self.check.timeout_seconds) if self._expired else now - self._begun
        self._report.set_result(CheckReport(report.status, duration * _MILLISECONDS, report.details))


async def _awaited(call: Callable[[], object]) -> object:
    answer = call()
    return await answer if inspect.isawaitable(answer) else answer


def _is_coroutine_function(function: object) -> bool:
    call = getattr(type(function), "__call__", None)  # noqa: B004 - an object may be called by a coroutine function
    return inspect.iscoroutinefunction(function) or inspect.iscoroutinefunction(call)
