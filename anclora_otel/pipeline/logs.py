"""From settings to a logger provider, and from a record of the standard library to one of OpenTelemetry."""

from __future__ import annotations

import logging
import time
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, cast

from opentelemetry import trace
from opentelemetry._logs import Logger, LogRecord, SeverityNumber
from opentelemetry.exporter.otlp.proto.http import Compression
from opentelemetry.exporter.otlp.proto.http._log_exporter import OTLPLogExporter
from opentelemetry.instrumentation.utils import is_instrumentation_enabled
from opentelemetry.sdk._logs import LoggerProvider, LogRecordProcessor, ReadableLogRecord, ReadWriteLogRecord
from opentelemetry.sdk._logs.export import BatchLogRecordProcessor, LogRecordExporter, LogRecordExportResult
from opentelemetry.sdk.resources import Resource

from anclora_otel._guard import report_fault
from anclora_otel.catalogue.levels import level_of
from anclora_otel.pipeline.accounting import ExportAccount
from anclora_otel.pipeline.plain_values import safe_text
from anclora_otel.pipeline.records import (
    component_of,
    exception_of,
    exception_type,
    fields_of,
    message_of,
    number_of_level,
    span_of_record,
)
from anclora_otel.redaction import redact_attributes, redact_text, redact_value
from anclora_otel.settings import OtlpTarget, Settings

if TYPE_CHECKING:
    from opentelemetry.util.types import AnyValue

MAX_REQUEST_CHARACTERS = 2_000_000
"""Characters of one request; a collector takes 16 MiB or, by other configurations, 4 MiB."""

_LOGGERS_REMEMBERED = 1000


class CountingLogProcessor(LogRecordProcessor):
    """
    Count the log records that are put into the queue; stands before the processor that has it.

    Args:
        account: counts them.

    """

    def __init__(self, account: ExportAccount) -> None:
        self._account = account

    def on_emit(self, log_record: ReadWriteLogRecord) -> None:  # noqa: ARG002 - the interface's name
        """Count a record."""
        self._account.enter()

    def shutdown(self) -> None:
        """Nothing is kept here."""

    def force_flush(self, timeout_millis: int = 30_000) -> bool:  # noqa: ARG002 - the interface's name
        """Nothing is kept here."""
        return True


class RedactingLogExporter(LogRecordExporter):
    """
    Take personal data out of log records in the export thread, and count what becomes of them.

    Args:
        exporter: where the redacted records go.
        account: counts them.

    """

    def __init__(self, exporter: LogRecordExporter, account: ExportAccount) -> None:
        self._exporter = exporter
        self._account = account

    def export(self, batch: Sequence[ReadableLogRecord]) -> LogRecordExportResult:
        """Redact and export a batch, in as many requests as keep each within what a collector takes."""
        for readable in batch:
            redact_log_record(readable.log_record)
        results = [self._export(portion) for portion in portions(batch)]
        return next((result for result in results if result is not LogRecordExportResult.SUCCESS), results[0])

    def _export(self, portion: Sequence[ReadableLogRecord]) -> LogRecordExportResult:
        return self._account.export(
            len(portion),
            lambda: self._exporter.export(portion),
            lambda result: result is LogRecordExportResult.SUCCESS,
        )

    def shutdown(self) -> None:
        """Shut the exporter down, which ends its retries."""
        self._exporter.shutdown()  # type: ignore[no-untyped-call]

    def force_flush(self, timeout_millis: int = 10_000) -> bool:
        """Flush the exporter."""
        return self._exporter.force_flush(timeout_millis)


class LogBridge:
    """
    Turn records of the standard library into log records of OpenTelemetry.

    What an exporter logs while it exports is left out, or it would feed itself for ever.

    Args:
        provider: takes the log records.

    """

    def __init__(self, provider: LoggerProvider) -> None:
        self._provider = provider
        self._loggers: dict[str, Logger] = {}

    def emit(self, record: logging.LogRecord) -> None:
        """Emit a record; a fault in it is counted and said once."""
        if not is_instrumentation_enabled():
            return
        try:
            self._logger(record.name).emit(translate(record))
        except Exception as error:
            if not record.name.startswith("anclora_otel"):
                report_fault("log record", error)

    def _logger(self, name: str) -> Logger:
        found = self._loggers.get(name)
        if found is None:
            found = self._provider.get_logger(safe_text(name))
            if len(self._loggers) < _LOGGERS_REMEMBERED:
                self._loggers[name] = found
        return found


