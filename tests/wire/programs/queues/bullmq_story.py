"""The story of the queue tests with BullMQ: producer and worker in one process."""

import asyncio
import os
from typing import Any

from bullmq import Job, Queue, UnrecoverableError, Worker
from redis.asyncio import Redis

import anclora_otel
from tests.wire.programs.queues import story

URL = os.environ["REDIS_URL"]


async def main() -> None:
    """Add all jobs, work until they are done."""
    queue = anclora_otel.instrument_queue(Queue(story.QUEUE, {"connection": URL}), message_type=kind_of)
    await queue.add("greet", {"type": "text"}, {"priority": 1})
    await queue.add("flaky", {"type": "image"}, {"attempts": 3, "backoff": 10})
    await queue.add("broken", {"type": "video"}, {"attempts": 3})
    await queue.addBulk([{"name": "greet", "data": {"type": "text"}} for _ in range(3)])
    client = Redis.from_url(URL)

    async def process(job: Job, _token: str) -> None:
        if job.name == "flaky" and not job.attemptsMade:
            raise TimeoutError(story.FLAKY)
        if job.name == "broken":
            raise UnrecoverableError("no") from ValueError(story.BROKEN)
        await client.incr("greetings")

    worker = anclora_otel.instrument_worker(
        Worker(story.QUEUE, process, {"connection": URL, "drainDelay": 1}), message_type=kind_of
    )
    ended = asyncio.Event()
    count = 0

    def end(job: Job, *_: Any) -> None:
        nonlocal count
        count += bool(job.finishedOn) or job.returnvalue is not None or job.name != "flaky" or job.attemptsMade > 1
        if count == story.JOBS:
            ended.set()

    worker.on("completed", end)
    worker.on("failed", end)
    await asyncio.wait_for(ended.wait(), story.PATIENCE_SECONDS)
    await worker.close()
    await queue.close()
    await client.aclose()


def kind_of(job: Job) -> str:
    """Give the kind of message of a job."""
    return str(job.data["type"])


asyncio.run(main())
