"""BullMQ for Node.js with its own telemetry on one side, this package on the other: one trace."""

from __future__ import annotations

import os
from pathlib import Path

from anclora_otel.stack import Places, Toolbox
from anclora_otel.stack.node import find_node, node_environment
from anclora_otel.stack.tools import NODE_QUEUES
from anclora_otel.testing import OtlpReceiver
from tests.wire.queue_programs import WRAPPER, run_program
from tests.wire.received import CONSUMER, PRODUCER, of_kind, spans
from tests.wire.running import PROGRAMS

PROJECT = Path(__file__).parents[2]
JOBS = 3


def run_node(program: str, *arguments: str, redis_url: str, receiver: OtlpReceiver) -> None:
    """Run a program of Node.js, which finds its libraries among the tools."""
    places = Places.choose(PROJECT, os.environ)
    modules = Toolbox(places.tools, places.project).executable(NODE_QUEUES).parent
    node = find_node()
    variables = {**node_environment(node), "NODE_PATH": str(modules)}
    run_program([str(node), str(PROGRAMS / "node" / program), *arguments], redis_url, receiver, variables)


def run_python(program: str, *arguments: str, redis_url: str, receiver: OtlpReceiver) -> None:
    """Run a program of Python under the wrapper."""
    run_program([*WRAPPER, str(PROGRAMS / "queues" / program), *arguments], redis_url, receiver)


def check_family(receiver: OtlpReceiver) -> None:
    """Check that each job's consumer span is a child of the span in which the job was added."""
    found = spans(receiver)
    producers = {span.id: span for span in of_kind(found, PRODUCER)}
    consumers = of_kind(found, CONSUMER)

    assert len(producers) == 2
    assert len(consumers) == JOBS
    assert {span.trace for span in consumers} == {span.trace for span in producers.values()}
    children = [sum(consumer.parent == producer for consumer in consumers) for producer in producers]
    assert sorted(children) == [1, 2]
    assert all(producers[consumer.parent].trace == consumer.trace for consumer in consumers)


def test_node_produces_and_python_works(empty_redis_url: str) -> None:
    """A worker here continues the trace of a job that Node.js added, alone or with others."""
    with OtlpReceiver() as receiver:
        run_node("producer.cjs", redis_url=empty_redis_url, receiver=receiver)
        run_python("bullmq_work.py", str(JOBS), redis_url=empty_redis_url, receiver=receiver)

        check_family(receiver)
        assert {span.name for span in of_kind(spans(receiver), CONSUMER)} == {"process letters"}


def test_python_produces_and_node_works(empty_redis_url: str) -> None:
    """A worker of Node.js continues the trace of a job that was added here, alone or with others."""
    with OtlpReceiver() as receiver:
        run_python("bullmq_add.py", redis_url=empty_redis_url, receiver=receiver)
        run_node("worker.cjs", str(JOBS), redis_url=empty_redis_url, receiver=receiver)

        check_family(receiver)
        assert {span.attributes["bullmq.queue.operation"] for span in of_kind(spans(receiver), CONSUMER)} == {"process"}
