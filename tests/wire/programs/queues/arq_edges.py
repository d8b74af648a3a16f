"""Jobs of arq that end without their function's doing; prints depths: before, meanwhile, afterwards."""

import asyncio
import os
from typing import Any

from arq import Retry, create_pool, cron
from arq.connections import RedisSettings
from arq.worker import Worker, func

import anclora_otel
from anclora_otel.queues import ArqDepth, QueueDepth
from tests.wire.programs.queues import story

SETTINGS = RedisSettings.from_dsn(os.environ["REDIS_URL"])


async def slow(ctx: dict[str, Any]) -> None:
    """Say how many jobs are active, and take longer than a job may."""
    say(ArqDepth(ctx["redis"], story.QUEUE).read())
    await asyncio.sleep(story.PATIENCE_SECONDS)


async def tick(_ctx: dict[str, Any]) -> None:
    """Do what is done at times that arq keeps itself."""


async def never(_ctx: dict[str, Any]) -> None:
    """Ask for another try, always."""
    raise Retry


def say(depth: QueueDepth) -> None:
    """Print a depth, for the test to read."""
    print(depth.waiting["normal"], depth.waiting["other"], depth.active, depth.dead_letter)  # noqa: T201


async def main() -> None:
    """Add the jobs without a word about their trace, and work until they are given up."""
    pool = await create_pool(SETTINGS, default_queue_name=story.QUEUE)
    depth = ArqDepth(pool, story.QUEUE)
    for name in ("slow", "never", "unknown"):
        await pool.enqueue_job(name)
    await pool.enqueue_job("never", _job_id="later", _defer_by=3600)
    say(depth.read())
    await pool.zrem(story.QUEUE, "later")
    functions = [func(slow, timeout=0.2), func(never, max_tries=2)]
    # The class is instrumented before, as where arq's own command makes the worker.
    worker = Worker(
        functions,
        cron_jobs=[cron(tick, run_at_startup=True)],
        queue_name=story.QUEUE,
        redis_settings=SETTINGS,
        burst=True,
        poll_delay=0.05,
        max_jobs=1,
    )
    await worker.async_run()
    say(depth.read())
    await worker.close()
    await pool.aclose()


anclora_otel.configure()
anclora_otel.instrument_worker(Worker)
asyncio.run(main())
