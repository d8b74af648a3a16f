"""What the service does with each webhook of the WhatsApp API."""

from __future__ import annotations

import logging

from redis.asyncio import Redis

import anclora_otel
from examples.whatsapp_service.bot import Bot, ClientMessage
from examples.whatsapp_service.memory import MessageMemory
from examples.whatsapp_service.webhook_shapes import Envelope, client_message, receipt

INSTANCES_KEY = "whatsapp:instances:open"

log = logging.getLogger("whatsapp")

_RECORDERS = {
    "sent": anclora_otel.record_message_sent,
    "delivered": anclora_otel.record_message_delivered,
    "read": anclora_otel.record_message_read,
}


class WebhookReceiver:
    """
    Turn webhooks into what they mean: receipts, clients' messages, instances that come and go.

    Sent, delivered and read are all recorded here, in one process, so that their ratio works as users query
    it.

    Args:
        client: an asynchronous Redis client with decoded answers.
        memory: what is remembered of sent messages.
        bot: who answers clients.
    """

    def __init__(self, client: Redis, memory: MessageMemory, bot: Bot) -> None:
        self._client = client
        self._memory = memory
        self._bot = bot

    async def receive(self, envelope: Envelope) -> int:
        """Act on one webhook, and return how many of its items meant something."""
        anclora_otel.record_webhook(envelope.event_type, envelope.instance)
        if envelope.event_type == "messages.update":
            return sum([await self._receive_receipt(item) for item in envelope.items])
        if envelope.event_type == "messages.upsert":
            return sum([await self._receive_message(item) for item in envelope.items])
        if envelope.event_type == "connection.update":
            return sum([await self._receive_connection(envelope.instance, item) for item in envelope.items])
        return 0

    async def show_instances(self) -> None:
        """Record how many instances are connected."""
        anclora_otel.set_active_instances(int(await self._client.scard(INSTANCES_KEY)))

    async def _receive_receipt(self, item: dict[str, object]) -> bool:
        found = receipt(item)
        if found is None:
            return False
        message_id, steps = found
        message = await self._memory.recall(message_id)
        for step in steps:
            if await self._memory.first_time(message_id, step):
                _RECORDERS[step](message.message_type, message.campaign_id)
                if step != "sent":
                    anclora_otel.record_message_step(step, provider_message_id=message_id)
        log.info("receipt: %s", steps[-1])
        return True

    async def _receive_message(self, item: dict[str, object]) -> bool:
        found = client_message(item)
        if found is None:
            return False
        message_id, client, message_type = found
        if not await self._memory.first_time(message_id, "received"):
            return False
        sent_at = item.get("messageTimestamp")
        sent_at_seconds = float(sent_at) if isinstance(sent_at, int | float) else None
        await self._bot.answer(ClientMessage(message_id, client, message_type, sent_at_seconds))
        return True

    async def _receive_connection(self, instance: str, item: dict[str, object]) -> bool:
        state = item.get("state")
        if state not in ("open", "close", "connecting"):
            return False
        if state == "open":
            await self._client.sadd(INSTANCES_KEY, instance)
        else:
            await self._client.srem(INSTANCES_KEY, instance)
        await self.show_instances()
        log.info("instance is %s", state)
        return True
