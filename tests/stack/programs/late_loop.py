"""Hold a loop up once, or run threads without any, and export."""

import asyncio
import gc
import sys
import threading
import time

import anclora_otel

BLOCKED_SECONDS = 1.5


async def late() -> None:
    """Do what a coroutine never should."""
    await asyncio.sleep(0.05)
    time.sleep(BLOCKED_SECONDS)  # noqa: ASYNC251 - that is the point
    await asyncio.sleep(0.5)


def loops_in_threads() -> None:
    """Run a loop that is late and one that is not, each in a thread of its own."""
    coroutines = (late(), asyncio.sleep(0.5))
    threads = [threading.Thread(target=asyncio.run, args=(coroutine,)) for coroutine in coroutines]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def threads_alone() -> None:
    """Run threads without a loop."""
    ended = threading.Event()
    threads = [threading.Thread(target=ended.wait) for _ in range(4)]
    for thread in threads:
        thread.start()
    anclora_otel.flush(20)
    ended.set()


def run_uvloop() -> None:
    """Import uvloop long after the telemetry has started, and run it."""
    import uvloop

    uvloop.run(late())


{"asyncio": lambda: asyncio.run(late()), "uvloop": run_uvloop, "loops": loops_in_threads, "threads": threads_alone}[
    sys.argv[1]
]()
gc.collect()
anclora_otel.flush(20)
