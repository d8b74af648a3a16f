"""Run Redis commands of every kind, and print what became of connections; argument: the URL."""

from __future__ import annotations

import asyncio
import contextlib
import sys

import redis
import redis.asyncio

SECRET_KEY, SECRET_VALUE = "client:secret-key", "secret-value"


def run_synchronous(url: str) -> None:
    """Set, get, a pipeline, a wrong command, a blocking one, and a lock that is lost."""
    client, other = redis.Redis.from_url(url, max_connections=7), redis.Redis.from_url(url)
    client.set(SECRET_KEY, SECRET_VALUE)
    client.get(SECRET_KEY)
    with client.pipeline() as pipeline:
        pipeline.set(SECRET_KEY, SECRET_VALUE)
        pipeline.incr("counter")
        pipeline.execute()
    with contextlib.suppress(redis.ResponseError):
        client.lpush(SECRET_KEY, "not a list")
    client.brpop(["nothing"], timeout=0.2)
    client.xread({"nothing": "$"}, block=200)
    with client.pipeline() as pipeline:
        pipeline.watch(SECRET_KEY)  # type: ignore[no-untyped-call]
        other.set(SECRET_KEY, SECRET_VALUE)
        pipeline.multi()
        pipeline.incr("counter")
        with contextlib.suppress(redis.WatchError):
            pipeline.execute()


async def run_asynchronous(url: str) -> None:
    """The same by the asyncio client, several at once, one of which is cancelled."""
    client = redis.asyncio.Redis.from_url(url)
    await asyncio.gather(*(client.get(SECRET_KEY) for _ in range(5)))
    async with client.pipeline() as pipeline:
        pipeline.set(SECRET_KEY, SECRET_VALUE)
        pipeline.incr("counter")
        await pipeline.execute()
    waiting = asyncio.ensure_future(client.blpop(["nothing"], timeout=30))
    await asyncio.sleep(0.2)
    waiting.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await waiting
    await client.aclose()


if __name__ == "__main__":
    run_synchronous(sys.argv[1])
    asyncio.run(run_asynchronous(sys.argv[1]))
