"""Errors to Sentry, as a user writes them."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator

from anclora_otel.sentry import (
    DEFAULT_NOISE,
    NOISE_RULES,
    NoiseRule,
    add_breadcrumb,
    capture_exception,
    capture_message,
    flush_sentry,
    init_sentry,
    set_user,
    with_queue_processor,
    with_sentry,
    with_whatsapp_call,
)

started: bool = init_sentry("https://key@o1.ingest.sentry.io/1", "staging", "1.2.0", enabled=True, noise=DEFAULT_NOISE)
rules: list[NoiseRule] = [NOISE_RULES[name] for name in DEFAULT_NOISE]


class Job:
    """A job of a queue."""

    attemptsMade: int = 0  # noqa: N815 - BullMQ's name


@with_sentry("lead.scoring")
def score(lead: str) -> int:
    """Score a lead."""
    return len(lead)


@with_sentry("leads")
def leads() -> Iterator[str]:
    """Give leads."""
    yield "web"


@with_sentry("replies")
async def replies() -> AsyncIterator[str]:
    """Give replies."""
    yield "yes"


@with_queue_processor("whatsapp-messages")
async def process(job: Job, token: str) -> str:
    """Do a job."""
    set_user({"id": "client-17"})
    add_breadcrumb("taken", "queue", "debug", {"attempt": job.attemptsMade})
    try:
        with with_whatsapp_call("/message/sendText/{instance}"):
            return token
    except ValueError as error:
        event: str | None = capture_exception(error, tags={"part": "send"}, extra={"attempt": 1})
        return event or ""


def report() -> bool:
    """Say something, and wait until it is sent."""
    capture_message("campaign started", "info")
    return flush_sentry(timeout_seconds=1.0)


points: int = score("web")
