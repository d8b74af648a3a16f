"""The depth of an rq queue, from its keys in Redis."""

from __future__ import annotations

import time

from anclora_otel.queues.depth import QueueDepth
from anclora_otel.queues.reading_client import AnyRedis, reading, reading_client


class RQDepth:
    """
    Read the depth of an rq queue from its keys in Redis; the rq package is not needed.

    The list of the queue is priority normal; scheduled jobs (retries among them) and those that wait for other jobs
    count as other. Started executions are active, the failed registry is the dead letter.
    One round trip and one moment: the counts come from one transaction.

    Args:
        client: of redis-py, blocking or asynchronous; only its address is used, for a connection of its own that
            gives up after a second.
        queue: name of the queue.
    """

    def __init__(self, client: AnyRedis, queue: str = "default") -> None:
        self._client = reading_client(client)
        self._queue = queue

    @property
    def queue(self) -> str:
        """Name the queue."""
        return self._queue

    def read(self) -> QueueDepth:
        """
        Ask Redis for the depth.

        Raises:
            redis.RedisError: Redis did not answer, or a key is not rq's.
        """
        with reading(), self._client.pipeline(transaction=True) as pipeline:
            pipeline.llen(f"rq:queue:{self._queue}")
            # A job on its way from the list to a worker lies here for a moment.
            pipeline.llen(f"rq:queue:{self._queue}:intermediate")
            for registry in ("scheduled", "deferred", "ready", "wip"):
                pipeline.zcard(f"rq:{registry}:{self._queue}")
            # Those whose time to be kept is over lie there until rq cleans the registry.
            pipeline.zcount(f"rq:failed:{self._queue}", time.time(), "+inf")
            counts = (int(count) for count in pipeline.execute())
        listed, taken, scheduled, deferred, ready, active, dead_letter = counts
        return QueueDepth({"normal": listed + taken, "other": scheduled + deferred + ready}, active, dead_letter)
