"""Each recorder writes what the contract says, and none ever raises."""

from __future__ import annotations

import inspect
import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest

import anclora_otel
from anclora_otel import instruments
from anclora_otel.recorders.analytics import use_conversation_store
from anclora_otel.testing import CapturedMetrics, capture_metrics


class Hostile:
    """A value that refuses everything."""

    def __str__(self) -> str:
        raise RuntimeError("no text")

    __repr__ = __str__

    def __hash__(self) -> int:
        raise RuntimeError("no hash")

    def __eq__(self, other: object) -> bool:
        raise RuntimeError("no comparison")

    def __bool__(self) -> bool:
        raise RuntimeError("no truth")


NASTY: list[Any] = [
    None,
    "",
    "text",
    -1,
    0,
    math.nan,
    math.inf,
    1e400,
    10**400,
    True,
    [],
    {"a": 1},
    b"bytes",
    "\ud800",
    "x" * 10_000,
    object(),
    Hostile(),
]
RECORDERS: list[Callable[..., None]] = [
    getattr(anclora_otel, name)
    for name in anclora_otel.__all__
    if name.startswith(("record_", "set_", "observe_", "conversation_"))
]


@pytest.fixture
def captured() -> Iterator[CapturedMetrics]:
    """Capture what is recorded."""
    with capture_metrics() as metrics:
        yield metrics


@pytest.mark.parametrize("recorder", RECORDERS, ids=lambda recorder: recorder.__name__)
@pytest.mark.parametrize("value", NASTY, ids=lambda value: type(value).__name__)
def test_no_recorder_raises_whatever_it_is_given(
    captured: CapturedMetrics, recorder: Callable[..., None], value: Any
) -> None:
    """Telemetry never breaks the application, and collection goes on."""
    count = len([p for p in inspect.signature(recorder).parameters.values() if p.kind is not p.KEYWORD_ONLY])
    recorder(*[value] * count)
    recorder()
    recorder(*[value] * 9)
    recorder(nonsense=value)

    captured.points()


def test_a_processed_message(captured: CapturedMetrics) -> None:
    """It counts once and its duration is observed."""
    anclora_otel.record_queue_processed("high", "text", 0.25, queue="out")

    labels = {"queue": "out", "priority": "high", "message_type": "text"}
    assert captured.value("anclora.queue.messages.processed", **labels) == 1
    assert captured.value("anclora.queue.processing.duration", **labels) == 0.25


def test_a_wrong_duration_keeps_the_count(captured: CapturedMetrics) -> None:
    """What can be recorded is recorded."""
    anclora_otel.record_queue_processed("high", "text", math.nan)

    assert captured.total("anclora.queue.messages.processed") == 1
    assert captured.points("anclora.queue.processing.duration") == []


@pytest.mark.parametrize(("will_retry", "failed"), [(True, None), (False, 1)])
def test_a_failure_that_will_be_retried_is_an_error_only(
    captured: CapturedMetrics, will_retry: bool, failed: float | None
) -> None:
    """The message counts as failed when no attempt is left; the duration is observed all the same."""
    anclora_otel.record_queue_failed("low", "text", "timeout", duration_seconds=1.5, will_retry=will_retry)

    labels = {"queue": "default", "priority": "low", "message_type": "text"}
    assert captured.value("anclora.queue.messages.failed", **labels) == failed
    assert captured.total("anclora.queue.errors") == 1
    assert captured.value("anclora.queue.processing.duration", **labels) == 1.5


@pytest.mark.parametrize(
    ("size", "size_range"),
    [
        (1, "1-10"),
        (10, "1-10"),
        (11, "11-50"),
        (100, "51-100"),
        (101, "101-500"),
        (1000, "501-1000"),
        (1001, "1000+"),
    ],
)
def test_every_batch_size_has_its_range(captured: CapturedMetrics, size: int, size_range: str) -> None:
    """The ranges are total."""
    anclora_otel.record_bulk_operation(size)

    assert captured.value("anclora.queue.bulk.operations", queue="default", batch_size_range=size_range) == 1


@pytest.mark.parametrize(
    ("confidence", "confidence_range"),
    [
        (0, "0.0-0.3"),
        (0.3, "0.0-0.3"),
        (0.31, "0.3-0.5"),
        (0.7, "0.5-0.7"),
        (0.9, "0.7-0.9"),
        (1.0, "0.9-1.0"),
    ],
)
def test_upper_bounds_of_confidence_are_inclusive(
    captured: CapturedMetrics, confidence: float, confidence_range: str
) -> None:
    """A bound belongs to the range beneath it, as in a bucket."""
    anclora_otel.record_intent("visit", confidence)

    assert captured.value("anclora.bot.intents.detected", intent="visit", confidence_range=confidence_range) == 1


