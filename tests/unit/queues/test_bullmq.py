"""BullMQ's priorities and the trace context in job options, without a broker."""

from __future__ import annotations

import itertools
import json

import pytest
from opentelemetry import trace
from opentelemetry.context import Context
from opentelemetry.trace import NonRecordingSpan, SpanContext, TraceFlags

from anclora_otel.catalogue.labels import Priority
from anclora_otel.queues import bullmq_priority, extract_context, inject_context, priority_name
from anclora_otel.queues.priorities import BANDS, MAXIMUM_NUMBER

TRACE_ID = 0x0AF7651916CD43DD8448EB211C80319C
SPAN_ID = 0xB7AD6B7169203331
TRACEPARENT = f"00-{TRACE_ID:032x}-{SPAN_ID:016x}-01"


def _span_context(context: Context) -> SpanContext:
    return trace.get_current_span(context).get_span_context()


class TestPriorities:
    """Priorities and their numbers."""

    @pytest.mark.parametrize("priority", ["critical", "high", "normal", "low", "bulk", "other"])
    def test_round_trip(self, priority: Priority) -> None:
        """Every priority is found again from the number that is written for it."""
        assert priority == priority_name(bullmq_priority(priority))

    @pytest.mark.parametrize(
        ("number", "expected"),
        [
            (0, "normal"),
            (1, "critical"),
            (2, "high"),
            (5, "high"),
            (6, "low"),
            (10, "low"),
            (11, "bulk"),
            (20, "bulk"),
            (21, "other"),
            (MAXIMUM_NUMBER, "other"),
            (-1, "other"),
        ],
    )
    def test_bands(self, number: int, expected: str) -> None:
        """Numbers that a Node.js service may use fall into the band of the next name."""
        assert expected == priority_name(number)

    def test_bands_are_gapless(self) -> None:
        """Each band begins where the one before ends, so that no job is counted twice or not at all."""
        edges = [(left.score_limit, right.minimum_score) for left, right in itertools.pairwise(BANDS)]

        assert all(end == start for end, start in edges)

    def test_unknown_name(self) -> None:
        """A name that is not ours is refused with the names that are."""
        with pytest.raises(ValueError, match="priority is 'urgent'; expected one of normal, critical"):
            bullmq_priority("urgent")  # type: ignore[arg-type]


class TestInject:
    """Context on its way into a job."""

    def test_context_is_a_json_string(self) -> None:
        """The carrier goes into `tm` as JSON text, beside the options that were there."""
        span = NonRecordingSpan(SpanContext(TRACE_ID, SPAN_ID, False, TraceFlags(TraceFlags.SAMPLED)))
        with trace.use_span(span):
            options = inject_context({"attempts": 3})

        assert {"attempts": 3, "tm": json.dumps({"traceparent": TRACEPARENT})} == options

    def test_omitted(self) -> None:
        """Options that say to omit the context come back as they were."""
        span = NonRecordingSpan(SpanContext(TRACE_ID, SPAN_ID, False, TraceFlags(TraceFlags.SAMPLED)))
        with trace.use_span(span):
            options = inject_context({"omc": True})

        assert options == {"omc": True}

    def test_no_span(self) -> None:
        """Without a span nothing is added."""
        assert inject_context({}) == {}


class TestExtract:
    """Context on its way out of a job."""

    def test_round_trip(self) -> None:
        """What a producer put in is what the consumer gets out."""
        context = extract_context({"tm": json.dumps({"traceparent": TRACEPARENT})})

        assert (_span_context(context).trace_id, _span_context(context).span_id) == (TRACE_ID, SPAN_ID)

    @pytest.mark.parametrize(
        "options",
        [
            None,
            {},
            {"tm": None},
            {"tm": 7},
            {"tm": ""},
            {"tm": "{"},
            {"tm": "[" * 100_000},
            {"tm": "[]"},
            {"tm": '{"traceparent": 7}'},
            {"tm": '{"traceparent": "00-zz-zz-01"}'},
            {"tm": {"traceparent": TRACEPARENT}},
            {"tm": json.dumps({"traceparent": TRACEPARENT}), "omc": True},
        ],
    )
    def test_absent_or_broken(self, options: dict[str, object] | None) -> None:
        """An absent, omitted or broken context is an empty one, never an error."""
        assert not _span_context(extract_context(options)).is_valid

    def test_current_span_does_not_leak_in(self) -> None:
        """A job without context does not become a child of whatever the worker is doing."""
        span = NonRecordingSpan(SpanContext(TRACE_ID, SPAN_ID, True, TraceFlags(TraceFlags.SAMPLED)))
        with trace.use_span(span):
            context = extract_context({})

        assert not _span_context(context).is_valid
