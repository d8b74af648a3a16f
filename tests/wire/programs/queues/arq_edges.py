"""Jobs of arq that end without their function's doing; prints the depth of the queue afterwards."""

import asyncio
import os
from typing import Any

from arq import Retry, create_pool
from arq.connections import RedisSettings
from arq.worker import Worker, func

import anclora_otel
from anclora_otel.queues import ArqDepth
from tests.wire.programs.queues import story

SETTINGS = RedisSettings.from_dsn(os.environ["REDIS_URL"])


async def slow(_ctx: dict[str, Any]) -> None:
    """Take longer than a job may."""
    await asyncio.sleep(story.PATIENCE_SECONDS)


async def never(_ctx: dict[str, Any]) -> None:
    """Ask for another try, always."""
    raise Retry


async def main() -> None:
    """Add the jobs without a word about their trace, and work until they are given up."""
    pool = await create_pool(SETTINGS, default_queue_name=story.QUEUE)
    for name in ("slow", "never", "unknown"):
        await pool.enqueue_job(name)
    functions = [func(slow, timeout=0.2), func(never, max_tries=2)]
    # The class is instrumented before, as where arq's own command makes the worker.
    worker = Worker(functions, queue_name=story.QUEUE, redis_settings=SETTINGS, burst=True, poll_delay=0.05)
    await worker.async_run()
    depth = ArqDepth(pool, story.QUEUE).read()
    print(depth.waiting["normal"], depth.active, depth.dead_letter)  # noqa: T201 - read by the test
    await worker.close()
    await pool.aclose()


anclora_otel.configure()
anclora_otel.instrument_worker(Worker)
asyncio.run(main())
