"""The story of the queue tests with arq: producer and worker in one process."""

import asyncio
import os
from typing import Any

from arq import Retry, create_pool
from arq.connections import RedisSettings
from arq.worker import Worker, func
from opentelemetry.instrumentation.redis import RedisInstrumentor

import anclora_otel
from anclora_otel.queues import ArqJob, untraced
from tests.wire.programs.queues import story

SETTINGS = RedisSettings.from_dsn(os.environ["REDIS_URL"])


async def greet(ctx: dict[str, Any], _kind: str) -> None:
    """Ask Redis for something, as a job would."""
    await ctx["redis"].incr("greetings")


async def flaky(ctx: dict[str, Any], kind: str) -> None:
    """Fail the first time."""
    if ctx["job_try"] == 1:
        raise Retry from TimeoutError(story.FLAKY)
    await greet(ctx, kind)


async def broken(_ctx: dict[str, Any], _kind: str) -> None:
    """Fail."""
    raise ValueError(story.BROKEN)


def kind_of(job: ArqJob) -> str:
    """Give the kind of message of a job."""
    return str(job.args[0])


async def main() -> None:
    """Add all jobs, work until they are done."""
    with untraced():
        pool = await create_pool(SETTINGS, default_queue_name=story.QUEUE)
    anclora_otel.instrument_queue(pool, message_type=kind_of)
    for name, kind in (("greet", "text"), ("flaky", "image"), ("broken", "video"), *[("greet", "text")] * 3):
        await pool.enqueue_job(name, kind)
    worker = Worker(
        [greet, func(flaky), broken], queue_name=story.QUEUE, redis_settings=SETTINGS, burst=True, poll_delay=0.05
    )
    await anclora_otel.instrument_worker(worker, message_type=kind_of).async_run()
    await worker.close()
    await pool.aclose()


anclora_otel.configure()
# Not under the wrapper, since the package is not installed beside arq, only imported.
RedisInstrumentor().instrument()
asyncio.run(main())
