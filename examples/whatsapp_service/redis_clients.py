"""The Redis clients of the example's processes."""

from __future__ import annotations

import redis
from redis.asyncio import Redis
from redis.backoff import NoBackoff
from redis.retry import Retry

TIMEOUT_SECONDS = 3.0


def working_client(url: str) -> Redis:
    """Give an asynchronous client with decoded answers, for the work of the service."""
    return Redis.from_url(url, decode_responses=True, socket_timeout=TIMEOUT_SECONDS)


def observing_client(url: str) -> redis.Redis:
    """Give a synchronous client that gives up at once, for the export thread, which must not wait."""
    return redis.Redis.from_url(url, socket_timeout=1.0, socket_connect_timeout=1.0, retry=Retry(NoBackoff(), 0))
