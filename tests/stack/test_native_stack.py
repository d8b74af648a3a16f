"""The native stack as it runs: real Redis, Prometheus, Loki and collector on ports of their own."""

from __future__ import annotations

import http.client
import json
import os
import time
import urllib.parse
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from anclora_otel.stack import Places, Ports, Stack
from tests.stack.example import eventually
from tests.unit.redaction.corpus import FOUND, LEFT_ALONE

PROJECT = Path(__file__).parents[2]

OTHER_PLACES = (
    "+34 612-345-678",
    "+1 (415) 555-2671",
    "00 34 612 345 682",
    "%2B34612345683",
    "34612345687%40s.whatsapp.net",
    "josé@example.es",
    '{"number":"34612345688"}',
)
PERSONAL = (*FOUND, *OTHER_PLACES)
"""What must never arrive anywhere: the corpus of the redaction policy, and more."""

HARMLESS = (*LEFT_ALONE, "took 0.0034567890123 s", "bullmq@3.4.4 loaded")
"""What must arrive unchanged."""


@pytest.fixture(scope="module")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    """Start a whole stack for this module and stop it."""
    places = Places.choose(PROJECT, os.environ, state=tmp_path_factory.mktemp("stack"))
    stack = Stack(places, Ports.free())
    stack.up()
    yield stack
    stack.down()


def _request(port: int, method: str, path: str, body: object = None) -> Any:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    try:
        text = None if body is None else json.dumps(body)
        connection.request(method, path, body=text, headers={"Content-Type": "application/json"})
        response = connection.getresponse()
        answer = response.read()
        assert response.status == 200, answer
        return json.loads(answer)
    finally:
        connection.close()


def _prometheus(stack: Stack, query: str) -> list[dict[str, Any]]:
    path = f"/api/v1/query?query={urllib.parse.quote(query)}"
    result: list[dict[str, Any]] = _request(stack.ports.prometheus, "GET", path)["data"]["result"]
    return result


def _loki(stack: Stack, query: str) -> list[dict[str, Any]]:
    path = f"/loki/api/v1/query_range?limit=1000&query={urllib.parse.quote(query)}"
    result: list[dict[str, Any]] = _request(stack.ports.loki, "GET", path)["data"]["result"]
    return result


def _attribute(key: str, value: str) -> dict[str, Any]:
    return {"key": key, "value": {"stringValue": value}}


def _resource(service: str) -> dict[str, Any]:
    return {"attributes": [_attribute("service.name", service), _attribute("service.instance.id", f"{service}-1")]}


def _send_span(stack: Stack, trace_id: str, text: str) -> None:
    now = time.time_ns()
    span = {
        "traceId": trace_id,
        "spanId": trace_id[:16],
        "name": f"name {text}",
        "kind": 1,
        "startTimeUnixNano": str(now),
        "endTimeUnixNano": str(now + 1000),
        "attributes": [
            _attribute("text", text),
            {"key": "texts", "value": {"arrayValue": {"values": [{"stringValue": text}]}}},
            {"key": "nested", "value": {"kvlistValue": {"values": [_attribute("inner", text)]}}},
        ],
        "events": [{"timeUnixNano": str(now), "name": f"event {text}", "attributes": [_attribute("e", text)]}],
        "status": {"code": 2, "message": f"status {text}"},
    }
    scope = {"spans": [span]}
    _request(
        stack.ports.otlp_http,
        "POST",
        "/v1/traces",
        {"resourceSpans": [{"resource": _resource("probe"), "scopeSpans": [scope]}]},
    )


def _send_log(stack: Stack, service: str, text: str, attributes: list[dict[str, Any]]) -> None:
    record = {"timeUnixNano": str(time.time_ns()), "body": {"stringValue": text}, "attributes": attributes}
    scope = {"logRecords": [record]}
    _request(
        stack.ports.otlp_http,
        "POST",
        "/v1/logs",
        {"resourceLogs": [{"resource": _resource(service), "scopeLogs": [scope]}]},
    )


def _send_counter(stack: Stack, service: str, value: int) -> None:
    now = time.time_ns()
    point = {"startTimeUnixNano": str(now - 10**9), "timeUnixNano": str(now), "asInt": str(value)}
    metric = {
        "name": "stack.probe",
        "unit": "{probe}",
        "sum": {"dataPoints": [point], "aggregationTemporality": 2, "isMonotonic": True},
    }
    scope = {"metrics": [metric]}
    _request(
        stack.ports.otlp_http,
        "POST",
        "/v1/metrics",
        {"resourceMetrics": [{"resource": _resource(service), "scopeMetrics": [scope]}]},
    )


def _trace_line(stack: Stack, trace_id: str) -> str:
    file = stack.places.trace_file
    lines = file.read_text().splitlines() if file.exists() else []
    return next((line for line in lines if trace_id in line), "")


def _await_trace(stack: Stack, trace_id: str) -> str:
    return eventually(lambda: _trace_line(stack, trace_id), "the span")


def test_second_up_finds_everything_running(stack: Stack) -> None:
    """Starting a running stack changes nothing and takes no time."""
    pids = [component.pid for component in stack.status()]
    began = time.monotonic()
    started = stack.up()

    assert {each.how for each in started} == {"running"}
    assert time.monotonic() - began < 3
    assert pids == [component.pid for component in stack.status()]


def test_another_stack_object_finds_the_same_ports(stack: Stack) -> None:
    """Whoever names the state folder alone finds the stack's ports and processes."""
    again = Stack(stack.places)

    assert again.ports == stack.ports
    assert {component.state for component in again.status()} == {"ready"}