@pytest.mark.parametrize("confidence", [-0.1, 1.01])
def test_a_confidence_outside_its_range_is_not_recorded(captured: CapturedMetrics, confidence: float) -> None:
    """Neither counter nor histogram takes it."""
    anclora_otel.record_intent("visit", confidence)

    assert captured.points("anclora.bot.intents.detected") == []
    assert captured.points("anclora.bot.intent.confidence") == []


@pytest.mark.parametrize(
    ("status", "label"),
    [
        (200, "200"),
        ("429", "429"),
        (418, "4xx"),
        (599, "5xx"),
        (302, "other"),
        ("timeout", "timeout"),
        (7, "other"),
    ],
)
def test_an_unlisted_status_falls_to_its_class(captured: CapturedMetrics, status: int | str, label: str) -> None:
    """A status has its own label, its class, or other."""
    anclora_otel.record_whatsapp_api_call("/message/sendText/{instance}", "POST", status, 0.1)  # type: ignore[arg-type]

    assert [point.attributes["status_code"] for point in captured.points("anclora.whatsapp.api.calls")] == [label]


@pytest.mark.parametrize(("value", "high"), [(5_000_000, 0), (5_000_000.01, 1)])
def test_a_sale_above_the_limit_is_a_high_value_sale(captured: CapturedMetrics, value: float, high: int) -> None:
    """The limit itself is not above it."""
    anclora_otel.record_conversion("sale", value, "spring")

    assert captured.total("anclora.business.high_value.sales") == high
    assert captured.value("anclora.analytics.conversions", conversion_type="sale", campaign_id="spring") == 1


def test_no_campaign_is_none(captured: CapturedMetrics) -> None:
    """A message without a campaign never has an empty label."""
    anclora_otel.record_message_read("text", "")

    assert captured.value("anclora.analytics.messages.read", message_type="text", campaign_id="none") == 1


@pytest.mark.parametrize(("operation", "observed"), [("get", 1), ("bzpopmin", 0)])
def test_blocking_commands_are_no_latency(captured: CapturedMetrics, operation: str, observed: int) -> None:
    """A command that waits by design is counted only."""
    anclora_otel.record_redis_operation(operation, "success", 2.0)  # type: ignore[arg-type]

    assert captured.total("anclora.redis.operations") == 1
    assert len(captured.points("anclora.redis.latency")) == observed


def test_conversations_count_up_and_down(captured: CapturedMetrics) -> None:
    """Without a shared store the process counts, never below zero."""
    use_conversation_store(None)
    anclora_otel.conversation_started()
    anclora_otel.conversation_started()
    anclora_otel.conversation_ended()

    assert captured.value("anclora.analytics.active.conversations") == 1


@dataclass
class Depth:
    """A reading of a queue."""

    waiting: dict[str, int] = field(default_factory=lambda: {"normal": 3, "high": 1})
    active: int = 2
    dead_letter: int = 5


@dataclass
class Source:
    """A queue that counts how often it is read."""

    queue: str = "out"
    reads: int = 0

    def read(self) -> Depth:
        """Read the queue."""
        self.reads += 1
        return Depth()


def test_a_queue_is_read_once_a_collection(captured: CapturedMetrics) -> None:
    """The three gauges of a queue come of one reading."""
    source = Source()
    anclora_otel.observe_queue(source)  # type: ignore[arg-type]

    points = captured.points()

    assert source.reads == 1
    assert {p.attributes.get("priority"): p.value for p in points if p.name == "anclora.queue.waiting.messages"} == {
        "normal": 3,
        "high": 1,
    }
    assert [p.value for p in points if p.name == "anclora.queue.active.messages"] == [2]
    assert [p.value for p in points if p.name == "anclora.queue.dlq.messages"] == [5]


@dataclass
class Pool:
    """A pool of ten connections, four of them in use."""

    max_connections: int = 10

    def in_use(self) -> int:
        """Give the connections in use."""
        return 4


def test_a_pool_is_observed(captured: CapturedMetrics) -> None:
    """Use and size of a pool are two gauges."""
    anclora_otel.observe_redis_pool("cache", Pool())

    assert captured.value("anclora.redis.connections", pool="cache") == 4
    assert captured.value("anclora.redis.connections.max", pool="cache") == 10


def test_the_default_queue_is_the_settings(captured: CapturedMetrics) -> None:
    """A recorder that is given no queue uses the one of the instruments."""
    del captured
    with capture_metrics(queue_name="outbound") as metrics:
        anclora_otel.record_queue_message("high", "text")
        assert instruments.current().queue_name == "outbound"

        assert metrics.value("anclora.queue.messages", queue="outbound", priority="high", message_type="text") == 1
