"""Record Redis commands and connection pools."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Protocol

from anclora_otel import instruments
from anclora_otel._guard import guarded
from anclora_otel.catalogue import redis as catalogue
from anclora_otel.catalogue.labels import RedisOperation, RedisStatus

BLOCKING_OPERATIONS = frozenset({"blpop", "brpop", "bzpopmin", "wait"})
"""Operations that always wait by design: they are counted, but their time is no latency."""


class ConnectionPool(Protocol):
    """A connection pool whose use can be read."""

    @property
    def max_connections(self) -> int:
        """Connections that the pool may open."""

    def in_use(self) -> int:
        """Give the number of connections in use."""


@guarded
def record_redis_operation(operation: RedisOperation, status: RedisStatus, latency_seconds: float | None) -> None:
    """
    Record a Redis command.

    Args:
        operation: the command in lower case; one that is not listed counts as ``other``.
        status: how it ended.
        latency_seconds: its time in seconds; None for one that waited by design, as ``xread`` with ``BLOCK``; ignored
            for `BLOCKING_OPERATIONS`.

    """
    current = instruments.current()
    current.counter(catalogue.REDIS_OPERATIONS).add(1, operation, status)
    if latency_seconds is not None and operation not in BLOCKING_OPERATIONS:
        current.histogram(catalogue.REDIS_LATENCY).record(latency_seconds, operation)


@guarded
def observe_redis_pool(name: str, pool: ConnectionPool) -> None:
    """
    Report the connections of a pool at each collection.

    Args:
        name: the pool's name.
        pool: what to read.

    """

    def in_use() -> Iterable[instruments.Reading]:
        return [(float(pool.in_use()), (name,))]

    def limit() -> Iterable[instruments.Reading]:
        return [(float(pool.max_connections), (name,))]

    current = instruments.current()
    current.gauge(catalogue.REDIS_CONNECTIONS).add_observer(in_use)
    current.gauge(catalogue.REDIS_CONNECTIONS_MAX).add_observer(limit)
