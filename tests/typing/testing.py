"""A test of a service, as its author types it."""

from __future__ import annotations

from anclora_otel import record_message_sent
from anclora_otel.testing import (
    CapturedMetrics,
    OtlpReceiver,
    Point,
    Received,
    ReceiverMode,
    capture_metrics,
    plain_attributes,
    plain_value,
)


def test_what_is_recorded() -> None:
    """Capture what a block records."""
    with capture_metrics(queue_name="campaigns") as captured:
        record_message_sent("text", None)
    metrics: CapturedMetrics = captured
    points: list[Point] = metrics.points("anclora.analytics.messages.sent")
    value: float | None = metrics.value("anclora.analytics.messages.sent", message_type="text", campaign_id="none")
    assert points[0].value + points[0].count == 2
    assert value == metrics.total("anclora.analytics.messages.sent")


def test_what_is_sent() -> None:
    """Receive over a real socket, in each of the modes."""
    mode: ReceiverMode = "too_many_requests"
    with OtlpReceiver(mode) as receiver:
        receiver.mode = "accept"
        arrived: bool = receiver.wait_for("spans", "GET /", timeout_seconds=5)
        received: Received = receiver.received
        attributes: dict[str, object] = plain_attributes(list(received.spans[0].attributes))
        texts = [plain_value(record.body) for record in received.logs]
    assert arrived
    assert receiver.endpoint.startswith("http://")
    assert receiver.requests == len(texts) + len(attributes)
