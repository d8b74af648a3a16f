"""
A Redis client for reading depths: blocking, of its own, and bounded in time.

Depths are read wherever metrics are collected, mostly in the export thread. A client of the application may belong
to an event loop, be busy, or wait for ever, so only its address is taken.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, TypeAlias

from opentelemetry import context
from opentelemetry.instrumentation.utils import suppress_instrumentation

if TYPE_CHECKING:
    import redis
    from redis.connection import Connection

# The type of the asyncio client is not known in full to every checker, so it is not named.
AnyRedis: TypeAlias = "redis.Redis | Any"
"""A client of redis-py, blocking or asynchronous; what behaves like a blocking one will do."""

READ_TIMEOUT_SECONDS = 1.0
"""How long a reading waits for Redis, to connect and to answer; both may be tried twice."""

_ADDRESS = ("host", "port", "db", "username", "password", "path", "credential_provider", "protocol")
_TRIES_AGAIN = 1
_READING = context.create_key("anclora-depth-reading")


@contextmanager
def reading() -> Iterator[None]:
    """Keep what telemetry itself asks of Redis out of spans and metrics."""
    with suppress_instrumentation():
        token = context.attach(context.set_value(_READING, True))
        try:
            yield
        finally:
            context.detach(token)


def is_reading() -> bool:
    """Say whether it is telemetry itself that asks."""
    return context.get_value(_READING) is not None


def reading_client(client: AnyRedis, timeout_seconds: float = READ_TIMEOUT_SECONDS) -> Any:
    """
    Give a blocking client for the same Redis that gives up soon.

    A client whose address cannot be taken (a cluster's, a Sentinel's) is used as it is, if it is a blocking one.

    Args:
        client: of redis-py, blocking or asynchronous.
        timeout_seconds: how long it waits, to connect and to answer.

    Raises:
        TypeError: if the client is an asynchronous one whose address cannot be taken.
    """
    # Whoever has a client has the package; nobody else needs it.
    import redis
    from redis.backoff import NoBackoff
    from redis.retry import Retry

    pool = getattr(client, "connection_pool", None)
    kind = _connection_class(getattr(pool, "connection_class", None))
    if pool is None or kind is None:
        if type(client).__module__.startswith("redis.asyncio"):
            raise TypeError(
                f"depths cannot be read with {type(client).__name__}: expected a client that connects to one host; "
                "give a blocking client of the same Redis"
            )
        return client
    # Names of redis-py's connections are the same for both kinds of client; ssl_… are those of TLS.
    given = pool.connection_kwargs
    address = {name: given[name] for name in given if name in _ADDRESS or name.startswith("ssl_")}
    return redis.Redis(
        connection_pool=redis.ConnectionPool(
            connection_class=kind,
            socket_timeout=timeout_seconds,
            socket_connect_timeout=timeout_seconds,
            retry=Retry(NoBackoff(), _TRIES_AGAIN),
            **address,
        )
    )


def _connection_class(kind: type | None) -> type[Connection] | None:
    if kind is None or kind.__name__ not in ("Connection", "SSLConnection", "UnixDomainSocketConnection"):
        return None
    import redis.connection

    found: type[Connection] = getattr(redis.connection, kind.__name__)
    return found
