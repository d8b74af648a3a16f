"""The story of the queue tests with Redis Streams: producer and consumer in one process."""

import os
from typing import Any

import redis

import anclora_otel
from anclora_otel.queues import redis_stream, untraced
from tests.wire.programs.queues import story

GROUP = "senders"
client: Any = redis.Redis.from_url(os.environ["REDIS_URL"], decode_responses=True)
seen: set[str] = set()


def kind_of(_id: str, fields: dict[str, str]) -> str:
    """Give the kind of message."""
    return fields["type"]


def is_flaky(error: BaseException) -> bool:
    """Say whether trying again is of use."""
    return isinstance(error, TimeoutError)


@anclora_otel.queue_job(redis_stream(story.QUEUE), message_type=kind_of, will_retry=is_flaky)
def handle(message_id: str, fields: dict[str, str]) -> None:
    """Do what the message says."""
    if fields["name"] == "flaky" and message_id not in seen:
        seen.add(message_id)
        raise TimeoutError(story.FLAKY)
    if fields["name"] == "broken":
        raise ValueError(story.BROKEN)
    client.incr("greetings")


def send(name: str, kind: str, count: int = 1) -> None:
    """Add messages to the stream."""
    with anclora_otel.queue_send(story.QUEUE, system="redis", count=count, message_type=kind) as carrier:
        for _ in range(count):
            client.xadd(story.QUEUE, {"name": name, "type": kind, **carrier})


send("greet", "text")
send("flaky", "image")
send("broken", "video")
send("greet", "text", 3)
with untraced():
    client.xgroup_create(story.QUEUE, GROUP, "0")
    taken = client.xreadgroup(GROUP, "one", {story.QUEUE: ">"}, count=story.JOBS, block=1000)
for message_id, fields in taken[0][1]:
    again = True
    while again:
        try:
            handle(message_id, fields)
            again = False
        except Exception as error:
            again = is_flaky(error)
    with untraced():
        client.xack(story.QUEUE, GROUP, message_id)
