"""
Errors to Sentry: one error is one issue, one log line and one span event, with one trace id.

`init_sentry` starts it, or ``SENTRY_DSN`` alone. What an application logs with an exception, raises out of a request or
leaves uncaught is an issue without a further line; `with_sentry`, `with_queue_processor` and `with_whatsapp_call` wrap
what may fail, and `capture_exception` reports what is handled.
"""

from anclora_otel.sentry.capturing import add_breadcrumb, capture_exception, capture_message, flush_sentry, set_user
from anclora_otel.sentry.jobs import with_queue_processor
from anclora_otel.sentry.noise import DEFAULT_NOISE, NOISE_RULES, NoiseRule
from anclora_otel.sentry.operations import with_sentry, with_whatsapp_call
from anclora_otel.sentry.starting import init_sentry

__all__ = [
    "DEFAULT_NOISE",
    "NOISE_RULES",
    "NoiseRule",
    "add_breadcrumb",
    "capture_exception",
    "capture_message",
    "flush_sentry",
    "init_sentry",
    "set_user",
    "with_queue_processor",
    "with_sentry",
    "with_whatsapp_call",
]
