"""Watch the lag of every asyncio event loop without a changed line."""

from __future__ import annotations

import asyncio
import functools
from typing import Any

from wrapt import register_post_import_hook

from anclora_otel._guard import guarded, report_fault
from anclora_otel.recorders.event_loop_lag import EventLoopLag, event_loop_lag


def watch_event_loops(lag: EventLoopLag = event_loop_lag) -> None:
    """
    Measure each event loop of asyncio and of uvloop for as long as it runs, whatever thread it runs in.

    The loop that runs in this thread now is measured at once, every other one when it is next run: one that runs in
    another thread already is given to `EventLoopLag.watch`. uvloop may be imported later. Repeated calls change
    nothing.
    """
    _watch_class(asyncio.BaseEventLoop, lag)
    _watch_uvloop(lag)
    try:
        running = asyncio.get_running_loop()
    except RuntimeError:
        return
    guarded(lag.watch)(running)


@functools.cache
def _watch_uvloop(lag: EventLoopLag) -> None:
    """Watch the loops of uvloop as soon as it is imported, which may have been long ago."""

    def imported(module: Any) -> None:
        try:
            _watch_class(module.Loop, lag)
        except Exception as error:
            report_fault("watching uvloop", error)

    register_post_import_hook(imported, "uvloop")


def _watch_class(loop_class: Any, lag: EventLoopLag) -> None:
    original = loop_class.run_forever
    if getattr(original, "watched_by_anclora", False):
        return
    watch, release = guarded(lag.watch), guarded(lag.release)

    @functools.wraps(original)
    def run_forever(loop: asyncio.AbstractEventLoop, *args: Any, **kwargs: Any) -> Any:
        # A loop that runs again is asked anew: the time in between is no lag.
        watch(loop)
        try:
            return original(loop, *args, **kwargs)
        finally:
            release(loop)

    run_forever.watched_by_anclora = True  # type: ignore[attr-defined]
    loop_class.run_forever = run_forever
