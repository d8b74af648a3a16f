"""The main job on real components: what was accepted, sent and logged is what can be asked for."""

from __future__ import annotations

import json
import math
import re
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import redis

from examples.whatsapp_service.api_client import REFUSED_KEY
from tests.stack.example import (
    EXAMPLE_DEPLOYMENT,
    EXPORT_INTERVAL_SECONDS,
    SERVICE,
    WORKER,
    Example,
    eventually,
    holds_for,
)
from tests.wire.running import BIN, environment, run_wrapped

CONTRACT = Path(__file__).parents[1] / "contract" / "queries.md"
PROGRAMS = Path(__file__).parent / "programs"
TWO_EXPORTS_SECONDS = 2 * EXPORT_INTERVAL_SECONDS

OWN = f'{{deployment_environment_name="{EXAMPLE_DEPLOYMENT}"}}'
ACCEPTED = f"sum(anclora_queue_messages_total{OWN})"
PROCESSED = f"sum(anclora_queue_messages_processed_total{OWN})"
FAILED = f"sum(anclora_queue_messages_failed_total{OWN})"
WAITING = f"sum(max by (queue, priority) (anclora_queue_waiting_messages{OWN}))"
ACTIVE = f"sum(max by (queue) (anclora_queue_active_messages{OWN}))"
DEAD_LETTER = f"sum(max by (queue) (anclora_queue_dlq_messages{OWN}))"
CALLS = f"sum(anclora_whatsapp_api_calls_total{OWN})"


def books(example: Example) -> dict[str, float]:
    """Give the five figures of the queue as Prometheus has them."""
    queries = {"accepted": ACCEPTED, "processed": PROCESSED, "failed": FAILED, "waiting": WAITING, "active": ACTIVE}
    return {name: example.number(query) for name, query in queries.items()}


def balanced(figures: dict[str, float]) -> bool:
    """Say whether what was accepted is what became of it."""
    return figures["accepted"] == math.fsum(figures[name] for name in ("processed", "failed", "waiting", "active"))


def test_conservation(example: Example) -> None:
    """Accepted = processed + failed + waiting + active, exactly, in the middle of a run and after its end."""
    before: dict[str, float] = {}

    def settled() -> bool:
        before.update(books(example))
        return balanced(before)

    holds_for(settled, TWO_EXPORTS_SECONDS, 90, "the books before the run")
    first = example.traffic(160, seed=1)
    example.pause()
    second = example.traffic(120, seed=2)
    accepted = int(before["accepted"]) + int(first["accepted"]) + int(second["accepted"])
    middle: dict[str, float] = {}

    def paused() -> bool:
        middle.update(books(example))
        return middle["accepted"] == accepted and middle["active"] == 0 and balanced(middle)

    holds_for(paused, TWO_EXPORTS_SECONDS, 90, "the books of the paused run")
    priorities = {
        series["metric"]["priority"]
        for series in example.query(f"max by (priority) (anclora_queue_waiting_messages{OWN}) > 0")
    }
    assert middle["waiting"] > 50
    assert {"normal", "other", "high"} <= priorities

    example.resume()
    end: dict[str, float] = {}

    def finished() -> bool:
        end.update(books(example))
        return end["accepted"] == accepted == end["processed"] + end["failed"]

    eventually(finished, f"the end of the run with {accepted} accepted", 120)
    holds_for(lambda: balanced(books(example)), TWO_EXPORTS_SECONDS, 30, "the books after the end")
    assert end["failed"] > 0
    eventually(lambda: example.number(DEAD_LETTER) == end["failed"], "the dead letters")


def test_every_call_is_counted(example: Example) -> None:
    """Calls that the stand-in saw, and those that were refused, are the calls counted."""
    client = redis.Redis.from_url(example.settings.redis_url)
    refused = int(client.get(REFUSED_KEY) or 0)
    client.close()

    assert refused > 0
    eventually(lambda: example.number(CALLS) == example.calls_seen() + refused, "the counted calls", 30)


def contract_queries() -> list[str]:
    """Give the queries that users run today."""
    block = re.findall(r"```promql\n(.*?)```", CONTRACT.read_text(encoding="utf-8"), re.DOTALL)
    return [line for text in block for line in text.splitlines() if line.strip()]


TRAFFIC_OF = {
    "rate(anclora_queue_messages_total[5m])": "anclora_queue_messages_total > 0",
    "histogram_quantile": "anclora_queue_processing_duration_seconds_count > 0",
    "100 * rate(anclora_queue_messages_failed_total": (
        "anclora_queue_messages_processed_total + anclora_queue_messages_failed_total > 0"
    ),
    "100 * rate(anclora_analytics": "anclora_analytics_messages_sent_total > 0",
    "100 * sum by": "sum by (message_type, campaign_id) (anclora_analytics_messages_sent_total) > 0",
    "anclora_nodejs_heap": "anclora_python_heap_used_bytes > 0",
    "anclora_nodejs_eventloop": "anclora_python_eventloop_lag_seconds >= 0",
}
"""Which label sets had traffic, by the beginning of the query."""


def label_sets(result: list[dict[str, Any]]) -> set[frozenset[tuple[str, str]]]:
    """Give the label sets of those series that have a number."""
    return {
        frozenset((key, value) for key, value in series["metric"].items() if key != "__name__")
        for series in result
        if math.isfinite(float(series["value"][1]))
    }


