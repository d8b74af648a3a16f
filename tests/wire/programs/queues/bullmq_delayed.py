"""A job of BullMQ that moves itself to later, once."""

import asyncio
import os
import time

from bullmq import Job, Queue, Worker
from bullmq.custom_errors import DelayedError

import anclora_otel
from tests.wire.programs.queues import story

URL = os.environ["REDIS_URL"]


async def main() -> None:
    """Add the job without a word about its trace, and work until it is done."""
    queue = Queue(story.QUEUE, {"connection": URL})
    await queue.add("later", {})
    await queue.close()
    moved, done = asyncio.Event(), asyncio.Event()

    async def process(job: Job, token: str) -> None:
        if not moved.is_set():
            moved.set()
            await job.moveToDelayed(int(time.time() * 1000) + 50, token)
            raise DelayedError

    worker = anclora_otel.instrument_worker(Worker(story.QUEUE, process, {"connection": URL, "drainDelay": 1}))
    worker.on("completed", lambda *_: done.set())
    await asyncio.wait_for(done.wait(), story.PATIENCE_SECONDS)
    await worker.close()


asyncio.run(main())
