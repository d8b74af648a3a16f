"""A service that records, as its author types it."""

from __future__ import annotations

import redis

import anclora_otel
from anclora_otel import (
    AncloraOtelError,
    ConversationStore,
    FlushReport,
    LogFileReport,
    Settings,
    SettingsError,
    SignalReport,
    StackError,
    Telemetry,
)
from anclora_otel.queues import BullMQDepth


class SharedConversations:
    """A store of the service's own."""

    def started(self) -> None:
        """Count one more."""

    def ended(self) -> None:
        """Count one less."""

    def count(self) -> int:
        """Give the count."""
        return 0


class Pool:
    """A pool of the service's own."""

    max_connections: int = 10

    def in_use(self) -> int:
        """Give the connections in use."""
        return 1


def start(store: ConversationStore) -> Telemetry:
    """Start telemetry, in each of the ways."""
    anclora_otel.configure()
    anclora_otel.configure(service_name="worker", environment="production")
    try:
        return anclora_otel.configure(Settings(service_name="worker", strict=True), conversation_store=store)
    except SettingsError as error:
        names: list[str] = [problem.name for problem in error.problems]
        raise AncloraOtelError(", ".join(names)) from error
    except StackError as error:
        raise SystemExit(str(error)) from error


def record() -> None:
    """Record what happens."""
    anclora_otel.record_queue_message("high", "text")
    anclora_otel.record_queue_message("high", "text", queue="campaigns")
    anclora_otel.record_queue_processed("high", "text", 0.12)
    anclora_otel.record_queue_failed("low", "image", "timeout", duration_seconds=1.5, will_retry=True)
    anclora_otel.record_queue_wait("normal", "text", 3)
    anclora_otel.record_bulk_operation(250)
    anclora_otel.record_message_sent("text", "spring")
    anclora_otel.record_message_delivered("text", None)
    anclora_otel.record_message_read("text", None)
    anclora_otel.record_message_received("audio")
    anclora_otel.record_conversion("sale", 1_250_000, "spring")
    anclora_otel.record_response_time(12.5)
    anclora_otel.record_handoff("user_request")
    anclora_otel.conversation_started()
    anclora_otel.conversation_ended()
    anclora_otel.record_whatsapp_api_call("/message/sendText", "POST", 201, 0.2)
    anclora_otel.record_whatsapp_api_call("/message/sendText", "POST", "timeout", 30.0)
    anclora_otel.record_rate_limit_hit("sales")
    anclora_otel.record_webhook("messages.update", "sales")
    anclora_otel.set_active_instances(3)
    anclora_otel.record_redis_operation("get", "success", 0.001)
    anclora_otel.record_intent("viewing", 0.93)
    anclora_otel.record_automated_response("welcome", "greeting")
    anclora_otel.record_lead("website", "hot")
    anclora_otel.record_appointment("viewing", "bot")
    anclora_otel.record_property_inquiry(2_500_000)
    anclora_otel.set_sales_pipeline("offer", 4)


def observe(client: redis.Redis) -> None:
    """Let telemetry read what only a broker or a pool knows."""
    anclora_otel.observe_queue(BullMQDepth(client, "campaigns"))
    anclora_otel.observe_redis_pool("main", Pool())


def end() -> bool:
    """Export, end, and look at what was exported."""
    report: FlushReport = anclora_otel.flush(timeout_seconds=2)
    files: LogFileReport | None = report.log_files
    lost: int = 0 if files is None else files.dropped
    signals: dict[str, SignalReport] = dict(report.signals)
    failed: int = sum(signal.failed for signal in signals.values())
    running: Telemetry | None = anclora_otel.telemetry()
    if running is not None:
        content_type, body = running.render_metrics("text/plain")
        print(content_type.upper(), body.decode(), running.settings.service_name)  # noqa: T201 - a user's own
    return anclora_otel.shutdown().finished and failed == 0 and lost == 0


start(SharedConversations())