def test_the_queries_of_today_answer(example: Example) -> None:
    """Each query of the contract, unchanged, gives a number for each label set that had traffic."""
    queries = contract_queries()
    assert len(queries) == 7
    for query in queries:
        traffic = next(selector for start, selector in TRAFFIC_OF.items() if query.startswith(start))

        def answered(query: str = query, traffic: str = traffic) -> bool:
            expected = label_sets(example.query(traffic))
            return bool(expected) and expected <= label_sets(example.query(query))

        eventually(answered, f"{query} to answer", 45)


def test_the_very_first_event_counts(example: Example) -> None:
    """One conversion of a campaign never seen before is an increase of one, not of nothing."""
    done = run_wrapped(sys.executable, str(PROGRAMS / "first_conversion.py"), **example.telemetry("first"))
    assert (done.returncode, done.stderr) == (0, "")

    query = 'sum(increase(anclora_analytics_conversions_total{campaign_id="never-seen-before"}[10m]))'
    eventually(lambda: example.number(query) >= 0.9, "the first conversion", 30)


def spans_by_trace(example: Example) -> dict[str, list[tuple[str, str]]]:
    """Give service and name of each span in the trace file, by trace."""
    found: dict[str, list[tuple[str, str]]] = {}
    for line in example.trace_file.read_text(encoding="utf-8").splitlines():
        for resource in json.loads(line)["resourceSpans"]:
            attributes = {pair["key"]: pair["value"] for pair in resource["resource"]["attributes"]}
            service = attributes["service.name"]["stringValue"]
            for scope in resource["scopeSpans"]:
                for span in scope["spans"]:
                    found.setdefault(span["traceId"], []).append((service, span["name"]))
    return found


def is_whole(spans: list[tuple[str, str]]) -> bool:
    """Say whether a trace holds the request, the job and the call."""
    return {
        (SERVICE, "POST /messages"),
        (WORKER, "process whatsapp-messages"),
    } <= set(spans) and any(service == WORKER and name.startswith("POST /message/") for service, name in spans)


def test_one_trace_from_request_to_call(example: Example) -> None:
    """A trace holds the request, the job and the call, and Loki gives the log lines of all three by its id."""
    whole = [trace for trace, spans in spans_by_trace(example).items() if is_whole(spans)]
    assert whole

    def lines() -> list[dict[str, Any]]:
        found = example.log_lines(f'{{service_name=~"{SERVICE}|{WORKER}"}} | trace_id="{whole[0]}"')
        scopes = {(line["service_name"], line.get("scope_name")) for line in found}
        return found if {(SERVICE, "queue"), (WORKER, "queue"), (WORKER, "whatsapp")} <= scopes else []

    assert eventually(lines, "the log lines of the trace", 30)
    done = subprocess.run(
        [str(BIN / "anclora-otel"), "trace", whole[0], "--state-dir", str(example.stack.places.state)],
        env=environment(),
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")
    for part in ("POST /messages", "process whatsapp-messages", "called /message/"):
        assert part in done.stdout


PERSONAL = ("+34 612 345 678", "612345678", "612 345 678", "ana.garcia", "example.org")


def test_personal_data_is_found_nowhere(example: Example) -> None:
    """A number and an address in a message, a log line, a span and a label are in no store and no output."""
    began = time.monotonic()
    text = "Write to ana.garcia@example.org or call +34 612 345 678"
    example.post({"to": "+34612345678", "text": text, "type": "text", "priority": "high", "campaign": "none"})
    done = run_wrapped(sys.executable, str(PROGRAMS / "personal_data.py"), **example.telemetry("careless"))
    assert done.returncode == 0

    lines = eventually(lambda: example.log_lines('{service_name="careless"}'), "the careless log line", 30)
    assert any("careless line" in line["line"] for line in lines)
    eventually(lambda: "careless span" in example.trace_file.read_text(encoding="utf-8"), "the careless span", 30)
    label = 'anclora_analytics_messages_sent_total{campaign_id="redacted"}'
    eventually(lambda: example.query(label), "the careless label", 30)
    since = f"{round(time.monotonic() - began) + 10}s"
    outputs = {
        "Prometheus": json.dumps(example.query('{__name__=~".+"}')),
        "Loki": json.dumps(example.log_lines('{service_name=~".+"}', since), ensure_ascii=False),
        "the trace file": example.trace_file.read_text(encoding="utf-8"),
        "the collector's output": example.stack.log_file("collector").read_text(encoding="utf-8"),
    }
    for place, content in outputs.items():
        assert content, place
        assert [secret for secret in PERSONAL if secret in content] == [], place


def test_all_signals_arrive_over_grpc(example: Example) -> None:
    """With the other protocol a job's span, log line and metric arrive as well."""
    variables = {
        **example.telemetry("over-grpc"),
        "OTEL_EXPORTER_OTLP_PROTOCOL": "grpc",
        "OTEL_EXPORTER_OTLP_ENDPOINT": f"http://127.0.0.1:{example.stack.ports.number('otlp_grpc')}",
    }
    job = Path(__file__).parents[1] / "wire" / "programs" / "job.py"
    done = run_wrapped(sys.executable, str(job), **variables)
    assert (done.returncode, json.loads(done.stderr)["message"]) == (0, "work is done")

    eventually(lambda: example.query('job_runs_total{service_name="over-grpc"}'), "the metric", 30)
    eventually(lambda: example.log_lines('{service_name="over-grpc"} |= "work is done"'), "the log line", 30)
    spans = [span for trace in spans_by_trace(example).values() for span in trace]
    assert ("over-grpc", "work") in spans
