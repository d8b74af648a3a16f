"""Count the connections in use of every pool of redis-py."""

from __future__ import annotations

import threading
import weakref
from collections.abc import Awaitable, Callable, Iterable, Iterator
from typing import Any

from wrapt import wrap_function_wrapper

from anclora_otel import instruments
from anclora_otel.catalogue import redis as catalogue

_UNLIMITED = 2**31 - 1
_MODULES = ("redis.connection", "redis.asyncio.connection")
_POOLS = ("ConnectionPool", "BlockingConnectionPool")


class ConnectionPools:
    """
    The pools of a process, by what is taken from them and given back.

    A pool is called after the database that it leads to, such as ``cache:6379/0``, unless `name` calls it otherwise. Of
    several pools with one name the fullest counts, since that is the one that runs out.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._in_use: weakref.WeakKeyDictionary[Any, weakref.WeakSet[Any]] = weakref.WeakKeyDictionary()
        self._names: weakref.WeakKeyDictionary[Any, str] = weakref.WeakKeyDictionary()

    def name(self, pool: object, name: str) -> None:
        """Call a pool by a name of the user's."""
        with self._lock:
            self._names[pool] = name

    def wrap(self) -> None:
        """Notice what is taken from the pools of redis-py and given back."""
        for module in _MODULES:
            asynchronous = module.startswith("redis.asyncio")
            for pool in _POOLS:
                take, release = (_take_async, _release_async) if asynchronous else (_take, _release)
                wrap_function_wrapper(module, f"{pool}.get_connection", take)
                wrap_function_wrapper(module, f"{pool}.release", release)

    def observe(self) -> None:
        """Report connections in use and the limit of each pool at each collection."""
        current = instruments.current()
        current.gauge(catalogue.REDIS_CONNECTIONS).add_observer(self._read_in_use)
        current.gauge(catalogue.REDIS_CONNECTIONS_MAX).add_observer(self._read_limits)

    def taken(self, pool: object, connection: object) -> None:
        """Note that a connection is in use."""
        with self._lock:
            self._in_use.setdefault(pool, weakref.WeakSet()).add(connection)

    def released(self, pool: object, connection: object) -> None:
        """Note that a connection is no longer in use."""
        with self._lock:
            self._in_use.setdefault(pool, weakref.WeakSet()).discard(connection)

    def fullest(self) -> dict[str, tuple[int, int | None]]:
        """Give connections in use and the limit, None where there is none, by the name of the pool."""
        found: dict[str, tuple[int, int | None]] = {}
        for name, used, limit in self._usage():
            if name not in found or _fill(used, limit) > _fill(*found[name]):
                found[name] = used, limit
        return found

    def _usage(self) -> Iterator[tuple[str, int, int | None]]:
        with self._lock:
            for pool, connections in list(self._in_use.items()):
                limit = int(getattr(pool, "max_connections", _UNLIMITED))
                name = self._names.get(pool) or name_of(getattr(pool, "connection_kwargs", {}))
                yield name, len(connections), limit if limit < _UNLIMITED else None

    def _read_in_use(self) -> Iterable[instruments.Reading]:
        return [(float(used), (name,)) for name, (used, _) in self.fullest().items()]

    def _read_limits(self) -> Iterable[instruments.Reading]:
        return [(float(limit), (name,)) for name, (_, limit) in self.fullest().items() if limit is not None]


connection_pools = ConnectionPools()
"""The pools of this process."""


def name_redis_pool(client: object, name: str) -> None:
    """
    Call a client's connection pool by a name, in place of its host, port and database.

    Args:
        client: a redis-py client, synchronous or asyncio, or its pool.
        name: value of the label ``pool``, such as ``analytics``.

    """
    connection_pools.name(getattr(client, "connection_pool", client), name)


def name_of(connection: dict[str, Any]) -> str:
    """Give a pool's name by what its connections are made with; neither user nor password is part of it."""
    if connection.get("path"):
        return f"unix/{connection.get('db') or 0}"
    return f"{connection.get('host', 'localhost')}:{connection.get('port', 6379)}/{connection.get('db') or 0}"


def _fill(used: int, limit: int | None) -> tuple[float, int]:
    return used / limit if limit else 0.0, used


def _take(wrapped: Callable[..., Any], pool: object, args: Any, kwargs: Any) -> Any:
    connection = wrapped(*args, **kwargs)
    connection_pools.taken(pool, connection)
    return connection


def _release(wrapped: Callable[..., Any], pool: object, args: Any, kwargs: Any) -> Any:
    connection_pools.released(pool, _first(args, kwargs))
    return wrapped(*args, **kwargs)


async def _take_async(wrapped: Callable[..., Awaitable[Any]], pool: object, args: Any, kwargs: Any) -> Any:
    connection = await wrapped(*args, **kwargs)
    connection_pools.taken(pool, connection)
    return connection


async def _release_async(wrapped: Callable[..., Awaitable[Any]], pool: object, args: Any, kwargs: Any) -> Any:
    connection_pools.released(pool, _first(args, kwargs))
    return await wrapped(*args, **kwargs)


def _first(args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
    return args[0] if args else kwargs.get("connection")
