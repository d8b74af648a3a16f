"""Which workers and queues are known, and that instrumenting never breaks one."""

from __future__ import annotations

import asyncio
import subprocess
import sys

import bullmq
import pytest
import redis
import rq

import anclora_otel
from anclora_otel._guard import complaints
from anclora_otel.testing import capture_metrics


@pytest.mark.parametrize("subject", [None, object(), "worker", 7, dict, print])
@pytest.mark.parametrize("name", ["instrument_worker", "instrument_queue"])
def test_no_worker_at_all(name: str, subject: object) -> None:
    """Something else comes back as it was, with one line that says what was expected."""
    with capture_metrics():
        assert getattr(anclora_otel, name)(subject) is subject
        assert list(complaints.counts()) == [f"{name}: TypeError"]


def test_queue_given_as_a_worker() -> None:
    """A queue in place of a worker is said, and still works."""
    queue = rq.Queue("letters", connection=redis.Redis())
    with capture_metrics():
        anclora_otel.instrument_worker(queue)

        assert list(complaints.counts()) == ["instrument_worker: AttributeError"]


def test_second_time_changes_nothing() -> None:
    """Instrumenting twice is instrumenting once."""
    queue = anclora_otel.instrument_queue(rq.Queue("letters", connection=redis.Redis()))
    first = queue.enqueue_call

    assert anclora_otel.instrument_queue(queue).enqueue_call is first


def test_class() -> None:
    """Each queue that is made of an instrumented class is instrumented, others are not."""

    class OwnQueue(rq.Queue):
        """A queue of the application."""

    anclora_otel.instrument_queue(OwnQueue)

    assert "enqueue_call" in vars(OwnQueue("letters", connection=redis.Redis()))
    assert "enqueue_call" not in vars(rq.Queue("letters", connection=redis.Redis()))


def test_bullmq_worker_without_a_processor() -> None:
    """A worker whose jobs are fetched by hand can be instrumented too."""

    async def make() -> None:
        worker = bullmq.Worker("letters", None, {"connection": "redis://localhost:1"})
        assert anclora_otel.instrument_worker(worker).processor is None
        assert worker.backend.qualifiedName == "bull:letters"

    asyncio.run(make())


def test_no_library_is_imported() -> None:
    """Whoever uses no queue pays for none: neither Redis nor a queue library is imported, or must be installed."""
    program = "import sys, anclora_otel, anclora_otel.queues; print({'redis', 'bullmq', 'arq', 'rq'} & {*sys.modules})"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=60, check=True)

    assert done.stdout == "set()\n"
