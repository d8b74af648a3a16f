"""
What is remembered of each message between its sending and its receipts.

A receipt carries a message id and a status, no type and no campaign, so these two are kept in Redis by
message id, and expire. A receipt of an unknown id counts as type other, campaign none.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, get_args

from redis.asyncio import Redis

from anclora_otel.catalogue.labels import NO_CAMPAIGN, MessageType

RECALL_TRIES = 5
RECALL_PAUSE_SECONDS = 0.1


@dataclass(frozen=True)
class RememberedMessage:
    """Hold what a receipt does not say."""

    message_type: MessageType
    campaign_id: str


UNKNOWN_MESSAGE = RememberedMessage("other", NO_CAMPAIGN)


class MessageMemory:
    """
    Keep message id → (type, campaign) in Redis.

    Args:
        client: an asynchronous Redis client with decoded answers.
        expiry_seconds: how long a message is remembered.
    """

    def __init__(self, client: Redis, expiry_seconds: int) -> None:
        self._client = client
        self._expiry_seconds = expiry_seconds

    async def remember(self, message_id: str, message: RememberedMessage) -> None:
        """Keep a message until it expires."""
        fields: Mapping[Any, Any] = {"type": message.message_type, "campaign": message.campaign_id}
        async with self._client.pipeline(transaction=True) as pipeline:
            pipeline.hset(_key(message_id), mapping=fields)
            pipeline.expire(_key(message_id), self._expiry_seconds)
            await pipeline.execute()

    async def recall(self, message_id: str) -> RememberedMessage:
        """
        Return what is known of a message; `UNKNOWN_MESSAGE` if nothing.

        A receipt may overtake the worker that remembers the message, so an unknown id is asked for again
        during half a second.
        """
        for remaining_tries in reversed(range(RECALL_TRIES)):
            message_type, campaign_id = await self._client.hmget(_key(message_id), ["type", "campaign"])
            if message_type is not None and campaign_id is not None:
                return RememberedMessage(_message_type(str(message_type)), str(campaign_id))
            if remaining_tries:
                await asyncio.sleep(RECALL_PAUSE_SECONDS)
        return UNKNOWN_MESSAGE

    async def first_time(self, message_id: str, step: str) -> bool:
        """Say whether this step of a message is new, and remember it: webhooks may be sent twice."""
        key = f"whatsapp:receipts:{message_id}"
        async with self._client.pipeline(transaction=True) as pipeline:
            pipeline.hsetnx(key, step, 1)
            pipeline.expire(key, self._expiry_seconds)
            was_new, _ = await pipeline.execute()
        return bool(was_new)


def _message_type(name: str) -> MessageType:
    known: tuple[MessageType, ...] = get_args(MessageType)
    return next((each for each in known if each == name), "other")


def _key(message_id: str) -> str:
    return f"whatsapp:message:{message_id}"