def test_prometheus_scrapes_the_stack_itself(stack: Stack) -> None:
    """Prometheus reads its own metrics and those of the collector, Loki and Alertmanager."""
    healthy = eventually(
        lambda: (
            {each["metric"]["job"] for each in _prometheus(stack, "up == 1")}
            >= {"prometheus", "collector", "loki", "alertmanager"}
        ),
        "the targets",
    )

    assert healthy


def test_prometheus_found_alertmanager(stack: Stack) -> None:
    """Prometheus has an Alertmanager to send its alerts to."""
    query = "prometheus_notifications_alertmanagers_discovered == 1"

    assert eventually(lambda: _prometheus(stack, query), "Alertmanager to be found")


@pytest.mark.parametrize(
    ("query", "job"),
    [("redis_memory_used_bytes", "redis"), ("system_memory_usage_bytes", "host"), ("redis_maxmemory_bytes", "redis")],
)
def test_redis_and_host_have_an_identity(stack: Stack, query: str, job: str) -> None:
    """Metrics of Redis and of the host arrive with a job and an instance."""
    series = eventually(lambda: _prometheus(stack, query), query)

    assert {each["metric"]["job"] for each in series} == {job}
    assert all(each["metric"]["instance"] and each["metric"]["service_name"] == job for each in series)


def test_first_point_of_a_counter_is_an_increase(stack: Stack) -> None:
    """A counter whose first point is 1 has increased by 1."""
    _send_counter(stack, "first", 1)
    query = 'increase(stack_probe_total{service_name="first"}[10m])'
    series = eventually(lambda: _prometheus(stack, query), query)

    assert float(series[0]["value"][1]) >= 0.9


def test_personal_data_is_not_in_the_trace_file(stack: Stack) -> None:
    """No personal data is left in name, attribute, event or status of a span."""
    trace_ids = {f"{number:032x}": text for number, text in enumerate(PERSONAL, start=0xABC000)}
    for trace_id, text in trace_ids.items():
        _send_span(stack, trace_id, text)
    spans = {text: _await_trace(stack, trace_id) for trace_id, text in trace_ids.items()}

    leaked = {text: line for text, line in spans.items() if _holds(line, text)}
    assert leaked == {}
    assert [text for text, line in spans.items() if line.count("****") < 7] == []
    assert not any("anclora.redaction" in line for line in spans.values())


def test_harmless_text_is_left_as_it_is(stack: Stack) -> None:
    """Times, ids, versions and counts are not taken for telephone numbers."""
    trace_ids = {f"{number:032x}": text for number, text in enumerate(HARMLESS, start=0xDEF000)}
    for trace_id, text in trace_ids.items():
        _send_span(stack, trace_id, text)
    spans = {text: _await_trace(stack, trace_id) for trace_id, text in trace_ids.items()}

    assert [text for text, line in spans.items() if f"name {text}" not in _texts(json.loads(line))] == []
    assert [text for text, line in spans.items() if "****" in line] == []


def test_personal_data_is_not_in_loki(stack: Stack) -> None:
    """No personal data is left in a log line or its attributes, whatever the attribute is called."""
    for text in PERSONAL:
        attributes = [_attribute("note", text), _attribute("phoneNumber", "612345691")]
        _send_log(stack, "personal", f"note {text} done", attributes)

    def arrived() -> str:
        streams = _loki(stack, '{service_name="personal"}')
        lines = sum(len(stream["values"]) for stream in streams)
        return json.dumps(streams) if lines == len(PERSONAL) else ""

    answer = eventually(arrived, "the log lines")
    assert [text for text in PERSONAL if _holds(answer, text)] == []
    assert "612345691" not in answer


def _texts(value: object) -> list[str]:
    if isinstance(value, str):
        return [value]
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return [text for each in inner for text in _texts(each)]


def _holds(document: str, text: str) -> bool:
    """Say whether a JSON document holds the text itself in any of its texts."""
    return any(text in each for each in _texts(json.loads(document)))


def test_outage_and_crash_lose_nothing_that_was_accepted(stack: Stack) -> None:
    """What the collector accepted while its backends were down arrives after it was killed and started again."""
    stack.stop("loki")
    stack.stop("prometheus")
    _send_log(stack, "outage", "sent into the outage", [])
    _send_counter(stack, "outage", 7)
    stack.kill("collector")
    for name in ("loki", "prometheus", "collector"):
        stack.start(name)

    lines = eventually(lambda: _loki(stack, '{service_name="outage"}'), "the log line")
    query = 'stack_probe_total{service_name="outage"}'
    series = eventually(lambda: _prometheus(stack, query), query)
    assert lines[0]["values"][0][1] == "sent into the outage"
    assert series[0]["value"][1] == "7"


def test_logs_of_the_collector_hold_no_personal_data(stack: Stack) -> None:
    """What passes through the collector does not show in its own log."""
    log = stack.log_file("collector")
    text = log.read_text() + log.with_suffix(".previous.log").read_text()

    assert [each for each in PERSONAL if each in text] == []


def test_down_stops_everything_and_frees_the_ports(stack: Stack) -> None:
    """After `down` no process of the stack runs and its ports are free; `up` brings it back."""
    stopped = stack.down()
    states = {component.state for component in stack.status()}
    started = stack.up()

    assert set(stopped) == {"redis", "receivers", "alertmanager", "prometheus", "loki", "collector"}
    assert states == {"stopped"}
    assert {each.how for each in started} == {"started"}
