"""A FastAPI application whose checks do everything that a check should not."""

import asyncio
import sys
import threading
import time
from collections.abc import Callable
from typing import Any

from fastapi import FastAPI

from anclora_otel.health import HealthChecks, disk_check
from anclora_otel.integrations.fastapi import health_router

PHONE, PASSWORD = "+34612345678", "hunter2-s3cret"

app = FastAPI()
checks = HealthChecks(process_checks=False, cache_seconds=0)
runs = {"counted": 0}


class UnreadableError(Exception):
    """An error whose text cannot be read."""

    def __str__(self) -> str:
        """Raise."""
        raise ValueError("no text")


def raising(error: BaseException) -> Callable[[], None]:
    """Give a check that raises."""

    def check() -> None:
        raise error

    return check


def later(error: BaseException) -> Callable[[], Any]:
    """Give a coroutine function that raises."""

    async def check() -> None:
        await asyncio.sleep(0)
        raise error

    return check


def nested() -> dict[str, object]:
    """Give details that hold themselves."""
    details: dict[str, object] = {"bytes": b"\xff", "nan": float("nan"), "half": "\ud83d", "long": "x" * 10_000}
    details["self"] = details
    return details


async def block() -> None:
    """Block the event loop."""
    time.sleep(0.05)  # noqa: ASYNC251 - the fault itself


def count() -> None:
    """Take a moment, so that probes meet."""
    runs["counted"] += 1
    time.sleep(0.05)


checks.add("fine", lambda: True)
checks.add("raises", raising(RuntimeError(f"redis://:{PASSWORD}@redis.internal:6379 lost {PHONE}")))
checks.add("unreadable", raising(UnreadableError()))
checks.add("exits", sys.exit)
checks.add("exits-later", later(SystemExit(3)))
checks.add("interrupts-later", later(KeyboardInterrupt()))
checks.add("cancels", raising(asyncio.CancelledError()))
checks.add("cancels-later", later(asyncio.CancelledError()))
checks.add("leaves", later(GeneratorExit()))
checks.add("hangs", threading.Event().wait, timeout_seconds=0.05)
checks.add("hangs-later", asyncio.Event().wait, timeout_seconds=0.05)
checks.add("blocks", block, timeout_seconds=0.01)
checks.add("rubbish", lambda: "ok")  # type: ignore[arg-type, return-value]
checks.add("details", lambda: ("fail", nested()))
checks.add("no-function", None)  # type: ignore[arg-type]
checks.add("no-disk", disk_check("/no/such/folder"))
checks.add("no-path", disk_check("a\0b"))
checks.add("twice", lambda: False)
checks.add("twice", lambda: False)
checks.add(f"client {PHONE}", lambda: False)
checks.add("n" * 10_000, lambda: False)

storm = HealthChecks(process_checks=False, cache_seconds=3600)
storm.add("counted", count, timeout_seconds=30)

app.include_router(health_router(checks))
app.include_router(health_router(storm, "/storm"))


@app.get("/runs")
async def count_runs() -> dict[str, int]:
    """Tell how often the check of the storm ran."""
    return runs
