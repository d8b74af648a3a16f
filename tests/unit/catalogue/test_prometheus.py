"""From OpenTelemetry names to those of Prometheus."""

from __future__ import annotations

import re

import pytest

from anclora_otel.catalogue import METRICS, prometheus_label, prometheus_name


@pytest.mark.parametrize(
    ("name", "kind", "unit", "expected"),
    [
        ("anclora.queue.messages", "counter", "{message}", "anclora_queue_messages_total"),
        ("anclora.process.cpu", "counter", "s", "anclora_process_cpu_seconds_total"),
        ("requests.total", "counter", "", "requests_total"),
        ("total.requests", "counter", "", "requests_total"),
        ("anclora.queue.wait.duration", "histogram", "s", "anclora_queue_wait_duration_seconds"),
        ("wait.seconds", "histogram", "s", "wait_seconds"),
        ("heap.used", "gauge", "By", "heap_used_bytes"),
        ("conversion.value", "histogram", "euros", "conversion_value_euros"),
        ("share", "gauge", "1", "share_ratio"),
        ("share", "counter", "1", "share_total"),
        ("load", "gauge", "{cpu}", "load"),
        ("latency", "histogram", "ms", "latency_milliseconds"),
        ("http.server.active_requests", "updown", "{request}", "http_server_active_requests"),
        ("a..b--c", "gauge", "", "a_b_c"),
    ],
)
def test_name_follows_the_translation_strategy(name: str, kind: str, unit: str, expected: str) -> None:
    """Dots become underscores, the unit and `_total` are put at the end, once."""
    translated = prometheus_name(name, kind, unit)

    assert expected == translated


@pytest.mark.parametrize(("key", "expected"), [("queue", "queue"), ("error.type", "error_type")])
def test_label_takes_underscores(key: str, expected: str) -> None:
    """What Prometheus does not allow in a label's name becomes an underscore."""
    translated = prometheus_label(key)

    assert expected == translated


def test_names_of_the_catalogue_are_distinct_and_valid() -> None:
    """No two metrics share a name in Prometheus, and all names are of its alphabet."""
    names = [metric.prometheus_name for metric in METRICS]

    assert len(set(names)) == len(METRICS)
    assert all(re.fullmatch(r"[a-z][a-z0-9_]*", name) for name in names)
