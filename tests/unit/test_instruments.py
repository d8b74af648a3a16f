"""From label values to series."""

from __future__ import annotations

import enum
import logging
from collections.abc import Iterator

import pytest

import anclora_otel
from anclora_otel import instruments
from anclora_otel.catalogue import DOMAINS, initial_metrics
from anclora_otel.catalogue import queue as queue_metrics
from anclora_otel.testing import CapturedMetrics, capture_metrics


@pytest.fixture
def captured() -> Iterator[CapturedMetrics]:
    """Capture what is recorded."""
    with capture_metrics() as metrics:
        yield metrics


def violations(captured: CapturedMetrics) -> dict[tuple[object, ...], float]:
    """Give the label violations by metric, label and reason."""
    return {
        tuple(point.attributes[key] for key in ("metric", "label", "reason")): point.value
        for point in captured.points("anclora.telemetry.label.violations")
    }


def test_an_unknown_value_becomes_other_and_is_counted(captured: CapturedMetrics) -> None:
    """A value outside a closed set keeps its sample, under the fallback."""
    for _ in range(3):
        anclora_otel.record_queue_message("urgent", "text")  # type: ignore[arg-type]

    assert captured.value("anclora.queue.messages", queue="default", priority="other", message_type="text") == 3
    assert violations(captured) == {("anclora.queue.messages", "priority", "unknown_value"): 3}


@pytest.mark.usefixtures("captured")
def test_an_unknown_value_is_said_once(caplog: pytest.LogCaptureFixture) -> None:
    """The log names metric, label and a sample, once."""
    with caplog.at_level(logging.WARNING, "anclora_otel"):
        for _ in range(5):
            anclora_otel.record_queue_message("urgent", "text")  # type: ignore[arg-type]

    assert len(caplog.records) == 1
    assert "anclora.queue.messages: label priority" in caplog.text
    assert "'urgent'" in caplog.text


def test_an_unknown_error_type_becomes_unknown(captured: CapturedMetrics) -> None:
    """The fallback belongs to the label."""
    anclora_otel.record_queue_failed("high", "text", "meteor")  # type: ignore[arg-type]

    assert captured.value("anclora.queue.errors", queue="default", message_type="text", error_type="unknown") == 1


def test_a_value_outside_ranges_is_not_recorded(captured: CapturedMetrics) -> None:
    """Ranges have no fallback: the sample is refused and the violation counted."""
    anclora_otel.record_bulk_operation(0)

    assert captured.points("anclora.queue.bulk.operations") == []
    assert violations(captured) == {("anclora.queue.bulk.operations", "batch_size_range", "unknown_value"): 1}


@pytest.mark.parametrize(
    "value",
    [
        "+34 600 123 456",
        "ana@example.org",
        "34600123456@s.whatsapp.net",
        "1f0e7c9a-3c55-4b69-9b1b-5f3d8a0c2d11",
    ],
)
def test_personal_data_never_becomes_a_label(captured: CapturedMetrics, value: str) -> None:
    """A phone number, an e-mail address or an id in an open label is refused."""
    anclora_otel.record_message_sent("text", value)

    assert captured.value("anclora.analytics.messages.sent", message_type="text", campaign_id="redacted") == 1
    assert violations(captured) == {("anclora.analytics.messages.sent", "campaign_id", "personal_data"): 1}
    assert all(value not in str(point) for point in captured.points())


@pytest.mark.usefixtures("captured")
def test_personal_data_is_not_logged_either(caplog: pytest.LogCaptureFixture) -> None:
    """The complaint does not repeat what it complains about."""
    with caplog.at_level(logging.WARNING, "anclora_otel"):
        anclora_otel.record_queue_message("+34 600 123 456", "text")  # type: ignore[arg-type]
        anclora_otel.record_message_sent("text", "ana@example.org")

    assert caplog.records
    assert "600" not in caplog.text
    assert "ana@" not in caplog.text


def test_a_long_value_is_refused(captured: CapturedMetrics) -> None:
    """A label of ten kilobytes becomes its fallback."""
    anclora_otel.record_message_sent("text", "x" * 10_000)

    assert captured.value("anclora.analytics.messages.sent", message_type="text", campaign_id="other") == 1


def test_a_lone_surrogate_does_not_lose_the_export(captured: CapturedMetrics) -> None:
    """A value that cannot be encoded is replaced."""
    anclora_otel.record_message_sent("text", "caf\ud800")

    assert captured.value("anclora.analytics.messages.sent", message_type="text", campaign_id="caf?") == 1


def test_a_string_enumeration_stands_for_its_value(captured: CapturedMetrics) -> None:
    """Callers may keep their labels in an enumeration."""

    class Priority(str, enum.Enum):
        HIGH = "high"

    anclora_otel.record_queue_message(Priority.HIGH, "text")  # type: ignore[arg-type]

    assert captured.value("anclora.queue.messages", queue="default", priority="high", message_type="text") == 1


@pytest.mark.parametrize(
    ("first", "sister"),
    [
        ("anclora.queue.messages.processed", "anclora.queue.messages.failed"),
        ("anclora.queue.messages.failed", "anclora.queue.messages.processed"),
    ],
)
def test_sister_series_come_into_being_together(captured: CapturedMetrics, first: str, sister: str) -> None:
    """A ratio over the two always has both sides, with equal labels."""
    if first.endswith("processed"):
        anclora_otel.record_queue_processed("high", "image", 0.1)
    else:
        anclora_otel.record_queue_failed("high", "image", "timeout")

    labels = {"queue": "default", "priority": "high", "message_type": "image"}
    assert captured.value(first, **labels) == 1
    assert captured.value(sister, **labels) == 0


def test_zero_initialisation_covers_closed_counters(captured: CapturedMetrics) -> None:
    """Counters with at most 20 possible series start at zero; the others do not."""
    current = instruments.current()
    current.start_at_zero(initial_metrics(frozenset(DOMAINS)))

    assert captured.value("anclora.analytics.handoffs", reason="complaint") == 0
    assert captured.value("anclora.business.high_value.sales") == 0
    assert len(captured.points("anclora.analytics.messages.sent")) == 11
    assert captured.points("anclora.queue.messages") == []


def test_a_gauge_keeps_its_value_between_collections(captured: CapturedMetrics) -> None:
    """A gauge that was set once is reported at every collection."""
    anclora_otel.set_active_instances(2)

    assert captured.value("anclora.whatsapp.active.instances") == 2
    assert captured.value("anclora.whatsapp.active.instances") == 2


def test_an_observer_that_fails_leaves_the_others(captured: CapturedMetrics) -> None:
    """One broken source does not take the metric along."""
    gauge = instruments.current().gauge(queue_metrics.QUEUE_ACTIVE_MESSAGES)

    def broken() -> list[instruments.Reading]:
        raise ConnectionError("gone")

    gauge.add_observer(broken)
    gauge.add_observer(lambda: [(4.0, ("q",))])

    assert captured.value("anclora.queue.active.messages", queue="q") == 4


def test_the_wrong_kind_of_instrument_is_refused() -> None:
    """Asking for a histogram as a counter is a mistake in code."""
    with capture_metrics():
        current = instruments.current()
        current.histogram(queue_metrics.QUEUE_WAIT_DURATION)

        with pytest.raises(TypeError, match="no counter"):
            current.counter(queue_metrics.QUEUE_WAIT_DURATION)
