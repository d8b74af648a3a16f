"""The message that a caller hands in, and the job that it becomes."""

from __future__ import annotations

from typing import Any, Literal

from bullmq import Job
from pydantic import BaseModel, ConfigDict, Field

from anclora_otel.catalogue.labels import NO_CAMPAIGN
from anclora_otel.queues import bullmq_priority
from examples.whatsapp_service.settings import ExampleSettings

JOB_NAME = "send-message"

SendableType = Literal[
    "text",
    "image",
    "video",
    "audio",
    "document",
    "location",
    "contact",
    "template",
    "interactive",
    "reaction",
]
RequestedPriority = Literal["critical", "high", "normal", "low", "bulk"]


class OutgoingMessage(BaseModel):
    """Hold a message to a client, as ``POST /messages`` takes it."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    to: str = Field(pattern=r"^\+?[0-9]{8,15}$", description="phone number in international form")
    text: str = Field(default="", max_length=4096)
    type: SendableType = "text"
    priority: RequestedPriority = "normal"
    campaign: str = Field(default=NO_CAMPAIGN, pattern=r"^[a-z0-9][a-z0-9_-]{0,63}$")
    delay_seconds: float = Field(default=0, ge=0, le=7 * 86_400, allow_inf_nan=False)
    reference: str | None = Field(
        default=None, pattern=r"^[A-Za-z0-9_-]{1,64}$", description="the caller's own name for the message"
    )


def job_data(message: OutgoingMessage, message_id: str) -> dict[str, Any]:
    """Give the data of the message's job."""
    return {
        "id": message_id,
        "reference": message.reference or message_id,
        "to": message.to,
        "text": message.text,
        "type": message.type,
        "priority": message.priority,
        "campaign": message.campaign,
    }


def job_options(message: OutgoingMessage, settings: ExampleSettings) -> dict[str, Any]:
    """Give BullMQ's options; failed jobs are kept, since the failed set is the dead letter."""
    options: dict[str, Any] = {
        "attempts": settings.attempts,
        "backoff": {"type": "exponential", "delay": settings.backoff_milliseconds},
        "removeOnComplete": {"count": 1000},
        "removeOnFail": False,
    }
    if priority := bullmq_priority(message.priority):
        options["priority"] = priority
    if message.delay_seconds:
        options["delay"] = round(message.delay_seconds * 1000)
    return options


def message_type(job: Job) -> str:
    """Give the kind of message of a job, for its metrics."""
    return str(job.data.get("type", "other"))
