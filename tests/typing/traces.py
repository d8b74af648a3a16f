"""Spans of one's own code, Redis and the WhatsApp API, as a user writes them."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator

import redis

from anclora_otel import record_message_step
from anclora_otel.integrations.redis import (
    BLOCKING_COMMANDS,
    instrument_redis,
    instrument_redis_metrics,
    name_redis_pool,
)
from anclora_otel.integrations.whatsapp import WhatsAppCall, whatsapp_call
from anclora_otel.tracing import record_span_error, set_span_attributes, span, traced

waiting: frozenset[str] = BLOCKING_COMMANDS


@traced()
def score(lead: str) -> int:
    """Score a lead."""
    set_span_attributes({"lead.source": lead, "lead.known": True, "lead.visits": [1, 2]})
    try:
        with span("ask model", {"model.name": "small"}, kind="client") as current:
            current.add_event("asked")
    except ValueError as error:
        record_span_error(error)
    return 7


@traced("leads")
def leads() -> Iterator[str]:
    """Give leads."""
    yield "web"


@traced("replies")
async def replies() -> AsyncIterator[str]:
    """Give replies."""
    yield "yes"


def send(status_code: int) -> None:
    """Call the WhatsApp API."""
    with whatsapp_call("/message/sendText/{instance}", "POST", instance_name="main") as call:
        outcome: WhatsAppCall = call
        outcome.answered(status_code)
    record_message_step("sent", "0f8fad5b", provider_message_id="3EB0")


def start() -> None:
    """Instrument Redis."""
    instrument_redis()
    instrument_redis_metrics()
    name_redis_pool(redis.Redis(), "analytics")


points: int = score("web")
