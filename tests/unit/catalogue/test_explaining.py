"""What the catalogue says of a metric or an alert."""

from __future__ import annotations

import pytest

from anclora_otel.catalogue.alerts import ALERTS, Scope
from anclora_otel.catalogue.explaining import close_names, explain_alert, explain_metric
from anclora_otel.catalogue.registry import METRICS

SCOPE = Scope()
DURATION = "anclora.queue.processing.duration"


@pytest.mark.parametrize(
    "name",
    [
        DURATION,
        "anclora_queue_processing_duration_seconds",
        "anclora_queue_processing_duration_seconds_bucket",
        "anclora_queue_processing_duration_seconds_count",
    ],
)
def test_metric_by_any_name(name: str) -> None:
    """A metric is found by the name of its instrument and by those of its series."""
    found = explain_metric(name, SCOPE)

    assert found is not None
    assert found.name == DURATION
    assert found.recorder == "record_queue_processed, record_queue_failed"
    assert found.alerts == ("HighQueueLatency", "CriticalQueueLatency")
    assert [label.budget for label in found.labels if label.name == "queue"] == [50]


def test_name_of_the_node_service() -> None:
    """A name of the Node.js service leads to the metric that answers for it."""
    found = explain_metric("anclora_nodejs_heap_used_bytes", SCOPE)

    assert found is not None
    assert found.name == "anclora.python.heap.used"


def test_everything_is_explained() -> None:
    """Each metric and each alert of the catalogue has an explanation with a query."""
    metrics = [explain_metric(metric.prometheus_name, SCOPE) for metric in METRICS]
    alerts = [each for alert in ALERTS for each in explain_alert(alert.name, SCOPE)]

    assert all(each is not None and each.query for each in metrics)
    assert all(each.query and each.runbook_url.endswith(f"/{each.name}/") for each in alerts)


def test_alert_by_way_of_records() -> None:
    """An alert names the records that it reads, those that they read, and the metrics behind them."""
    (found,) = explain_alert("QueueProcessingStopped", SCOPE)

    assert "environment_queue:anclora_queue_waiting_messages:sum" in found.records
    assert "anclora_queue_waiting_messages" in found.metrics
    assert found.hold == "5m"


def test_objective_has_two() -> None:
    """The alert of an objective is explained in both severities."""
    assert [each.severity for each in explain_alert("QueueSuccessBudgetBurn", SCOPE)] == ["critical", "warning"]


@pytest.mark.parametrize(
    ("name", "expected"), [("redisdwon", ["RedisDown"]), ("anclora_queue_eror_total", ["anclora_queue_errors_total"])]
)
def test_close_names(name: str, expected: list[str]) -> None:
    """A misspelt name leads to the one that was meant."""
    assert explain_metric(name, SCOPE) is None
    assert close_names(name)[:1] == expected
