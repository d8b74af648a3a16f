"""
Conversations with clients: how many are active, and where each one stands.

Both live in Redis, so that a process that dies takes none with it. Clients are known by a digest; their
numbers are not stored.
"""

from __future__ import annotations

import hashlib
import time
import uuid

import redis
from opentelemetry.instrumentation.utils import suppress_instrumentation
from redis.asyncio import Redis

ACTIVE_KEY = "whatsapp:conversations:active"
PIPELINE_KEY = "whatsapp:sales-pipeline"


class RedisConversationStore:
    """
    Count active conversations in Redis, for ``anclora_otel.configure(conversation_store=…)``.

    A conversation that nobody ended stops counting after its lifetime.

    Args:
        client: a synchronous Redis client with a socket timeout; `count` is called in the export thread.
        lifetime_seconds: how long a conversation counts without being ended.
    """

    def __init__(self, client: redis.Redis, lifetime_seconds: int) -> None:
        self._client = client
        self._lifetime_seconds = lifetime_seconds

    def started(self) -> None:
        """Count one more, and forget those that are over their lifetime."""
        now = time.time()
        with self._client.pipeline(transaction=True) as pipeline:
            pipeline.zremrangebyscore(ACTIVE_KEY, "-inf", now - self._lifetime_seconds)
            pipeline.zadd(ACTIVE_KEY, {uuid.uuid4().hex: now})
            pipeline.execute()

    def ended(self) -> None:
        """Count one less: the oldest, since the store does not know one from another."""
        self._client.zpopmin(ACTIVE_KEY)

    def count(self) -> int:
        """Return how many are active."""
        with suppress_instrumentation():
            return int(self._client.zcount(ACTIVE_KEY, time.time() - self._lifetime_seconds, "+inf"))


class Conversations:
    """
    Keep the state of each conversation and of the sales pipeline in Redis.

    Args:
        client: an asynchronous Redis client with decoded answers.
        lifetime_seconds: how long a silent conversation is kept.
    """

    def __init__(self, client: Redis, lifetime_seconds: int) -> None:
        self._client = client
        self._lifetime_seconds = lifetime_seconds

    async def add_message(self, conversation_id: str) -> int:
        """Count a client's message, and return its number: 1 opens the conversation."""
        async with self._client.pipeline(transaction=True) as pipeline:
            pipeline.incr(_key(conversation_id))
            pipeline.expire(_key(conversation_id), self._lifetime_seconds)
            count, _ = await pipeline.execute()
        return int(count)

    async def end(self, conversation_id: str) -> bool:
        """End a conversation, and say whether it was open."""
        return bool(await self._client.delete(_key(conversation_id)))

    async def move_in_pipeline(self, stage: str) -> int:
        """Count one more deal in a stage of the sales pipeline, and return how many are there."""
        return int(await self._client.hincrby(PIPELINE_KEY, stage, 1))


def conversation_id(client: str) -> str:
    """Give the name under which a client's conversation is kept: a digest of the address."""
    return hashlib.sha256(client.encode()).hexdigest()[:20]


def _key(name: str) -> str:
    return f"whatsapp:conversation:{name}"
