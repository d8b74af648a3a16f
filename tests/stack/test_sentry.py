"""Sentry behind the collector: what it gets, and that nobody waits for it."""

from __future__ import annotations

import json
import os
import sys
import urllib.parse
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from anclora_otel.stack import Places, Ports, Stack
from anclora_otel.stack.sentry_receiver import SentryMode, SentryReceiver
from tests.stack.conftest import PROJECT
from tests.stack.example import eventually
from tests.wire.running import get, run_wrapped

PROGRAM = Path(__file__).parent / "programs" / "spans_and_lines.py"
COUNT = 1000


@contextmanager
def stack_with(receiver: SentryReceiver, folder: Path, **variables: str) -> Iterator[Stack]:
    """Start Loki and a collector that sends to the receiver, and stop them."""
    places = Places.choose(PROJECT, os.environ, state=folder)
    stack = Stack(places, Ports.free(), {"SENTRY_DSN": receiver.dsn, **variables})
    try:
        stack.start("loki")
        stack.start("collector")
        yield stack
    finally:
        stack.stop("collector")
        stack.stop("loki")


def send(stack: Stack, mark: str) -> list[str]:
    """Send traces and lines, and give what the program says of them."""
    done = run_wrapped(
        sys.executable,
        str(PROGRAM),
        str(COUNT),
        mark,
        OTEL_EXPORTER_OTLP_ENDPOINT=stack.url("collector"),
        OTEL_METRICS_EXPORTER="none",
        OTEL_SERVICE_NAME="outage",
        ANCLORA_LOG_CONSOLE="none",
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.split()


def lines_in_loki(stack: Stack, mark: str) -> Counter[str]:
    """Count each line in Loki."""
    query = {"query": f'{{service_name="outage"}} |= "{mark}"', "limit": 5000, "since": "1h"}
    answer = json.loads(get(f"{stack.url('loki')}/loki/api/v1/query_range?{urllib.parse.urlencode(query)}"))
    return Counter(value[1] for stream in answer["data"]["result"] for value in stream["values"])


def spans_in_file(stack: Stack, mark: str) -> Counter[str]:
    """Count each span in the trace file."""
    found: Counter[str] = Counter()
    for line in stack.places.trace_file.read_text().splitlines():
        for resource_spans in json.loads(line)["resourceSpans"]:
            for scope_spans in resource_spans["scopeSpans"]:
                found.update(span["name"] for span in scope_spans["spans"] if span["name"].startswith(mark))
    return found


def lost(stack: Stack) -> float:
    """Give what the collector's own metrics say was lost on the way to Sentry."""
    page = get(f"http://127.0.0.1:{stack.ports.number('collector_telemetry')}/metrics")
    return sum(
        float(line.rpartition(" ")[2])
        for line in page.splitlines()
        if line.startswith("otelcol_exporter_enqueue_failed_") and 'exporter="otlp_http/sentry"' in line
    )


@pytest.mark.parametrize("mode", ["unavailable", "too_many_requests", "black_hole"])
def test_an_outage_of_sentry_delays_nobody(tmp_path: Path, mode: SentryMode) -> None:
    """Sentry is down for the whole time and its queue full: the others get everything, once; the loss is counted."""
    names = {f"down {number}" for number in range(COUNT)}
    with (
        SentryReceiver(mode) as receiver,
        stack_with(receiver, tmp_path, ANCLORA_COLLECTOR_SENTRY_QUEUE_BYTES="100000") as stack,
    ):
        assert ["True", str(COUNT), str(COUNT)] == send(stack, "down")
        eventually(lambda: set(lines_in_loki(stack, "down")) == names, "every line in Loki", 60)
        eventually(lambda: set(spans_in_file(stack, "down")) == names, "every span in the file", 60)
        eventually(lambda: lost(stack) > 0, "the loss to be counted", 60)
        eventually(lambda: receiver.requests > 0, "Sentry to be tried", 60)

        assert {1} == set(lines_in_loki(stack, "down").values())
        assert {1} == set(spans_in_file(stack, "down").values())
        assert len(receiver.logs) == 0


def test_what_waited_arrives(tmp_path: Path) -> None:
    """After an outage Sentry gets every line, and a tenth of the traces."""
    names = {f"later {number}" for number in range(COUNT)}
    with SentryReceiver("unavailable") as receiver, stack_with(receiver, tmp_path) as stack:
        send(stack, "later")
        eventually(lambda: set(lines_in_loki(stack, "later")) == names, "every line in Loki", 60)
        receiver.mode = "accept"
        eventually(lambda: {record.body.string_value for record in list(receiver.logs)} == names, "every line", 90)
        eventually(lambda: len(receiver.spans) > 0, "spans", 90)

        assert COUNT * 0.04 < len({span.name for span in list(receiver.spans)}) < COUNT * 0.2
        assert lost(stack) == 0
