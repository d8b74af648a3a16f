"""Both ends of each queue library, in real processes on a real Redis: spans, context and metrics."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from anclora_otel.stack import Places, Toolbox
from anclora_otel.stack.tools import ARQ
from anclora_otel.testing import OtlpReceiver
from tests.wire.queue_programs import WRAPPER, run_program
from tests.wire.received import CLIENT, CONSUMER, PRODUCER, of_kind, processes_with_metrics, spans, totals
from tests.wire.running import PROGRAMS

PROJECT = Path(__file__).parents[2]
STORIES = [
    pytest.param("bullmq", ["bullmq_story.py"], id="bullmq"),
    pytest.param("rq", ["rq_story.py", "SimpleWorker"], id="rq"),
    pytest.param("rq", ["rq_story.py", "Worker"], id="rq-forking"),
    pytest.param("redis", ["redis_story.py"], id="redis-streams"),
]


def check_spans(receiver: OtlpReceiver, system: str, *, in_bulk: bool = True) -> None:
    """Check the spans of the six jobs: who is whose child, what they say, and that none is superfluous."""
    found = spans(receiver)
    producers, consumers = of_kind(found, PRODUCER), of_kind(found, CONSUMER)
    by_id = {span.id: span for span in found}

    assert {span.name for span in producers} == {"send letters"}
    assert {span.name for span in consumers} == {"process letters"}
    assert {span.attributes["messaging.system"] for span in (*producers, *consumers)} == {system}
    assert {span.attributes["messaging.destination.name"] for span in (*producers, *consumers)} == {"letters"}
    assert {span.attributes["messaging.operation.type"] for span in consumers} == {"process"}
    assert [span for span in found if not span.parent and span not in producers] == []
    assert len(consumers) == 7
    for consumer in consumers:
        assert by_id[consumer.parent] in producers
        assert by_id[consumer.parent].trace == consumer.trace
    assert len({span.attributes["messaging.message.id"] for span in consumers}) == 6
    bulk = [span for span in producers if span.attributes.get("messaging.batch.message_count") == 3]
    assert len(bulk) == (1 if in_bulk else 0)
    assert [sum(child.parent == span.id for child in consumers) for span in bulk] == [3] * len(bulk)
    greetings = [span for span in of_kind(found, CLIENT) if span.name == "INCRBY"]
    assert len(greetings) == 5
    assert all(by_id[span.parent] in consumers for span in greetings)
    failed = [span for span in consumers if span.failed]
    assert len(failed) == 2
    assert [span.events for span in failed] == [("exception",), ("exception",)]
    assert [span for span in of_kind(found, CLIENT) if span.name != "INCRBY" and by_id[span.parent] in consumers] == []


def check_metrics(receiver: OtlpReceiver, *, waits: int = 6) -> None:
    """Check that every job is accounted for: accepted is processed and failed."""
    metric = "anclora.queue."

    assert processes_with_metrics(receiver) == 1
    assert totals(receiver, f"{metric}messages", "message_type") == {("text",): 4, ("image",): 1, ("video",): 1}
    assert totals(receiver, f"{metric}messages.processed", "message_type") == {("text",): 4, ("image",): 1}
    assert totals(receiver, f"{metric}messages.failed", "message_type") == {("video",): 1}
    assert totals(receiver, f"{metric}errors", "message_type", "error_type") == {
        ("image", "timeout"): 1,
        ("video", "validation"): 1,
    }
    assert totals(receiver, f"{metric}processing.duration", "queue") == {("letters",): 7}
    assert totals(receiver, f"{metric}wait.duration", "queue") == {("letters",): waits}


@pytest.mark.parametrize(("system", "program"), STORIES)
def test_six_jobs(empty_redis_url: str, system: str, program: list[str]) -> None:
    """Each job is in its producer's trace and counted once; the library's own traffic leaves no span."""
    with OtlpReceiver() as receiver:
        run_program([*WRAPPER, str(PROGRAMS / "queues" / program[0]), *program[1:]], empty_redis_url, receiver)

        check_spans(receiver, system)
        # Redis Streams do not tell a first attempt from a further one.
        check_metrics(receiver, waits=7 if system == "redis" else 6)


def test_six_jobs_of_rq_in_started_processes(empty_redis_url: str) -> None:
    """A worker that starts each job in a fresh process sees what became of it, though not why."""
    with OtlpReceiver() as receiver:
        run_program([*WRAPPER, str(PROGRAMS / "queues" / "rq_story.py"), "SpawnWorker"], empty_redis_url, receiver)

        assert totals(receiver, "anclora.queue.messages.processed", "message_type") == {("text",): 4, ("image",): 1}
        assert totals(receiver, "anclora.queue.messages.failed", "message_type") == {("video",): 1}
        assert totals(receiver, "anclora.queue.errors", "error_type") == {("unknown",): 2}


def test_six_jobs_of_arq(empty_redis_url: str) -> None:
    """The same for arq, in an environment of its own with an older redis-py."""
    places = Places.choose(PROJECT, os.environ)
    python = Toolbox(places.tools, places.project).executable(ARQ)

    with OtlpReceiver() as receiver:
        run_program([str(python), str(PROGRAMS / "queues" / "arq_story.py")], empty_redis_url, receiver)

        check_spans(receiver, "arq", in_bulk=False)
        check_metrics(receiver)
