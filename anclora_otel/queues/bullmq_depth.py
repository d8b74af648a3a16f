"""The depth of a BullMQ queue, from its keys in Redis."""

from __future__ import annotations

from anclora_otel.catalogue.labels import Priority
from anclora_otel.queues.depth import QueueDepth
from anclora_otel.queues.priorities import BANDS
from anclora_otel.queues.reading_client import AnyRedis, reading, reading_client


class BullMQDepth:
    """
    Read the depth of a BullMQ queue from its keys in Redis; the bullmq package is not needed.

    The list ``wait`` is priority normal, score ranges of ``prioritized`` are the others, ``delayed``
    (postponed jobs and retries) counts as other, the failed set is the dead letter. A key that vanished is
    empty.
    One round trip and one moment: the counts come from one transaction, so a job that moves is counted once.

    Args:
        client: of redis-py, blocking or asynchronous; only its address is used, for a connection of its own that
            gives up after a second.
        queue: name of the queue.
        prefix: BullMQ's key prefix.
    """

    def __init__(self, client: AnyRedis, queue: str, prefix: str = "bull") -> None:
        self._client = reading_client(client)
        self._queue = queue
        self._keys = f"{prefix}:{queue}"

    @property
    def queue(self) -> str:
        """Name the queue."""
        return self._queue

    def read(self) -> QueueDepth:
        """
        Ask Redis for the depth.

        Raises:
            redis.RedisError: Redis did not answer, or a key is not BullMQ's.
        """
        with reading(), self._client.pipeline(transaction=True) as pipeline:
            for name in ("wait", "paused", "active"):
                pipeline.llen(f"{self._keys}:{name}")
            for name in ("delayed", "failed"):
                pipeline.zcard(f"{self._keys}:{name}")
            for band in BANDS:
                pipeline.zcount(f"{self._keys}:prioritized", band.minimum_score, f"({band.score_limit}")
            wait, paused, active, delayed, failed, *prioritized = (int(count) for count in pipeline.execute())
        waiting: dict[Priority, int] = {"normal": wait + paused}
        waiting.update({band.priority: count for band, count in zip(BANDS, prioritized, strict=True)})
        waiting["other"] += delayed
        return QueueDepth(waiting=waiting, active=active, dead_letter=failed)
