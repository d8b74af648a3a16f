"""What an account says of its signal: counts, what waits, what was dropped, and for how long nothing arrived."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence

import pytest
from opentelemetry._logs import LogRecord
from opentelemetry.sdk._logs import LoggerProvider, ReadableLogRecord
from opentelemetry.sdk._logs.export import BatchLogRecordProcessor, LogRecordExporter, LogRecordExportResult
from opentelemetry.sdk.trace import ReadableSpan, TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor, SpanExporter, SpanExportResult

from anclora_otel.pipeline.accounting import ExportAccount
from anclora_otel.pipeline.logs import CountingLogProcessor, RedactingLogExporter
from anclora_otel.pipeline.traces import CountingSpanProcessor, RedactingSpanExporter
from anclora_otel.testing import capture_metrics


class Clock:
    """A clock that a test sets."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        """Tell the time."""
        return self.now


@pytest.fixture
def clock() -> Clock:
    """Give a clock."""
    return Clock()


@pytest.fixture
def account(clock: Clock) -> ExportAccount:
    """Give the account of a queue for five items."""
    return ExportAccount("traces", 5, clock)


def enter(account: ExportAccount, items: int) -> None:
    """Put items into the queue."""
    for _ in range(items):
        account.enter()


def export(account: ExportAccount, items: int, *, accepted: bool) -> None:
    """Send a batch."""
    account.export(items, lambda: accepted, bool)


def test_nothing_was_to_be_sent(account: ExportAccount) -> None:
    """Nothing waits, and nothing is late."""
    counts = account.counts()

    assert (counts.exported, counts.failed, counts.waiting, counts.dropped) == (0, 0, 0, 0)
    assert (counts.delivered_seconds_ago, counts.undelivered_seconds) == (None, None)


def test_delivered(account: ExportAccount, clock: Clock) -> None:
    """What arrived is no longer waited for."""
    enter(account, 3)
    clock.now += 2
    export(account, 3, accepted=True)
    clock.now += 7

    counts = account.counts()
    assert (counts.exported, counts.waiting) == (3, 0)
    assert (counts.delivered_seconds_ago, counts.undelivered_seconds) == (7, None)


def test_items_that_nobody_exports(account: ExportAccount, clock: Clock) -> None:
    """A dead export thread shows by what waits, from the first item on."""
    enter(account, 1)
    clock.now += 50
    enter(account, 1)
    clock.now += 25

    assert (account.counts().waiting, account.counts().undelivered_seconds) == (2, 75)


def test_an_outage(account: ExportAccount, clock: Clock) -> None:
    """Time goes on from the first item that did not arrive, over all failures, until one arrives."""
    enter(account, 2)
    export(account, 1, accepted=False)
    clock.now += 30
    export(account, 1, accepted=False)
    clock.now += 40
    during = account.counts()
    enter(account, 2)
    export(account, 1, accepted=True)
    clock.now += 1
    after = account.counts()

    assert (during.failed, during.waiting, during.undelivered_seconds, during.failed_seconds_ago) == (2, 0, 70, 40)
    assert (after.exported, after.waiting, after.undelivered_seconds) == (1, 1, 1)


def test_dropped_items_are_found(account: ExportAccount, clock: Clock) -> None:
    """What the queue cannot hold was dropped, also while an export hangs; it is counted once."""

    def hang() -> bool:
        enter(account, 9)
        first, second = account.counts(), account.counts()
        assert (first.waiting, first.dropped) == (7, 4)
        assert (second.waiting, second.dropped) == (7, 4)
        return True

    enter(account, 2)
    account.export(2, hang, bool)
    clock.now += 3
    export(account, 5, accepted=True)

    counts = account.counts()
    assert (counts.exported, counts.waiting, counts.dropped, counts.dropped_seconds_ago) == (7, 0, 4, 3)


def test_an_export_that_raises(account: ExportAccount) -> None:
    """Its items failed, and the error goes on to the SDK."""
    enter(account, 1)

    def fail() -> bool:
        raise RuntimeError("broken")

    with pytest.raises(RuntimeError, match="broken"):
        account.export(1, fail, bool)
    assert (account.counts().failed, account.counts().waiting) == (1, 0)


def test_items_that_are_not_queued(clock: Clock) -> None:
    """Of metrics nothing waits, since each collection has the whole."""
    account = ExportAccount("metrics", clock=clock)
    export(account, 100, accepted=False)
    clock.now += 61

    assert (account.counts().waiting, account.counts().undelivered_seconds) == (None, 61)


def test_a_forked_child_starts_anew(account: ExportAccount) -> None:
    """Nothing of its parent is its own."""
    enter(account, 3)
    export(account, 1, accepted=False)
    account.clear()

    counts = account.counts()
    assert (counts.failed, counts.waiting, counts.undelivered_seconds) == (0, 0, None)


QUEUE, ITEMS = 20, 1000


class HangingSpans(SpanExporter):
    """Hold exports until released, and keep what arrived."""

    def __init__(self) -> None:
        self.entered, self.released = threading.Event(), threading.Event()
        self.arrived = 0

    def export(self, spans: Sequence[ReadableSpan]) -> SpanExportResult:
        """Wait and accept."""
        self.entered.set()
        self.released.wait()
        self.arrived += len(spans)
        return SpanExportResult.SUCCESS


class HangingLogs(LogRecordExporter):
    """The same for log records."""

    def __init__(self) -> None:
        self.entered, self.released = threading.Event(), threading.Event()
        self.arrived = 0

    def export(self, batch: Sequence[ReadableLogRecord]) -> LogRecordExportResult:
        """Wait and accept."""
        self.entered.set()
        self.released.wait()
        self.arrived += len(batch)
        return LogRecordExportResult.SUCCESS

    def shutdown(self) -> None:
        """Nothing is kept."""

    def force_flush(self, timeout_millis: int = 10_000) -> bool:
        """Nothing is kept."""
        return timeout_millis > 0


def spans_into(account: ExportAccount, exporter: HangingSpans) -> tuple[Callable[[], None], Callable[[], object]]:
    """Give what puts a span into a real queue, and what ends it."""
    provider = TracerProvider(shutdown_on_exit=False)
    provider.add_span_processor(CountingSpanProcessor(account))
    provider.add_span_processor(
        BatchSpanProcessor(RedactingSpanExporter(exporter, account), max_queue_size=QUEUE, max_export_batch_size=5)
    )
    return lambda: provider.get_tracer("test").start_span("work").end(), provider.shutdown


def logs_into(account: ExportAccount, exporter: HangingLogs) -> tuple[Callable[[], None], Callable[[], object]]:
    """Give what puts a log record into a real queue, and what ends it."""
    provider = LoggerProvider(shutdown_on_exit=False)
    provider.add_log_record_processor(CountingLogProcessor(account))
    provider.add_log_record_processor(
        BatchLogRecordProcessor(RedactingLogExporter(exporter, account), max_queue_size=QUEUE, max_export_batch_size=5)
    )
    return lambda: provider.get_logger("test").emit(LogRecord(timestamp=1, body="work")), provider.shutdown


@pytest.mark.parametrize("kind", ["traces", "logs"])
@pytest.mark.filterwarnings("ignore")
def test_a_real_queue_that_overflows(kind: str) -> None:
    """Every item is exported, waiting or dropped: none is missing, and what arrived is what is said."""
    account = ExportAccount(kind, QUEUE)
    with capture_metrics() as captured:
        exporter = HangingSpans() if kind == "traces" else HangingLogs()
        put, end = spans_into(account, exporter) if isinstance(exporter, HangingSpans) else logs_into(account, exporter)
        for _ in range(5):
            put()
        assert exporter.entered.wait(10)
        for _ in range(ITEMS - 5):
            put()
        during = account.counts()
        exporter.released.set()
        end()
        after = account.counts()
        total = captured.total("anclora.telemetry.items")

    assert during.waiting is not None
    assert during.waiting + during.dropped == ITEMS
    assert QUEUE <= during.waiting <= QUEUE + 5
    assert (after.waiting, after.failed, after.exported) == (0, 0, exporter.arrived)
    assert after.exported + after.dropped == ITEMS
    assert total == ITEMS
