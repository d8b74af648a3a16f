"""Watch the lag of every asyncio event loop without a changed line."""

from __future__ import annotations

import asyncio
import functools
from typing import Any

from anclora_otel.recorders.runtime import EventLoopLag, event_loop_lag


def watch_event_loops(lag: EventLoopLag = event_loop_lag) -> None:
    """
    Measure each event loop from the moment it runs.

    Call it once, before a loop runs; the loops of uvloop are watched too where it is imported by then. Repeated
    calls change nothing.
    """
    for loop_class in _loop_classes():
        _watch_class(loop_class, lag)


def _loop_classes() -> list[Any]:
    import sys

    classes: list[Any] = [asyncio.BaseEventLoop]
    uvloop = sys.modules.get("uvloop")
    if uvloop is not None:
        classes.append(uvloop.Loop)
    return classes


def _watch_class(loop_class: Any, lag: EventLoopLag) -> None:
    original = loop_class.run_forever
    if getattr(original, "watched_by_anclora", False):
        return

    @functools.wraps(original)
    def run_forever(loop: asyncio.AbstractEventLoop, *args: Any, **kwargs: Any) -> Any:
        lag.watch(loop)
        return original(loop, *args, **kwargs)

    run_forever.watched_by_anclora = True  # type: ignore[attr-defined]
    loop_class.run_forever = run_forever
