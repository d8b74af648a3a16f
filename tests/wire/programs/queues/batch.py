"""Messages of a stream, sent one by one and handled together; then a batch that fails."""

import contextlib
import os
from typing import Any

import redis

import anclora_otel
from anclora_otel.queues import redis_stream
from tests.wire.programs.queues import story

client: Any = redis.Redis.from_url(os.environ["REDIS_URL"])
for name in ("one", "two", "three"):
    with anclora_otel.queue_send(story.QUEUE, system="redis", message_type="text") as carrier:
        client.xadd(story.QUEUE, {"name": name, **carrier})
messages = client.xrange(story.QUEUE)
with anclora_otel.queue_batch(redis_stream(story.QUEUE), messages[:2], message_type="text"):
    client.incrby("greetings", 2)
with contextlib.suppress(ConnectionError), anclora_otel.queue_batch(redis_stream(story.QUEUE), messages[2:]):
    raise ConnectionError(story.FLAKY)
