"""Redis commands and pools of an unchanged program, as they arrive over OTLP."""

from __future__ import annotations

import asyncio
import contextlib
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import redis
import redis.asyncio
from redis.asyncio.cluster import RedisCluster as AsyncRedisCluster
from redis.backoff import NoBackoff
from redis.cluster import RedisCluster
from redis.retry import Retry

from anclora_otel.integrations.redis import instrument_redis_metrics, name_redis_pool
from anclora_otel.integrations.redis_pools import connection_pools
from anclora_otel.stack.redis_server import find_redis_server
from anclora_otel.testing import OtlpReceiver, capture_metrics, plain_attributes
from tests.wire.conftest import wait_until_ready
from tests.wire.programs.redis_commands import SECRET_KEY, SECRET_VALUE
from tests.wire.running import PROGRAMS, free_port, poll, run_wrapped
from tests.wire.test_wrapper import telemetry_to


def points(receiver: OtlpReceiver, name: str) -> list[Any]:
    """Give the last data points of a metric."""
    found = [metric for metric in receiver.received.metrics if metric.name == name]
    data = getattr(found[-1], str(found[-1].WhichOneof("data")))
    return list(data.data_points)


def test_an_unchanged_program_tells_its_commands(empty_redis_url: str) -> None:
    """Each command is counted once, with its outcome; those that wait are in no histogram, and no key leaves."""
    with OtlpReceiver() as receiver:
        done = run_wrapped(
            sys.executable, str(PROGRAMS / "redis_commands.py"), empty_redis_url, **telemetry_to(receiver)
        )
        assert (done.returncode, done.stderr) == (0, "")
        assert receiver.wait_for("metrics", "anclora.redis.operations")
        assert receiver.wait_for("spans", "SET")
        counted = {
            tuple(plain_attributes(list(point.attributes)).values()): point.as_int or point.as_double
            for point in points(receiver, "anclora.redis.operations")
        }
        timed = {
            str(plain_attributes(list(point.attributes))["operation"]): point.count
            for point in points(receiver, "anclora.redis.latency")
        }
        sent = b"".join(receiver.received.bodies)

    expected = {
        ("get", "success"): 6,
        ("set", "success"): 2,
        ("pipeline", "success"): 2,
        ("pipeline", "other"): 1,
        ("lpush", "error"): 1,
        ("brpop", "success"): 1,
        ("xread", "success"): 1,
        ("blpop", "other"): 1,
        ("other", "success"): 1,  # WATCH
    }
    assert {key: count for key, count in counted.items() if key in expected} == expected
    assert set(counted) == set(expected)
    assert timed == {"get": 6, "set": 2, "pipeline": 3, "lpush": 1, "other": 1}
    assert SECRET_KEY.encode() not in sent
    assert SECRET_VALUE.encode() not in sent


def test_connections_in_use_are_those_of_the_fullest_pool(empty_redis_url: str) -> None:
    """A thread that waits in Redis holds one; afterwards it is given back; a user's name is the label."""
    instrument_redis_metrics()
    client = redis.Redis.from_url(empty_redis_url, max_connections=3)
    name_redis_pool(client, "waiting")
    thread = threading.Thread(target=lambda: client.blpop(["nothing"], timeout=30))
    with capture_metrics() as captured:
        connection_pools.observe()
        thread.start()
        with redis.Redis.from_url(empty_redis_url) as control:
            poll(lambda: captured.value("anclora.redis.connections", pool="waiting") == 1, 30, "a connection in use")
            assert captured.value("anclora.redis.connections.max", pool="waiting") == 3
            control.lpush("nothing", "end")
        thread.join()

        assert captured.value("anclora.redis.connections", pool="waiting") == 0


def test_connections_of_the_asyncio_client_are_counted(empty_redis_url: str) -> None:
    """Three tasks that wait hold three."""
    instrument_redis_metrics()

    async def hold_three() -> tuple[int, int]:
        client = redis.asyncio.Redis.from_url(empty_redis_url, max_connections=5)
        name_redis_pool(client, "asyncio")
        waiting = [asyncio.ensure_future(client.blpop([f"nothing{n}"], timeout=30)) for n in range(3)]
        async with redis.asyncio.Redis.from_url(empty_redis_url) as control:
            while connection_pools.fullest().get("asyncio", (0, 0))[0] < 3:
                await control.ping()
            held = connection_pools.fullest()["asyncio"][0]
            for number in range(3):
                await control.lpush(f"nothing{number}", "end")
        await asyncio.gather(*waiting)
        left = connection_pools.fullest()["asyncio"][0]
        await client.aclose()
        return held, left

    assert asyncio.run(hold_three()) == (3, 0)


@pytest.fixture
def cluster_port(tmp_path: Path) -> Iterator[int]:
    """Start a Redis cluster of one node that has every slot."""
    port = free_port()
    options = {"port": port, "bind": "127.0.0.1", "save": "", "dir": tmp_path, "cluster-enabled": "yes"}
    options["cluster-port"] = free_port()
    command = [str(find_redis_server()), *(part for key, value in options.items() for part in (f"--{key}", str(value)))]
    with (tmp_path / "redis.log").open("wb") as log:
        process = subprocess.Popen(command, stdout=log, stderr=subprocess.STDOUT)
    try:
        wait_until_ready(port, process, tmp_path / "redis.log")
        with redis.Redis(port=port) as client:
            client.execute_command("CLUSTER ADDSLOTSRANGE", 0, 16383)
            poll(lambda: client.execute_command("CLUSTER INFO")["cluster_state"] == "ok", 30, "the cluster to form")
        yield port
    finally:
        process.terminate()
        process.wait(timeout=10)


def test_commands_of_a_cluster_are_counted_once(cluster_port: int) -> None:
    """By both clients, pipelines too."""
    instrument_redis_metrics()

    async def use_asyncio() -> None:
        client = AsyncRedisCluster(host="127.0.0.1", port=cluster_port)
        await client.set("a", 1)
        async with client.pipeline() as pipeline:
            pipeline.set("a", 2)
            pipeline.get("a")
            await pipeline.execute()
        await client.aclose()

    with capture_metrics() as captured:
        with contextlib.closing(RedisCluster(host="127.0.0.1", port=cluster_port)) as client:
            client.set("a", 1)
            with client.pipeline() as pipeline:  # type: ignore[no-untyped-call]
                pipeline.set("a", 2)
                pipeline.get("a")
                pipeline.execute()
        asyncio.run(use_asyncio())

        assert captured.value("anclora.redis.operations", operation="set", status="success") == 2
        assert captured.value("anclora.redis.operations", operation="pipeline", status="success") == 2
        assert captured.value("anclora.redis.operations", operation="get", status="success") is None


def test_a_redis_that_is_gone_is_an_error() -> None:
    """The application gets its exception as ever, and the command counts as failed."""
    instrument_redis_metrics()
    with capture_metrics() as captured:
        client = redis.Redis(port=free_port(), socket_connect_timeout=1, retry=Retry(NoBackoff(), 0))
        with pytest.raises(redis.ConnectionError):
            client.get("a")

        assert captured.value("anclora.redis.operations", operation="get", status="error") == 1
