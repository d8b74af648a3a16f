"""Redis Streams: the depth of a consumer group, and the trace context in the fields of its messages."""

from __future__ import annotations

from typing import Any

from anclora_otel.queues.depth import QueueDepth
from anclora_otel.queues.jobs import JobSource
from anclora_otel.queues.reading_client import AnyRedis, reading, reading_client

SYSTEM = "redis"
"""Value of ``messaging.system``."""

COUNT_LIMIT = 10_000
"""How many waiting messages are counted where Redis does not know the group's lag."""

_MILLISECONDS = 1000

_SCRIPT = """
local dead = 0
if KEYS[2] ~= '' then dead = redis.call('XLEN', KEYS[2]) end
if redis.call('EXISTS', KEYS[1]) == 0 then return {0, 0, dead} end
for _, entry in ipairs(redis.call('XINFO', 'GROUPS', KEYS[1])) do
  local group = {}
  for index = 1, #entry, 2 do group[entry[index]] = entry[index + 1] end
  if group['name'] == ARGV[1] then
    local lag = group['lag']
    if not lag then
      lag = #redis.call('XRANGE', KEYS[1], '(' .. group['last-delivered-id'], '+', 'COUNT', ARGV[2])
    end
    return {lag, group['pending'], dead}
  end
end
return {redis.call('XLEN', KEYS[1]), 0, dead}
"""


class RedisStreamDepth:
    """
    Read how far a consumer group is behind in a stream.

    Messages that the group has not been given are waiting (priority normal), those that it was given and has not
    acknowledged are active. Where messages were deleted from the stream, Redis knows no lag, and waiting ones are
    counted up to 10,000. Without the group, all of the stream waits.
    One round trip and one moment, by a script.

    Args:
        client: of redis-py, blocking or asynchronous; only its address is used, for a connection of its own that
            gives up after a second.
        stream: key of the stream; it is the name of the queue.
        group: the consumer group.
        dead_letter_stream: key of the stream into which messages are put that were given up, if there is one.
    """

    def __init__(self, client: AnyRedis, stream: str, group: str, dead_letter_stream: str | None = None) -> None:
        self._client = reading_client(client)
        self._stream = stream
        self._group = group
        self._dead_letter_stream = dead_letter_stream or ""

    @property
    def queue(self) -> str:
        """Name the queue: the key of the stream."""
        return self._stream

    def read(self) -> QueueDepth:
        """
        Ask Redis for the depth.

        Raises:
            redis.RedisError: Redis did not answer, or a key is no stream.
        """
        keys = (self._stream, self._dead_letter_stream)
        with reading():
            answer = self._client.eval(_SCRIPT, len(keys), *keys, self._group, COUNT_LIMIT)
        waiting, active, dead_letter = (int(count) for count in answer)
        return QueueDepth({"normal": waiting}, active, dead_letter)


def redis_stream(stream: str) -> JobSource:
    """
    Describe a stream for `anclora_otel.queue_job`, whose function then takes a message's id and fields.

    The context is in the fields ``traceparent`` and ``tracestate``, beside those of the message; the time of waiting
    comes from the id, as Redis makes it.

    Args:
        stream: key of the stream; it is the name of the queue.
    """
    return JobSource(
        queue=stream,
        system=SYSTEM,
        carrier=lambda _id, fields, *_, **__: fields,
        message_id=lambda message_id, *_, **__: _text(message_id),
        due_at_seconds=lambda message_id, *_, **__: int(_text(message_id).split("-")[0]) / _MILLISECONDS,
    )


def _text(message_id: Any) -> str:
    return message_id.decode() if isinstance(message_id, bytes) else str(message_id)
