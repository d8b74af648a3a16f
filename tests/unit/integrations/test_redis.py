"""What becomes of a Redis command's name, arguments and outcome."""

from __future__ import annotations

import asyncio
import gc
from typing import Any

import pytest
import redis

from anclora_otel.integrations.redis import blocks, operation_of, status_of
from anclora_otel.integrations.redis_pools import ConnectionPools, name_of


@pytest.mark.parametrize(
    ("arguments", "operation"),
    [
        (("GET", "key"), "get"),
        ((b"hgetall", "key"), "hgetall"),
        (("EVALSHA", "abc", 0), "evalsha"),
        (("pipeline",), "pipeline"),
        (("CLIENT SETINFO", "LIB-NAME"), "other"),
        (("+34600111222",), "other"),
        ((), "other"),
        ((17,), "other"),
    ],
)
def test_only_listed_commands_become_a_label(arguments: tuple[Any, ...], operation: str) -> None:
    """Whatever else is executed counts as other."""
    assert operation_of(arguments) == operation


@pytest.mark.parametrize(
    ("arguments", "blocking"),
    [
        (("BZPOPMIN", "key", 5), True),
        (("brpoplpush", "a", "b", 1), True),
        (("BLMOVE", "a", "b", "LEFT", "RIGHT", 1), True),
        (("XREAD", b"BLOCK", 1000, "STREAMS", "s", "$"), True),
        (("XREADGROUP", "GROUP", "g", "c", "BLOCK", 0, "STREAMS", "s", ">"), True),
        (("XREADGROUP", "GROUP", "g", "c", "COUNT", 1, "BLOCK", 0), True),
        (("XREAD", "COUNT", 1, "STREAMS", "block", "$"), False),
        (("XREAD", "STREAMS", "s", "$"), False),
        (("GET", "block"), False),
        (("XREADGROUP", "GROUP", "block", "c", "STREAMS", "s", ">"), False),
        ((), False),
    ],
)
def test_commands_that_wait_by_design_are_known(arguments: tuple[Any, ...], blocking: bool) -> None:
    """Streams wait only with the option."""
    assert blocks(arguments) is blocking


@pytest.mark.parametrize(
    ("error", "status"),
    [
        (None, "success"),
        (redis.TimeoutError(), "timeout"),
        (TimeoutError(), "timeout"),
        (redis.ConnectionError(), "error"),
        (redis.ResponseError(), "error"),
        (ConnectionResetError(), "error"),
        (redis.WatchError(), "other"),
        (asyncio.CancelledError(), "other"),
        (ValueError(), "other"),
    ],
)
def test_each_outcome_has_its_status(error: BaseException | None, status: str) -> None:
    """A lock that was lost, a task that was cancelled and a wrong argument are no errors of Redis."""
    assert status_of(error) == status


@pytest.mark.parametrize(
    ("connection", "name"),
    [
        ({"host": "cache", "port": 6380, "db": 2, "username": "u", "password": "secret"}, "cache:6380/2"),
        ({}, "localhost:6379/0"),
        ({"path": "/run/redis/anclora.sock", "db": None}, "unix/0"),
    ],
)
def test_a_pool_is_called_after_its_database(connection: dict[str, Any], name: str) -> None:
    """No user and no password is part of the name."""
    assert name_of(connection) == name


def connection() -> redis.Connection:
    """Make a connection that is not opened."""
    return redis.Connection()  # type: ignore[no-untyped-call]


def test_the_fullest_of_several_pools_counts() -> None:
    """That is the one that runs out; a user's name keeps pools apart."""
    pools = ConnectionPools()
    small, large, named = (redis.ConnectionPool(max_connections=limit) for limit in (2, 100, 5))
    pools.name(named, "analytics")
    connections = [connection() for _ in range(6)]
    for pool, taken in ((small, connections[:2]), (large, connections[2:5]), (named, connections[5:])):
        for each in taken:
            pools.taken(pool, each)

    assert pools.fullest() == {"localhost:6379/0": (2, 2), "analytics": (1, 5)}
    pools.released(small, connections[0])
    pools.released(small, connections[1])
    assert pools.fullest()["localhost:6379/0"] == (3, 100)


def test_a_pool_that_is_gone_is_forgotten() -> None:
    """Nothing here keeps a pool or a connection alive."""
    pools = ConnectionPools()
    pool, taken = redis.ConnectionPool(), connection()
    pools.taken(pool, taken)
    del taken
    assert pools.fullest() == {"localhost:6379/0": (0, pool.max_connections)}

    del pool
    gc.collect()
    assert pools.fullest() == {}
