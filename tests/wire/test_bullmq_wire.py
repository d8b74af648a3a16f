"""Depth and trace context of real BullMQ queues in a real Redis."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Awaitable, Callable, Iterator
from typing import Any

import pytest
import redis
from bullmq import Queue, UnrecoverableError, Worker
from opentelemetry import trace
from opentelemetry.trace import NonRecordingSpan, SpanContext, TraceFlags

from anclora_otel.queues import BullMQDepth, bullmq_priority, extract_context, inject_context

NOTHING_WAITS = dict.fromkeys(("critical", "high", "normal", "low", "bulk", "other"), 0)
PATIENCE_SECONDS = 10.0
SPAN_CONTEXT = SpanContext(0xABC, 0xDEF, False, TraceFlags(TraceFlags.SAMPLED))


@pytest.fixture
def client(empty_redis_url: str) -> Iterator[redis.Redis]:
    """Give a synchronous client of an empty Redis."""
    with redis.Redis.from_url(empty_redis_url, socket_timeout=5) as client:
        yield client


def _with_queue(url: str, work: Callable[[Queue], Awaitable[None]]) -> None:
    async def run() -> None:
        queue = Queue("letters", {"connection": url})
        try:
            await work(queue)
        finally:
            await queue.close()

    asyncio.run(run())


async def _process(url: str, processor: Callable[..., Any], finished: Callable[[], bool]) -> None:
    worker = Worker("letters", processor, {"connection": url, "drainDelay": 1})
    deadline = time.monotonic() + PATIENCE_SECONDS
    try:
        while not finished():
            assert time.monotonic() < deadline, "the worker did not finish in time"
            await asyncio.sleep(0.02)
    finally:
        await worker.close()


class TestDepth:
    """How deep a queue is."""

    def test_queue_that_does_not_exist(self, client: redis.Redis) -> None:
        """Keys that are not there are empty."""
        depth = BullMQDepth(client, "nowhere").read()

        assert (depth.waiting, depth.active, depth.dead_letter) == (NOTHING_WAITS, 0, 0)

    @pytest.mark.parametrize("paused", [False, True])
    def test_waiting_by_priority(self, client: redis.Redis, empty_redis_url: str, paused: bool) -> None:
        """Jobs are counted under their priority, delayed ones and unknown priorities as other."""

        async def add(queue: Queue) -> None:
            if paused:
                await queue.pause()
            for number in (0, 0, 0, 1, 3, 5, bullmq_priority("low"), 11, 20, 21, 2**21):
                await queue.add("letter", {}, {"priority": number} if number else {})
            await queue.add("letter", {}, {"delay": 60_000})
            await queue.add("letter", {}, {"delay": 60_000, "priority": 1})

        _with_queue(empty_redis_url, add)
        depth = BullMQDepth(client, "letters").read()

        assert depth.waiting == {
            "normal": 3,
            "critical": 1,
            "high": 2,
            "low": 1,
            "bulk": 2,
            "other": 4,
        }

    def test_failed_and_retried(self, client: redis.Redis, empty_redis_url: str) -> None:
        """A job that failed for good is in the dead letter, one that will be tried again waits as other."""
        depth = BullMQDepth(client, "letters")

        async def fail(job: Any, _token: str) -> None:
            raise UnrecoverableError("no such address") if job.name == "lost" else RuntimeError("try again")

        async def work(queue: Queue) -> None:
            await queue.add("lost", {}, {"attempts": 3})
            await queue.add("slow", {}, {"attempts": 3, "backoff": 60_000})
            await _process(
                empty_redis_url, fail, lambda: depth.read().waiting["other"] == 1 == depth.read().dead_letter
            )

        _with_queue(empty_redis_url, work)
        found = depth.read()

        assert (found.waiting, found.active, found.dead_letter) == ({**NOTHING_WAITS, "other": 1}, 0, 1)

    def test_active(self, client: redis.Redis, empty_redis_url: str) -> None:
        """A job in a worker's hands is active and does not wait."""
        depth = BullMQDepth(client, "letters")
        seen: list[tuple[int, dict[Any, int]]] = []

        async def process(_job: Any, _token: str) -> None:
            found = depth.read()
            seen.append((found.active, {**found.waiting}))

        async def work(queue: Queue) -> None:
            await queue.add("letter", {}, {"priority": 1})
            await _process(empty_redis_url, process, lambda: bool(seen))

        _with_queue(empty_redis_url, work)

        assert seen == [(1, NOTHING_WAITS)]

    def test_wrong_key_type(self, client: redis.Redis) -> None:
        """A key that is not BullMQ's is an error of Redis, not a wrong number."""
        client.set("bull:letters:wait", "no list")

        with pytest.raises(redis.ResponseError, match="WRONGTYPE"):
            BullMQDepth(client, "letters").read()


class TestContext:
    """Trace context in real jobs."""

    def test_context_reaches_the_worker(self, client: redis.Redis, empty_redis_url: str) -> None:
        """BullMQ keeps the options `tm` and `omc` in Redis and gives them back to the worker."""
        received: list[dict[str, Any]] = []

        async def process(job: Any, _token: str) -> None:
            received.append(job.opts)

        async def work(queue: Queue) -> None:
            with trace.use_span(NonRecordingSpan(SPAN_CONTEXT)):
                options = inject_context({"attempts": 2})
            job = await queue.add("letter", {}, options)
            await queue.add("letter", {}, {"omc": True})
            stored = json.loads(client.hget(f"bull:letters:{job.id}", "opts") or b"{}")
            assert options["tm"] == stored["tm"]
            await _process(empty_redis_url, process, lambda: len(received) == 2)

        _with_queue(empty_redis_url, work)
        first = trace.get_current_span(extract_context(received[0])).get_span_context()

        assert (SPAN_CONTEXT.trace_id, SPAN_CONTEXT.span_id) == (first.trace_id, first.span_id)
        assert received[1]["omc"] is True
        assert not trace.get_current_span(extract_context(received[1])).get_span_context().is_valid
