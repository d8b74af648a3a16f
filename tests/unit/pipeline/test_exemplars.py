"""Personal data in exemplars."""

from __future__ import annotations

from opentelemetry.sdk.metrics import AlwaysOnExemplarFilter, MeterProvider
from opentelemetry.sdk.metrics.export import InMemoryMetricReader
from opentelemetry.sdk.metrics.view import View

from anclora_otel.pipeline.exemplars import redact_exemplars


def test_what_a_view_drops_is_masked_in_exemplars() -> None:
    """An attribute that a view drops from the series is kept in its exemplar, and masked there."""
    reader = InMemoryMetricReader()
    provider = MeterProvider(
        [reader],
        exemplar_filter=AlwaysOnExemplarFilter(),
        views=[View(instrument_name="sent", attribute_keys={"queue"})],
        shutdown_on_exit=False,
    )
    counter = provider.get_meter("m").create_counter("sent")
    counter.add(1, {"queue": "messages", "url": "/find?phone=+34600111222", "n": 3})
    data = reader.get_metrics_data()
    assert data is not None

    redact_exemplars(data)

    point = data.resource_metrics[0].scope_metrics[0].metrics[0].data.data_points[0]
    assert [dict(exemplar.filtered_attributes or {}) for exemplar in point.exemplars] == [
        {"url": "/find?phone=+34*****22", "n": 3}
    ]
    provider.shutdown()
