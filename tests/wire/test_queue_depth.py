"""Depths of arq, rq and Redis Streams read from a real Redis, and what happens without one."""

from __future__ import annotations

import asyncio
import logging
import socket
import time
from collections.abc import Iterator
from contextlib import closing

import pytest
import redis
import redis.asyncio
import rq
from redis.backoff import NoBackoff
from redis.retry import Retry

import anclora_otel
from anclora_otel.queues import ArqDepth, BullMQDepth, QueueDepth, QueueDepthSource, RedisStreamDepth, RQDepth
from anclora_otel.queues.arq_depth import dead_letter_key
from anclora_otel.testing import capture_metrics
from tests.wire.programs.queues import rq_lessons
from tests.wire.running import free_port

WAITING = "anclora.queue.waiting.messages"


@pytest.fixture
def client(empty_redis_url: str) -> Iterator[redis.Redis]:
    """Give a blocking client of an empty Redis."""
    with redis.Redis.from_url(empty_redis_url, socket_timeout=5) as client:
        yield client


def sources(client: redis.Redis | redis.asyncio.Redis) -> list[QueueDepthSource]:
    """Give a source of each kind."""
    return [
        BullMQDepth(client, "letters"),
        ArqDepth(client, "letters"),
        RQDepth(client, "letters"),
        RedisStreamDepth(client, "letters", "senders", "letters:dead"),
    ]


class TestArq:
    """Queues of arq, as its own source writes them; the real arq works in tests/wire/test_queue_instrumentation.py."""

    def test_depth(self, client: redis.Redis) -> None:
        """Due jobs wait as normal, deferred ones as other; one in progress is active, one given up is dead."""
        now_ms = time.time() * 1000
        client.zadd("letters", {"one": now_ms - 5000, "two": now_ms - 4000, "later": now_ms + 60_000})
        client.set("arq:in-progress:one", 1)
        client.set("arq:in-progress:elsewhere", 1)
        client.zadd(dead_letter_key("letters"), {"lost": now_ms + 60_000, "forgotten": now_ms - 1})

        assert ArqDepth(client, "letters").read() == QueueDepth({"normal": 1, "other": 1}, 1, 1)


class TestRQ:
    """Queues of rq."""

    def test_depth(self, client: redis.Redis) -> None:
        """Listed jobs wait as normal, scheduled and deferred ones as other; a failed one is dead."""
        queue = rq.Queue("letters", connection=client)
        depth = RQDepth(client, "letters")
        queue.enqueue(rq_lessons.fail)
        rq.SimpleWorker([queue], connection=client).work(burst=True)
        first = queue.enqueue(rq_lessons.note_depth, "letters")
        queue.enqueue(rq_lessons.note_depth, "letters", depends_on=first)
        queue.enqueue_in(rq_lessons.HOUR, rq_lessons.fail)
        before = depth.read()
        rq.SimpleWorker([queue], connection=client).work(burst=True, max_jobs=1)

        assert before == QueueDepth({"normal": 1, "other": 2}, 0, 1)
        assert client.get("active") == b"1"
        assert depth.read().dead_letter == 1


class TestRedisStreams:
    """Consumer groups of streams."""

    def test_depth(self, client: redis.Redis) -> None:
        """Messages that the group was not given wait; those it has not acknowledged are active."""
        for number in range(5):
            client.xadd("letters", {"number": number})
        client.xadd("letters:dead", {"number": 0})
        depth = RedisStreamDepth(client, "letters", "senders", "letters:dead")
        without_group = depth.read()
        client.xgroup_create("letters", "senders", "0")
        client.xreadgroup("senders", "me", {"letters": ">"}, 2)
        client.xack("letters", "senders", client.xpending_range("letters", "senders", "-", "+", 1)[0]["message_id"])

        assert without_group == QueueDepth({"normal": 5}, 0, 1)
        assert depth.read() == QueueDepth({"normal": 3}, 1, 1)

    def test_lag_that_redis_does_not_know(self, client: redis.Redis) -> None:
        """After a message was deleted, waiting ones are counted."""
        ids = [client.xadd("letters", {"number": number}) for number in range(5)]
        client.xgroup_create("letters", "senders", "0")
        client.xreadgroup("senders", "me", {"letters": ">"}, 1)
        client.xdel("letters", ids[3])

        assert client.xinfo_groups("letters")[0]["lag"] is None
        assert RedisStreamDepth(client, "letters", "senders").read() == QueueDepth({"normal": 3}, 1, 0)


class TestEverySource:
    """What holds for all of them."""

    @pytest.mark.parametrize("number", range(4))
    def test_nothing_there(self, client: redis.Redis, number: int) -> None:
        """Keys that are not there are empty."""
        found = sources(client)[number].read()

        assert (set(found.waiting.values()), found.active, found.dead_letter) == ({0}, 0, 0)

    @pytest.mark.parametrize("number", range(4))
    def test_foreign_keys(self, client: redis.Redis, number: int) -> None:
        """A key of another kind is an error of Redis, not a wrong number."""
        for key in ("bull:letters:wait", "letters", "rq:queue:letters"):
            client.set(key, "no queue")

        with pytest.raises(redis.ResponseError):
            sources(client)[number].read()

    @pytest.mark.parametrize("number", range(4))
    def test_one_round_trip(self, client: redis.Redis, number: int) -> None:
        """A depth is one request: one transaction or one script."""
        source = sources(client)[number]
        source.read()
        before = client.info("stats")["total_reads_processed"]
        source.read()

        # The question for the figure is one read itself.
        assert client.info("stats")["total_reads_processed"] - before == 2

    @pytest.mark.parametrize("number", range(4))
    def test_asyncio_client_in_its_loop(self, empty_redis_url: str, number: int) -> None:
        """A depth can be read with the client of an event loop, in its thread and in another, while the loop runs."""

        async def read() -> list[QueueDepth]:
            async with redis.asyncio.Redis.from_url(empty_redis_url) as working:
                source = sources(working)[number]
                return [source.read(), await asyncio.to_thread(source.read)]

        here, elsewhere = asyncio.run(read())

        assert here == elsewhere

    @pytest.mark.parametrize("number", range(4))
    def test_redis_gone(self, number: int, caplog: pytest.LogCaptureFixture) -> None:
        """Without Redis the series are left out and that is said once; how patient the client is does not matter."""
        patient = redis.Redis(port=free_port(), retry=Retry(NoBackoff(), 1000))
        with caplog.at_level(logging.WARNING, "anclora_otel"), capture_metrics() as captured:
            anclora_otel.observe_queue(sources(patient)[number])
            found = [captured.points(WAITING) for _ in range(3)]

        assert found == [[], [], []]
        assert [record.getMessage().count(WAITING) for record in caplog.records] == [1]

    @pytest.mark.parametrize("number", range(4))
    def test_redis_that_never_answers(self, number: int) -> None:
        """A Redis that takes the connection and says nothing is given up, whatever the client's own timeout."""
        with closing(socket.socket()) as listener:
            listener.bind(("127.0.0.1", 0))
            listener.listen(8)
            patient = redis.Redis(port=listener.getsockname()[1])

            with pytest.raises(redis.TimeoutError):
                sources(patient)[number].read()