def translate(record: logging.LogRecord) -> LogRecord:
    """
    Translate a record of the standard library.

    Source of the attributes: OpenTelemetry semantic conventions, "Code" and "Exceptions".
    """
    number, text = severity(number_of_level(record))
    return LogRecord(
        timestamp=int(record.created * 1_000_000_000),
        observed_timestamp=time.time_ns(),
        context=trace.set_span_in_context(span_of_record(record)),
        severity_number=number,
        severity_text=text,
        body=message_of(record),
        attributes=_attributes(record),
    )


def severity(level: int) -> tuple[SeverityNumber, str]:
    """Give the severity of a stdlib level. Source: OpenTelemetry logs data model, "Severity fields"."""
    found = level_of(level)
    return SeverityNumber(found.severity_number), found.name


def redact_log_record(record: LogRecord) -> None:
    """Take personal data out of the body and the attributes of a record."""
    body = record.body
    record.body = redact_text(body) if isinstance(body, str) else cast("AnyValue", redact_value("body", body))
    if record.attributes:
        attributes: Mapping[str, object] = record.attributes
        record.attributes = cast("dict[str, AnyValue]", redact_attributes(attributes))


def portions(batch: Sequence[ReadableLogRecord]) -> list[Sequence[ReadableLogRecord]]:
    """Cut a batch where the next record would take a request beyond `MAX_REQUEST_CHARACTERS`; most need no cut."""
    found: list[list[ReadableLogRecord]] = [[]]
    filled = 0
    for readable in batch:
        size = _characters(readable.log_record.body) + _characters(readable.log_record.attributes)
        if found[-1] and filled + size > MAX_REQUEST_CHARACTERS:
            found.append([])
            filled = 0
        found[-1].append(readable)
        filled += size
    return list(found)


def build_logger_provider(settings: Settings, resource: Resource, account: ExportAccount) -> LoggerProvider:
    """Build the logger provider; without an exporter it records nothing that leaves the process."""
    provider = LoggerProvider(resource=resource, shutdown_on_exit=False)
    if settings.logs == "otlp":
        provider.add_log_record_processor(CountingLogProcessor(account))
        provider.add_log_record_processor(
            BatchLogRecordProcessor(
                RedactingLogExporter(build_log_exporter(settings.logs_target), account),
                schedule_delay_millis=settings.log_export_interval_seconds * 1000,
                max_queue_size=settings.log_queue_size,
                max_export_batch_size=min(512, settings.log_queue_size),
            )
        )
    return provider


def build_log_exporter(target: OtlpTarget) -> LogRecordExporter:
    """Build the OTLP exporter for the target's protocol."""
    if target.protocol == "grpc":
        from opentelemetry.exporter.otlp.proto.grpc._log_exporter import OTLPLogExporter as GrpcLogExporter

        from anclora_otel.pipeline.grpc_target import grpc_arguments

        return GrpcLogExporter(**grpc_arguments(target))
    return OTLPLogExporter(
        endpoint=target.endpoint,
        headers=dict(target.headers),
        timeout=target.timeout_seconds,
        compression=Compression(target.compression),
    )


def _characters(value: object) -> int:
    if isinstance(value, str):
        return len(value)
    if isinstance(value, Mapping):
        return sum(_characters(key) + _characters(item) for key, item in value.items())
    return sum(map(_characters, value)) if isinstance(value, (list, tuple)) else 8


def _attributes(record: logging.LogRecord) -> dict[str, AnyValue]:
    found = {key: cast("AnyValue", value) for key, value in fields_of(record).items() if value is not None}
    found["code.file.path"] = safe_text(record.pathname)
    found["code.function.name"] = safe_text(record.funcName)
    found["code.line.number"] = record.lineno
    component = component_of(record)
    if component:
        found["component"] = component
    stack = exception_of(record)
    if isinstance(record.exc_info, tuple) and record.exc_info[0] is not None:
        found["exception.type"] = exception_type(record.exc_info[0])
        found["exception.message"] = safe_text(record.exc_info[1])
        found["exception.stacktrace"] = stack
    elif stack:
        found["code.stacktrace"] = stack
    return found
