"""The client that reads depths: the address of another, and little patience."""

from __future__ import annotations

from typing import Any

import pytest
import redis
import redis.asyncio
import redis.asyncio.sentinel
import redis.sentinel

from anclora_otel.queues.reading_client import reading_client

URLS = [
    "redis://user:word@localhost:1234/5",
    "rediss://localhost:1234/5?ssl_cert_reqs=none",
    "unix://user:word@/run/redis.sock?db=5",
]
CONNECTIONS = {"redis": redis.Connection, "rediss": redis.SSLConnection, "unix": redis.UnixDomainSocketConnection}


def _master(module: Any) -> Any:
    return module.Sentinel([("localhost", 1)]).master_for("main")


@pytest.mark.parametrize("url", URLS)
@pytest.mark.parametrize("kind", [redis.Redis, redis.asyncio.Redis])
def test_address_is_taken(kind: type[redis.Redis], url: str) -> None:
    """Host, database, account and TLS are the client's; the timeouts and the connection are its own."""
    given = kind.from_url(url, socket_timeout=None, decode_responses=True)
    made = reading_client(given, timeout_seconds=0.5)
    expected = redis.Redis.from_url(url).connection_pool.connection_kwargs
    options = made.connection_pool.connection_kwargs

    assert made.connection_pool is not given.connection_pool
    assert made.connection_pool.connection_class is CONNECTIONS[url.split(":", maxsplit=1)[0]]
    for name in ("host", "port", "db", "username", "password", "path", "ssl_cert_reqs"):
        assert options.get(name) == expected.get(name)
    assert (options["socket_timeout"], options["socket_connect_timeout"]) == (0.5, 0.5)
    assert options["retry"].get_retries() == 1


def test_client_of_a_sentinel() -> None:
    """A blocking client whose address changes is used as it is."""
    given = _master(redis.sentinel)

    assert reading_client(given) is given


def test_asynchronous_client_of_a_sentinel() -> None:
    """An asynchronous one cannot be, which is said with what to do."""
    given = _master(redis.asyncio.sentinel)

    with pytest.raises(TypeError, match=r"cannot be read with Redis: .* give a blocking client of the same Redis$"):
        reading_client(given)
