"""Trace context in the mapping of a job, whatever else is in it."""

from __future__ import annotations

import pytest
from opentelemetry import baggage, trace
from opentelemetry.trace import NonRecordingSpan, SpanContext, TraceFlags

from anclora_otel.queues.carriers import context_of, current_carrier

TRACE_ID = 0x0AF7651916CD43DD8448EB211C80319C
SPAN_ID = 0xB7AD6B7169203331
TRACEPARENT = f"00-{TRACE_ID:032x}-{SPAN_ID:016x}-01"
SPAN = NonRecordingSpan(SpanContext(TRACE_ID, SPAN_ID, True, TraceFlags(TraceFlags.SAMPLED)))


def _found(carrier: object) -> SpanContext:
    return trace.get_current_span(context_of(carrier)).get_span_context()


@pytest.mark.parametrize(
    "carrier",
    [
        {"traceparent": TRACEPARENT},
        {b"traceparent": TRACEPARENT.encode()},
        {"traceparent": TRACEPARENT.encode(), "to": b"\xff\xfe", 7: object()},
        {"traceparent": TRACEPARENT, "baggage": "k=" + "v" * 1_000_000},
        {"traceparent": TRACEPARENT, "tracestate": 7},
    ],
)
def test_context_is_found(carrier: object) -> None:
    """Text and bytes are read, foreign things are passed over."""
    context = context_of(carrier)

    assert trace.get_current_span(context).get_span_context().span_id == SPAN_ID
    assert not baggage.get_all(context)


@pytest.mark.parametrize(
    "carrier",
    [
        None,
        7,
        "traceparent",
        [("traceparent", TRACEPARENT)],
        {},
        {"traceparent": None},
        {"traceparent": 7},
        {"traceparent": ""},
        {"traceparent": "00-zz-zz-01"},
        {"traceparent": f"00-{0:032x}-{SPAN_ID:016x}-01"},
        {"traceparent": "0" * 1_000_000},
        {"traceparent": b"\xff\xfe\xfd"},
        {"traceparent": [TRACEPARENT]},
        {"traceparent": TRACEPARENT + "\r\nx: y"},
    ],
)
def test_broken_context_is_an_empty_one(carrier: object) -> None:
    """Whatever a job holds, nothing is raised, and the current trace does not leak in."""
    with trace.use_span(SPAN):
        assert not _found(carrier).is_valid


def test_round_trip() -> None:
    """What is written is read again."""
    with trace.use_span(SPAN):
        carrier = current_carrier()

    assert carrier == {"traceparent": TRACEPARENT}
    assert _found(carrier).trace_id == TRACE_ID


def test_no_trace() -> None:
    """Without a trace nothing is to travel."""
    assert current_carrier() == {}
