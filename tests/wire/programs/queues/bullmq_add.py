"""Add one job with `add` and two with `addBulk` to a BullMQ queue."""

import asyncio
import os

from bullmq import Queue

import anclora_otel


async def main() -> None:
    """Add them."""
    queue = anclora_otel.instrument_queue(Queue("letters", {"connection": os.environ["REDIS_URL"]}))
    await queue.add("greet", {"type": "text"})
    await queue.addBulk([{"name": "greet", "data": {"type": "text"}}] * 2)
    await queue.close()


asyncio.run(main())
