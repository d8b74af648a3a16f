"""Record calls to the WhatsApp API and webhooks from it."""

from __future__ import annotations

from anclora_otel import instruments
from anclora_otel._guard import guarded
from anclora_otel.catalogue import whatsapp as catalogue
from anclora_otel.catalogue.labels import STATUS_CODE, Method, StatusCode, WebhookEvent

_CLIENT_ERROR = range(400, 500)
_SERVER_ERROR = range(500, 600)


@guarded
def record_whatsapp_api_call(
    endpoint: str, method: Method, status_code: int | StatusCode, latency_seconds: float
) -> None:
    """
    Record a call to the WhatsApp API, once for each attempt.

    Args:
        endpoint: the route template, such as ``/message/sendText/{instance}``; never a raw path.
        method: HTTP method.
        status_code: HTTP status, or ``timeout`` or ``connection_error`` where there was no answer.
        latency_seconds: time of the call in seconds, whether it succeeded or not.

    """
    current = instruments.current()
    current.counter(catalogue.WHATSAPP_API_CALLS).add(1, endpoint, method, status_class(status_code))
    current.histogram(catalogue.WHATSAPP_API_LATENCY).record(latency_seconds, endpoint, method)


@guarded
def record_rate_limit_hit(instance_name: str) -> None:
    """
    Record an answer of the WhatsApp API that asked to slow down.

    Args:
        instance_name: the WhatsApp instance that was limited.

    """
    instruments.current().counter(catalogue.WHATSAPP_RATE_LIMIT_HITS).add(1, instance_name)


@guarded
def record_webhook(event_type: WebhookEvent, instance_name: str) -> None:
    """
    Record a webhook from the WhatsApp API.

    Args:
        event_type: its event.
        instance_name: the WhatsApp instance that it speaks of.

    """
    instruments.current().counter(catalogue.WHATSAPP_WEBHOOKS_RECEIVED).add(1, event_type, instance_name)


@guarded
def set_active_instances(count: int) -> None:
    """
    Report how many WhatsApp instances are connected.

    Args:
        count: number of instances.

    """
    instruments.current().gauge(catalogue.WHATSAPP_ACTIVE_INSTANCES).set(count)


def status_class(status_code: object) -> str:
    """Give the label of a status: itself where it is listed, else its class."""
    text = str(status_code)
    if text in (STATUS_CODE.values or ()):
        return text
    if not text.isdecimal():
        return text
    number = int(text)
    if number in _CLIENT_ERROR:
        return "4xx"
    return "5xx" if number in _SERVER_ERROR else text
