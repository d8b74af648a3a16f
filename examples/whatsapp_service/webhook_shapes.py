"""
The webhooks of the Evolution API, version 2, as far as the example reads them.

The envelope has event, instance, data, destination, date_time, sender, server_url and apikey. In
``messages.update`` the data is one receipt: keyId, remoteJid, fromMe, participant, status, instanceId. In
``messages.upsert`` it is one message with key, pushName, message, messageType and messageTimestamp. Some
versions send a list of either.
"""

from __future__ import annotations

from typing import Any, Literal, get_args

from pydantic import BaseModel, ConfigDict, Field

from anclora_otel.catalogue.labels import MessageType, WebhookEvent

Receipt = Literal["sent", "delivered", "read"]
"""What a receipt says of a message."""

RECEIPT_STEPS: dict[str, tuple[Receipt, ...]] = {
    "SERVER_ACK": ("sent",),
    "DELIVERY_ACK": ("sent", "delivered"),
    "READ": ("sent", "delivered", "read"),
    "PLAYED": ("sent", "delivered", "read"),
}
"""What each status says of a message; a later one implies the earlier ones, whose webhook may be missing."""

_TYPES_OF_WHATSAPP: dict[str, MessageType] = {
    "conversation": "text",
    "extendedTextMessage": "text",
    "imageMessage": "image",
    "videoMessage": "video",
    "audioMessage": "audio",
    "documentMessage": "document",
    "locationMessage": "location",
    "contactMessage": "contact",
    "templateMessage": "template",
    "buttonsResponseMessage": "interactive",
    "listResponseMessage": "interactive",
    "reactionMessage": "reaction",
}
_EVENTS: tuple[WebhookEvent, ...] = get_args(WebhookEvent)


class Envelope(BaseModel):
    """Hold a webhook of any event."""

    model_config = ConfigDict(extra="ignore")

    event: str = Field(min_length=1, max_length=100)
    instance: str = Field(min_length=1, max_length=100)
    data: dict[str, Any] | list[Any] = Field(default_factory=dict)

    @property
    def event_type(self) -> WebhookEvent:
        """Give the event as the metrics name it; ``MESSAGES_UPSERT`` is in use as well."""
        name = self.event.lower().replace("_", ".")
        return next((event for event in _EVENTS if event == name), "other")

    @property
    def items(self) -> list[dict[str, Any]]:
        """Give the items of the data that are objects."""
        items = self.data if isinstance(self.data, list) else [self.data]
        return [item for item in items if isinstance(item, dict)]


def receipt(item: dict[str, Any]) -> tuple[str, tuple[Receipt, ...]] | None:
    """Give message id and steps of a receipt of one of our messages; None for anything else."""
    message_id, status = item.get("keyId"), item.get("status")
    if not isinstance(message_id, str) or not message_id or not isinstance(status, str):
        return None
    if item.get("fromMe") is not True or status not in RECEIPT_STEPS:
        return None
    return message_id, RECEIPT_STEPS[status]


def client_message(item: dict[str, Any]) -> tuple[str, str, MessageType] | None:
    """Give message id, client and type of a client's message; None for our own and for anything else."""
    key = item.get("key")
    if not isinstance(key, dict) or key.get("fromMe") is not False:
        return None
    message_id, client = key.get("id"), key.get("remoteJid")
    if not isinstance(message_id, str) or not message_id or not isinstance(client, str) or not client:
        return None
    return message_id, client, _TYPES_OF_WHATSAPP.get(str(item.get("messageType")), "other")
