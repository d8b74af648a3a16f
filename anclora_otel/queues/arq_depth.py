"""The depth of an arq queue, from its keys in Redis."""

from __future__ import annotations

from anclora_otel.queues.depth import QueueDepth
from anclora_otel.queues.reading_client import AnyRedis, reading, reading_client

DEFAULT_QUEUE = "arq:queue"
"""The queue of arq where none is named."""

IN_PROGRESS_PREFIX = "arq:in-progress:"
"""A job in a worker's hands has a key of this prefix and its id; it stays in the queue meanwhile."""

HEAD_LENGTH = 1000
"""
How many jobs of the queue are looked up for being in progress.

Workers take jobs from the head of the queue (arq's ``queue_read_limit`` is 100, or five times ``max_jobs``).
"""

_SCRIPT = """
local now = redis.call('TIME')
local now_ms = now[1] * 1000 + math.floor(now[2] / 1000)
local ids = redis.call('ZRANGE', KEYS[1], 0, ARGV[1] - 1)
local active = 0
if #ids > 0 then
  for index, id in ipairs(ids) do ids[index] = ARGV[2] .. id end
  active = redis.call('EXISTS', unpack(ids))
end
local due = redis.call('ZCOUNT', KEYS[1], '-inf', now_ms)
return {due, redis.call('ZCARD', KEYS[1]), active, redis.call('ZCOUNT', KEYS[2], now_ms, '+inf')}
"""


def dead_letter_key(queue: str) -> str:
    """Give the sorted set of jobs that were given up: ids, scored by the time in ms at which arq forgets the result."""
    return f"anclora:arq:dead-letter:{queue}"


class ArqDepth:
    """
    Read the depth of an arq queue from its keys in Redis; the arq package is not needed.

    Jobs that are due are priority normal, those that are deferred count as other. arq itself keeps no list of jobs
    that it gave up: `anclora_otel.instrument_worker` keeps one, of those whose results arq still has.
    One round trip and one moment, by a script.

    Args:
        client: of redis-py, blocking or asynchronous; only its address is used, for a connection of its own that
            gives up after a second.
        queue: name of the queue.
    """

    def __init__(self, client: AnyRedis, queue: str = DEFAULT_QUEUE) -> None:
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
            redis.RedisError: Redis did not answer, or a key is not arq's.
        """
        keys = (self._queue, dead_letter_key(self._queue))
        with reading():
            answer = self._client.eval(_SCRIPT, len(keys), *keys, HEAD_LENGTH, IN_PROGRESS_PREFIX)
        due, every, active, dead_letter = (int(count) for count in answer)
        return QueueDepth({"normal": max(due - active, 0), "other": every - due}, active, dead_letter)
