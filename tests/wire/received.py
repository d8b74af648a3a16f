"""Read what an OTLP receiver has got of spans and metrics, as the tests ask for it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field

from opentelemetry.proto.metrics.v1.metrics_pb2 import Metric
from opentelemetry.proto.trace.v1.trace_pb2 import Span

from anclora_otel.testing import OtlpReceiver, plain_attributes

PRODUCER, CONSUMER, CLIENT = Span.SPAN_KIND_PRODUCER, Span.SPAN_KIND_CONSUMER, Span.SPAN_KIND_CLIENT


@dataclass(frozen=True)
class ReceivedSpan:
    """A span, with its ids as text; `parent` is empty where it has none."""

    name: str
    kind: int
    trace: str
    id: str
    parent: str
    attributes: dict[str, object] = field(default_factory=dict)
    linked: tuple[str, ...] = ()
    failed: bool = False
    events: tuple[str, ...] = ()


def spans(receiver: OtlpReceiver) -> list[ReceivedSpan]:
    """Give all spans that have arrived."""
    with receiver.changed:
        return [_span(span) for span in receiver.received.spans]


def of_kind(found: Iterable[ReceivedSpan], kind: int) -> list[ReceivedSpan]:
    """Give those of a kind."""
    return [span for span in found if span.kind == kind]


def totals(receiver: OtlpReceiver, name: str, *labels: str) -> dict[tuple[object, ...], float]:
    """
    Give the last value of a counter, or the last count of a histogram, by the values of some labels.

    Args:
        receiver: what has got them; from one process.
        name: of the metric.
        labels: which labels to keep.
    """
    latest: dict[tuple[tuple[str, object], ...], float] = {}
    with receiver.changed:
        for metric in receiver.received.metrics:
            if metric.name == name:
                latest.update(_values(metric))
    kept: Counter[tuple[object, ...]] = Counter()
    for attributes, value in latest.items():
        kept[tuple(dict(attributes)[label] for label in labels)] += value  # type: ignore[assignment]
    return {key: value for key, value in kept.items() if value}


def processes_with_metrics(receiver: OtlpReceiver) -> int:
    """Count the processes whose metrics have arrived, by the time at which each was started."""
    with receiver.changed:
        started = [metric for metric in receiver.received.metrics if metric.name == "anclora.process.start.time"]
        return len({point.as_double for metric in started for point in metric.gauge.data_points})


def _values(metric: Metric) -> dict[tuple[tuple[str, object], ...], float]:
    counts = {_key(point): float(point.count) for point in metric.histogram.data_points}
    numbers = [*metric.sum.data_points, *metric.gauge.data_points]
    return {**counts, **{_key(point): point.as_double or float(point.as_int) for point in numbers}}


def _key(point: object) -> tuple[tuple[str, object], ...]:
    return tuple(sorted(plain_attributes(list(getattr(point, "attributes"))).items()))  # noqa: B009 - points of two kinds


def _span(span: Span) -> ReceivedSpan:
    return ReceivedSpan(
        name=span.name,
        kind=span.kind,
        trace=span.trace_id.hex(),
        id=span.span_id.hex(),
        parent=span.parent_span_id.hex(),
        attributes=plain_attributes(list(span.attributes)),
        linked=tuple(link.span_id.hex() for link in span.links),
        failed=span.status.code == span.status.STATUS_CODE_ERROR,
        events=tuple(event.name for event in span.events),
    )
