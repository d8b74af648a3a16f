"""Do as many jobs of a BullMQ queue as the argument says."""

import asyncio
import os
import sys

from bullmq import Job, Worker

import anclora_otel
from tests.wire.programs.queues import story


async def main() -> None:
    """Work until they are done."""
    left = int(sys.argv[1])
    ended = asyncio.Event()

    async def process(_job: Job, _token: str) -> str:
        return "done"

    def end(*_: object) -> None:
        nonlocal left
        left -= 1
        if not left:
            ended.set()

    worker = anclora_otel.instrument_worker(Worker("letters", process, {"connection": os.environ["REDIS_URL"]}))
    worker.on("completed", end)
    await asyncio.wait_for(ended.wait(), story.PATIENCE_SECONDS)
    await worker.close()


asyncio.run(main())
