"""Jobs that do not simply come and go: killed, too late, given up, moved by themselves, handled in batches."""

from __future__ import annotations

import os
from pathlib import Path

from anclora_otel.stack import Places, Toolbox
from anclora_otel.stack.tools import ARQ
from anclora_otel.testing import OtlpReceiver
from tests.wire.queue_programs import WRAPPER, run_program
from tests.wire.received import CLIENT, CONSUMER, PRODUCER, of_kind, spans, totals
from tests.wire.running import PROGRAMS

PROJECT = Path(__file__).parents[2]
PLACE = PROGRAMS / "queues"
METRIC = "anclora.queue."


def test_killed_process_of_rq(empty_redis_url: str) -> None:
    """A job whose process is killed is a failed one, with its span, although nobody was left to say so."""
    with OtlpReceiver() as receiver:
        run_program([*WRAPPER, str(PLACE / "rq_killed.py")], empty_redis_url, receiver)
        (consumer,) = of_kind(spans(receiver), CONSUMER)

        assert consumer.failed
        assert totals(receiver, f"{METRIC}messages") == {(): 1}
        assert totals(receiver, f"{METRIC}messages.failed") == {(): 1}
        assert totals(receiver, f"{METRIC}errors", "error_type") == {("unknown",): 1}


def test_jobs_that_arq_gives_up(empty_redis_url: str) -> None:
    """A job too late, one tried too often and one without a function are failed ones, and the dead letter."""
    places = Places.choose(PROJECT, os.environ)
    python = Toolbox(places.tools, places.project).executable(ARQ)

    with OtlpReceiver() as receiver:
        said = run_program([str(python), str(PLACE / "arq_edges.py")], empty_redis_url, receiver)

        waiting, meanwhile, afterwards = said.splitlines()
        assert waiting == "3 1 0 0"
        assert meanwhile.split()[2] == "1"
        assert afterwards == "0 0 0 3"
        assert totals(receiver, f"{METRIC}messages.failed") == {(): 3}
        # Two tries of the one, its end, and that of the job without a function.
        assert totals(receiver, f"{METRIC}errors", "error_type") == {("timeout",): 1, ("unknown",): 4}
        # That of arq's own clock.
        assert totals(receiver, f"{METRIC}messages.processed") == {(): 1}


def test_job_that_moves_itself(empty_redis_url: str) -> None:
    """A BullMQ job that puts itself off is no error; it is counted when it is done."""
    with OtlpReceiver() as receiver:
        run_program([*WRAPPER, str(PLACE / "bullmq_delayed.py")], empty_redis_url, receiver)

        assert [span.failed for span in of_kind(spans(receiver), CONSUMER)] == [False, False]
        assert totals(receiver, f"{METRIC}messages.processed") == {(): 1}
        assert totals(receiver, f"{METRIC}errors") == {}


def test_batches(empty_redis_url: str) -> None:
    """A batch is one span with a link to each message's producer, and every message is recorded."""
    with OtlpReceiver() as receiver:
        run_program([*WRAPPER, str(PLACE / "batch.py")], empty_redis_url, receiver)
        found = spans(receiver)
        producers, batches = of_kind(found, PRODUCER), of_kind(found, CONSUMER)
        (work,) = [span for span in of_kind(found, CLIENT) if span.name == "INCRBY"]

        assert sorted(len(span.linked) for span in batches) == [1, 2]
        assert {linked for span in batches for linked in span.linked} == {span.id for span in producers}
        assert {span.attributes["messaging.batch.message_count"] for span in batches} == {1, 2}
        assert {span.parent for span in batches} == {""}
        assert work.parent in {span.id for span in batches if not span.failed}
        assert totals(receiver, f"{METRIC}messages.processed", "message_type") == {("text",): 2}
        assert totals(receiver, f"{METRIC}messages.failed", "message_type") == {("other",): 1}
        assert totals(receiver, f"{METRIC}errors", "error_type") == {("network",): 1}
        assert totals(receiver, f"{METRIC}wait.duration") == {(): 3}
        assert totals(receiver, f"{METRIC}bulk.operations") == {(): 2}
