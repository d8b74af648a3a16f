"""
The metrics of the messaging conventions, beside our own.

The conventions are still incubating, so names, units and buckets are pinned here rather than imported.
Source: OpenTelemetry semantic conventions 1.38, "Semantic conventions for messaging client metrics".
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from opentelemetry import metrics
from opentelemetry.util.types import AttributeValue

from anclora_otel._guard import guarded

DURATION_BUCKETS = (0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1.0, 2.5, 5.0, 7.5, 10.0)
"""Bounds in seconds that the conventions advise."""

# Proxies until a provider is set.
_meter = metrics.get_meter("anclora_otel.queues")
_sent = _meter.create_counter("messaging.client.sent.messages", "{message}", "messages that a producer tried to send")
_consumed = _meter.create_counter(
    "messaging.client.consumed.messages", "{message}", "messages given to the application"
)
_sending = _meter.create_histogram(
    "messaging.client.operation.duration",
    "s",
    "time of sending to the broker",
    explicit_bucket_boundaries_advisory=DURATION_BUCKETS,
)
_processing = _meter.create_histogram(
    "messaging.process.duration",
    "s",
    "time of processing by the application",
    explicit_bucket_boundaries_advisory=DURATION_BUCKETS,
)


@contextmanager
def measured_sending(attributes: Mapping[str, AttributeValue], count: int) -> Iterator[None]:
    """
    Record the sending of messages in a block.

    Args:
        attributes: system, destination and operation.
        count: messages that are sent in it.

    """
    told = dict(attributes)
    try:
        with _timed(_sending, told):
            yield
    finally:
        _add(_sent, count, told)


@contextmanager
def measured_processing(attributes: Mapping[str, AttributeValue], count: int) -> Iterator[None]:
    """
    Record the processing of messages in a block.

    Args:
        attributes: system, destination and operation.
        count: messages that are processed in it.

    """
    _add(_consumed, count, attributes)
    with _timed(_processing, dict(attributes)):
        yield


@contextmanager
def _timed(histogram: metrics.Histogram, told: dict[str, AttributeValue]) -> Iterator[None]:
    started = time.perf_counter()
    try:
        yield
    except BaseException as error:
        told["error.type"] = type(error).__qualname__
        raise
    finally:
        _record(histogram, time.perf_counter() - started, told)


@guarded
def _add(counter: metrics.Counter, amount: int, attributes: Mapping[str, AttributeValue]) -> None:
    counter.add(amount, attributes)


@guarded
def _record(histogram: metrics.Histogram, seconds: float, attributes: Mapping[str, AttributeValue]) -> None:
    histogram.record(seconds, attributes)
