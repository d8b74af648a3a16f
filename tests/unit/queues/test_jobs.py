"""The decorator for any queue, batches and sending, seen by what they record."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterator

import pytest
from opentelemetry import trace

from anclora_otel import queue_batch, queue_job, queue_send
from anclora_otel._guard import complaints
from anclora_otel.queues import JobSource, redis_stream
from anclora_otel.testing import CapturedMetrics, capture_metrics

TRACE_ID = 0x0AF7651916CD43DD8448EB211C80319C
TRACEPARENT = f"00-{TRACE_ID:032x}-b7ad6b7169203331-01"
SOURCE = JobSource("letters", carrier=lambda job: job["headers"], due_at_seconds=lambda job: job["due"])
JOB = {"headers": {"traceparent": TRACEPARENT}, "due": 0.0, "type": "text"}
NORMAL_TEXT = {"queue": "letters", "priority": "normal", "message_type": "text"}


def _impossible(*_: object, **__: object) -> str:
    raise ZeroDivisionError


@pytest.fixture
def captured() -> Iterator[CapturedMetrics]:
    """Capture what is recorded."""
    with capture_metrics() as captured:
        yield captured


def _trace_id() -> int:
    return trace.get_current_span().get_span_context().trace_id


class TestQueueJob:
    """The decorator."""

    def test_blocking(self, captured: CapturedMetrics) -> None:
        """A function is called in the producer's trace, its result goes through, and the job is processed."""

        @queue_job(SOURCE, message_type=lambda job: str(job["type"]))
        def handle(_job: object) -> int:
            """Handle it."""
            return _trace_id()

        assert handle(JOB) == TRACE_ID
        assert (handle.__name__, handle.__doc__) == ("handle", "Handle it.")
        assert captured.value("anclora.queue.messages.processed", **NORMAL_TEXT) == 1
        assert captured.total("anclora.queue.wait.duration") > 0

    def test_asynchronous(self, captured: CapturedMetrics) -> None:
        """A coroutine function stays one."""

        @queue_job(SOURCE, message_type="text", priority="high")
        async def handle(_job: object) -> int:
            await asyncio.sleep(0)
            return _trace_id()

        assert asyncio.run(handle(JOB)) == TRACE_ID
        labels = {**NORMAL_TEXT, "priority": "high"}
        assert captured.value("anclora.queue.messages.processed", **labels) == 1

    def test_error_goes_through(self, captured: CapturedMetrics) -> None:
        """An error is recorded by its kind and reaches the caller as it was; so is whether another attempt follows."""

        @queue_job("letters", message_type="text", will_retry=lambda error: "again" in str(error))
        def handle(text: str) -> None:
            raise TimeoutError(text)

        with pytest.raises(TimeoutError, match=r"^again$"):
            handle("again")
        with pytest.raises(TimeoutError, match=r"^over$"):
            handle("over")

        errors = {"queue": "letters", "message_type": "text", "error_type": "timeout"}
        assert captured.value("anclora.queue.errors", **errors) == 2
        assert captured.value("anclora.queue.messages.failed", **NORMAL_TEXT) == 1

    def test_cancelled(self, captured: CapturedMetrics) -> None:
        """A job that is cancelled is an error of that kind, and stays cancelled."""

        @queue_job("letters", message_type="text", will_retry=lambda _: True)
        async def handle() -> None:
            await asyncio.sleep(60)

        async def cancel() -> None:
            task = asyncio.create_task(handle())
            await asyncio.sleep(0)
            task.cancel()
            await task

        with pytest.raises(asyncio.CancelledError):
            asyncio.run(cancel())

        errors = {"queue": "letters", "message_type": "text", "error_type": "cancelled"}
        assert captured.value("anclora.queue.errors", **errors) == 1

    def test_functions_that_fail(self, captured: CapturedMetrics) -> None:
        """What describes a job may fail: it is said, the job is done and counted all the same."""
        source = JobSource("letters", "other", _impossible, _impossible, _impossible)  # type: ignore[arg-type]

        @queue_job(source, message_type=_impossible, priority=_impossible, will_retry=_impossible)  # type: ignore[arg-type]
        def handle(job: str) -> None:
            raise KeyError(job)

        with pytest.raises(KeyError):
            handle("x")

        labels = {"queue": "letters", "priority": "other", "message_type": "other"}
        assert captured.value("anclora.queue.messages.failed", **labels) == 1
        assert set(complaints.counts()) == {
            f"{what} of a job: ZeroDivisionError" for what in ("priority", "message_type", "will_retry")
        } | {"describing a job: ZeroDivisionError"}

    @pytest.mark.parametrize("kind", ["", "no such kind", "+34 600 123 456", None, 7])
    def test_label_out_of_the_set(self, captured: CapturedMetrics, kind: object) -> None:
        """A kind of message that is none is other, whatever it is."""

        @queue_job("letters", message_type=lambda: kind)  # type: ignore[arg-type,return-value]
        def handle() -> None: ...

        handle()

        labels = {**NORMAL_TEXT, "message_type": "other"}
        assert captured.value("anclora.queue.messages.processed", **labels) == 1


class TestRedisStream:
    """Messages of a stream."""

    def test_time_from_the_id(self, captured: CapturedMetrics) -> None:
        """The id says since when a message waits."""

        @queue_job(redis_stream("letters"), message_type="text")
        def handle(_id: bytes, _fields: dict[bytes, bytes]) -> int:
            return _trace_id()

        ago_ms = int((time.time() - 100) * 1000)

        assert handle(f"{ago_ms}-0".encode(), {b"traceparent": TRACEPARENT.encode()}) == TRACE_ID
        waited_seconds = captured.value("anclora.queue.wait.duration", **NORMAL_TEXT)
        assert waited_seconds == pytest.approx(100, abs=30)

    def test_id_that_is_none(self, captured: CapturedMetrics) -> None:
        """An id that Redis did not make is no reason to fail; the waiting is not recorded."""

        @queue_job(redis_stream("letters"))
        def handle(_id: str, _fields: object) -> None: ...

        handle("first", None)

        assert captured.total("anclora.queue.messages.processed") == 1
        assert captured.points("anclora.queue.wait.duration") == []


class TestQueueBatch:
    """Several jobs at once."""

    def test_empty(self, captured: CapturedMetrics) -> None:
        """A batch of none is none."""
        with queue_batch("letters", []):
            pass

        assert captured.points() == []

    def test_recorded(self, captured: CapturedMetrics) -> None:
        """Each job of a batch is recorded with its own labels."""
        with queue_batch(SOURCE, [JOB, {**JOB, "type": "image"}, {}], message_type=lambda job: str(job["type"])):
            pass

        found = {
            point.attributes["message_type"]: point.value
            for point in captured.points("anclora.queue.messages.processed")
        }
        assert found == {"text": 1, "image": 1, "other": 1}


class TestQueueSend:
    """The producer's side."""

    def test_accepted(self, captured: CapturedMetrics) -> None:
        """Messages are counted as accepted when the block ends well."""
        with queue_send("letters", count=3, message_type="text"):
            pass

        assert captured.value("anclora.queue.messages", **NORMAL_TEXT) == 3
        assert captured.value("anclora.queue.bulk.operations", queue="letters", batch_size_range="1-10") == 1

    def test_error(self, captured: CapturedMetrics) -> None:
        """A message that could not be sent was not accepted."""
        with pytest.raises(ConnectionError), queue_send("letters"):
            raise ConnectionError

        assert captured.total("anclora.queue.messages") == 0
