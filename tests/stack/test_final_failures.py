"""Every job that fails for good is one issue, one line and one span event; noise is no issue."""

from __future__ import annotations

import asyncio
import json
from collections import Counter
from collections.abc import Iterator
from typing import Any

import pytest
from bullmq import Queue

from anclora_otel.stack import Stack
from anclora_otel.stack.sentry_receiver import SentryReceiver
from tests.stack.example import WORKER, Example, eventually
from tests.unit.sentry.conftest import normalised

COUNT, SEED, RATE = 2800, 11, 80
"""Requests, of which about 2,000 are messages to send; a seed; requests a second."""
QUEUE = "failing-messages"
VARIABLES = {
    "EXAMPLE_QUEUE": QUEUE,
    "EXAMPLE_ATTEMPTS": "2",
    "EXAMPLE_SERVER_ERROR_RATE": "0.3",
    "EXAMPLE_BACKOFF_MILLISECONDS": "50",
}


@pytest.fixture
def receiver() -> Iterator[SentryReceiver]:
    """Run a stub of Sentry."""
    with SentryReceiver() as found:
        yield found


@pytest.fixture
def failing(shared_stack: Stack, receiver: SentryReceiver) -> Iterator[Example]:
    """Run the example with a queue of its own, many faults and a project of Sentry."""
    own = {**VARIABLES, "SENTRY_DSN": receiver.dsn, "REDIS_URL": f"{shared_stack.url('redis')}/1"}
    running = Example(shared_stack, own, deployment="failing")
    try:
        running.start()
        yield running
    finally:
        running.stop()


async def _ask(example: Example) -> tuple[dict[str, int], list[str]]:
    queue = Queue(QUEUE, {"connection": example.settings.redis_url})
    try:
        counts = await queue.getJobCounts("waiting", "prioritized", "delayed", "active")
        return counts, [job.failedReason for job in await queue.getFailed(0, -1)]
    finally:
        await queue.close()


def failed_for_good(example: Example) -> list[str]:
    """Give the reasons of the jobs in the failed set, once all jobs have come to an end."""
    counts, reasons = asyncio.run(_ask(example))
    return [] if any(counts.values()) else reasons


def failed_attempts(example: Example) -> Counter[tuple[str, str]]:
    """Count the exception events of each failed attempt's span, by trace and span."""
    found: Counter[tuple[str, str]] = Counter()
    for line in example.trace_file.read_text().splitlines():
        for span in _spans(json.loads(line)):
            if span["name"] == f"process {QUEUE}":
                found[span["traceId"], span["spanId"]] += len(span.get("events", []))
    return Counter({key: events for key, events in found.items() if events})


def _spans(batch: dict[str, Any]) -> Iterator[dict[str, Any]]:
    for resource_spans in batch["resourceSpans"]:
        for scope_spans in resource_spans["scopeSpans"]:
            yield from scope_spans["spans"]


def lines(example: Example, level: str) -> list[dict[str, Any]]:
    """Give the lines of a level about failed jobs of this queue."""
    selector = f'{{service_name="{WORKER}"}} |= "job failed" | queue="{QUEUE}" | severity_text="{level}"'
    return example.log_lines(selector)


@pytest.mark.timeout(600)
def test_every_final_failure(failing: Example, receiver: SentryReceiver) -> None:
    """A seeded run with faults of both kinds, held to what BullMQ has in its failed set."""
    assert failing.traffic(COUNT, SEED, RATE)["accepted"] > 2000
    reasons = eventually(lambda: failed_for_good(failing), "every job to come to its end", 120)
    no_noise = [reason for reason in reasons if "WhatsApp API failed (5" in reason]
    assert 0 < len(no_noise) < len(reasons)

    eventually(lambda: len(lines(failing, "error")) >= len(reasons), "the lines in Loki", 60)
    eventually(lambda: len(receiver.events) >= len(no_noise), "the issues", 60)
    failing.stop()
    retried = lines(failing, "warn")
    eventually(lambda: len(failed_attempts(failing)) >= len(reasons) + len(retried), "the spans in the file", 60)

    final = lines(failing, "error")
    issues = [normalised(event) for event in receiver.events]
    assert len(reasons) == len(final) == len({line["trace_id"] for line in final})
    assert sorted(no_noise) == sorted(issue["exception"]["values"][-1]["value"] for issue in issues)
    assert {issue["contexts"]["trace"]["trace_id"] for issue in issues} <= {line["trace_id"] for line in final}
    # One event on the span of each failed attempt, and none without its line.
    attempts = failed_attempts(failing)
    assert {1} == set(attempts.values())
    assert {(line["trace_id"], line["span_id"]) for line in final + retried} == set(attempts)
