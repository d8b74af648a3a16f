"""The metrics of the messaging conventions."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from opentelemetry.sdk.metrics import MeterProvider
from opentelemetry.sdk.metrics.export import InMemoryMetricReader

from anclora_otel.queues import messaging_metrics
from anclora_otel.queues.spans import consuming, consuming_batch, producing
from anclora_otel.testing import CapturedMetrics

SENDING = {
    "messaging.system": "bullmq",
    "messaging.operation.type": "send",
    "messaging.operation.name": "send",
    "messaging.destination.name": "mail",
}
PROCESSING = {**SENDING, "messaging.operation.type": "process", "messaging.operation.name": "process"}


@pytest.fixture
def captured(monkeypatch: pytest.MonkeyPatch) -> Iterator[CapturedMetrics]:
    """Give what the instruments of a provider of its own record."""
    reader = InMemoryMetricReader()
    provider = MeterProvider(metric_readers=[reader], shutdown_on_exit=False)
    meter = provider.get_meter("test")
    for name, instrument in (
        ("_sent", meter.create_counter("messaging.client.sent.messages")),
        ("_consumed", meter.create_counter("messaging.client.consumed.messages")),
        ("_sending", meter.create_histogram("messaging.client.operation.duration")),
        ("_processing", meter.create_histogram("messaging.process.duration")),
    ):
        monkeypatch.setattr(messaging_metrics, name, instrument)
    yield CapturedMetrics(reader)
    provider.shutdown()


def test_what_is_sent_is_counted_and_timed(captured: CapturedMetrics) -> None:
    """One message, then three at once."""
    with producing("bullmq", "mail"):
        pass
    with producing("bullmq", "mail", count=3):
        pass

    assert captured.value("messaging.client.sent.messages", **SENDING) == 4
    assert [point.count for point in captured.points("messaging.client.operation.duration")] == [2]


def test_a_sending_that_fails_says_why(captured: CapturedMetrics) -> None:
    """It was tried, so it counts, by the error's class."""
    with pytest.raises(ValueError, match="no"), producing("bullmq", "mail"):
        raise ValueError("no")

    assert captured.value("messaging.client.sent.messages", **SENDING, **{"error.type": "ValueError"}) == 1


def test_what_is_processed_is_counted_and_timed(captured: CapturedMetrics) -> None:
    """A job, a job that fails, and a batch of two; the job's id is no attribute of a metric."""
    from opentelemetry.context import Context

    with consuming("bullmq", "mail", Context(), message_id="17"):
        pass
    with pytest.raises(KeyError), consuming("bullmq", "mail", Context()):
        raise KeyError
    with consuming_batch("bullmq", "mail", [Context(), Context()]):
        pass

    assert captured.value("messaging.client.consumed.messages", **PROCESSING) == 4
    counts = {
        point.attributes.get("error.type"): point.count for point in captured.points("messaging.process.duration")
    }
    assert counts == {None: 2, "KeyError": 1}
