"""
OpenTelemetry for Anclora's WhatsApp services.

Start here:

- `configure` starts the telemetry of a process; under ``anclora-otel run`` it has happened already.
- ``record_…``, ``set_…``, ``observe_…`` and ``conversation_…`` record what happens; they never raise.
- `instrument_worker`, `instrument_queue` and ``queue_…`` do so for the jobs of queues, and pass the trace along.
- `flush` and `shutdown` end a job or a process.

The other modules, from the bottom up: `anclora_otel.catalogue` holds every metric; `anclora_otel.settings` what a user
may set; `anclora_otel.redaction` what is personal data; `anclora_otel.logs` has the loggers, and the levels that change
at run time; `anclora_otel.queues` reads brokers and passes traces through them; `anclora_otel.sentry` sends errors to
Sentry; `anclora_otel.tracing` makes spans of your own code; `anclora_otel.integrations` plugs into frameworks;
 `anclora_otel.testing` is for tests.
"""

from anclora_otel.errors import AncloraOtelError, SettingsError, StackError
from anclora_otel.lifecycle import (
    FlushReport,
    LogFileReport,
    SignalReport,
    Telemetry,
    configure,
    flush,
    instrument_queue,
    instrument_worker,
    queue_batch,
    queue_job,
    queue_send,
    shutdown,
    telemetry,
)
from anclora_otel.recorders.analytics import (
    ConversationStore,
    conversation_ended,
    conversation_started,
    record_conversion,
    record_handoff,
    record_message_delivered,
    record_message_read,
    record_message_received,
    record_message_sent,
    record_response_time,
)
from anclora_otel.recorders.bot import record_automated_response, record_intent
from anclora_otel.recorders.business import (
    record_appointment,
    record_lead,
    record_property_inquiry,
    set_sales_pipeline,
)
from anclora_otel.recorders.journey import record_message_step
from anclora_otel.recorders.queue import (
    observe_queue,
    record_bulk_operation,
    record_queue_failed,
    record_queue_message,
    record_queue_processed,
    record_queue_wait,
)
from anclora_otel.recorders.redis import observe_redis_pool, record_redis_operation
from anclora_otel.recorders.whatsapp import (
    record_rate_limit_hit,
    record_webhook,
    record_whatsapp_api_call,
    set_active_instances,
)
from anclora_otel.settings import Settings

__all__ = [
    "AncloraOtelError",
    "ConversationStore",
    "FlushReport",
    "LogFileReport",
    "Settings",
    "SettingsError",
    "SignalReport",
    "StackError",
    "Telemetry",
    "configure",
    "conversation_ended",
    "conversation_started",
    "flush",
    "instrument_queue",
    "instrument_worker",
    "observe_queue",
    "observe_redis_pool",
    "queue_batch",
    "queue_job",
    "queue_send",
    "record_appointment",
    "record_automated_response",
    "record_bulk_operation",
    "record_conversion",
    "record_handoff",
    "record_intent",
    "record_lead",
    "record_message_delivered",
    "record_message_read",
    "record_message_received",
    "record_message_sent",
    "record_message_step",
    "record_property_inquiry",
    "record_queue_failed",
    "record_queue_message",
    "record_queue_processed",
    "record_queue_wait",
    "record_rate_limit_hit",
    "record_redis_operation",
    "record_response_time",
    "record_webhook",
    "record_whatsapp_api_call",
    "set_active_instances",
    "set_sales_pipeline",
    "shutdown",
    "telemetry",
]
