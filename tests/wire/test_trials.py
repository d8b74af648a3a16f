"""Trouble on request: the example's trials over real sockets."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import httpx
import psutil
import pytest
import redis

from tests.wire.output import Output
from tests.wire.running import BIN, free_port, poll, started

PYTHON = [str(BIN / "anclora-otel"), "run", "--", sys.executable, "-m"]
MEBIBYTE = 1024 * 1024


@dataclass(frozen=True)
class Service:
    """
    The example's service.

    Args:
        url: its address.
        output: what it prints.
        process_id: its process.

    """

    url: str
    output: Output
    process_id: int

    def post(self, path: str, **body: float) -> httpx.Response:
        """Post a body."""
        return httpx.post(f"{self.url}{path}", json=body, timeout=10, trust_env=False)

    def delete(self, path: str) -> httpx.Response:
        """Delete what is there."""
        return httpx.delete(f"{self.url}{path}", timeout=10, trust_env=False)


@contextmanager
def service(redis_url: str, **variables: str) -> Iterator[Service]:
    """Run the service without exporters."""
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    quiet = {f"OTEL_{signal}_EXPORTER": "none" for signal in ("METRICS", "TRACES", "LOGS")}
    command = [*PYTHON, "uvicorn", "--port", str(port), "examples.whatsapp_service.app:app"]
    given = {"REDIS_URL": redis_url, **quiet, **variables}
    with started(command, given, ready_url=f"{url}/health/live") as process:
        yield Service(url, Output(process), process.pid)


@pytest.fixture(scope="module")
def running(redis_url: str) -> Iterator[Service]:
    """Run the service with trials."""
    with service(redis_url, ANCLORA_TEST_ENDPOINTS="1") as found:
        yield found


@pytest.fixture
def client(empty_redis_url: str) -> Iterator[redis.Redis]:
    """Give a client of the service's emptied Redis."""
    with redis.Redis.from_url(empty_redis_url, decode_responses=True) as client:
        yield client


def test_there_are_none_unless_asked_for(redis_url: str) -> None:
    """No route answers."""
    with service(redis_url) as found:
        assert found.post("/test/errors").status_code == 404


@pytest.mark.parametrize("environment", ["production", "Prod", "live"])
def test_there_are_none_in_production(redis_url: str, environment: str) -> None:
    """Whatever is set; one line says so."""
    with service(redis_url, ANCLORA_TEST_ENDPOINTS="1", ANCLORA_ENVIRONMENT=environment) as found:
        assert found.post("/test/memory-pressure").status_code == 404
        said = [line for line in found.output.lines if "ANCLORA_TEST_ENDPOINTS is not followed" in line]
    assert len(said) == 1


def test_latency_is_told_to_the_workers_and_ends_by_itself(running: Service, client: redis.Redis) -> None:
    """Messages are queued meanwhile, the key expires, and a second trial waits for the first."""
    answer = running.post("/test/high-latency", latency_seconds=0.2, duration_seconds=2, messages_per_second=10)
    second = running.post("/test/high-latency")
    told, left_milliseconds = client.get("whatsapp:trial:high-latency"), client.pttl("whatsapp:trial:high-latency")

    assert answer.status_code == 202
    assert answer.json()["alerts"] == ["HighQueueLatency", "CriticalQueueLatency"]
    assert (told, 0 < left_milliseconds <= 2000) == ("0.2", True)
    assert second.status_code == 409
    poll(lambda: client.llen("bull:whatsapp-messages:wait") == 20, 30, "the messages of the trial")
    poll(lambda: client.get("whatsapp:trial:high-latency") is None, 30, "the end of the trial")


def test_a_worker_fails_its_share(running: Service, redis_url: str, client: redis.Redis) -> None:
    """With a share of 1 every message goes to the failed set; DELETE ends the trial."""
    variables = {"REDIS_URL": redis_url, "ANCLORA_TEST_ENDPOINTS": "1", "OTEL_SDK_DISABLED": "true"}
    assert running.post("/test/errors", share=1, duration_seconds=60, messages_per_second=20).status_code == 202
    with started([*PYTHON, "examples.whatsapp_service.worker"], variables) as worker:
        Output(worker)
        poll(lambda: client.zcard("bull:whatsapp-messages:failed") >= 10, 30, "failed messages")

    assert client.zcard("bull:whatsapp-messages:completed") == 0
    assert running.delete("/test/errors").json() == {"stopped": True}
    assert running.delete("/test/errors").json() == {"stopped": False}
    assert client.get("whatsapp:trial:errors") is None


def test_memory_is_held_and_given_back(running: Service, client: redis.Redis) -> None:
    """Resident memory rises by what was asked for, and falls when the trial ends."""
    client.ping()
    process = psutil.Process(running.process_id)
    before = process.memory_info().rss
    assert running.post("/test/memory-pressure", megabytes=200, duration_seconds=60).status_code == 202

    poll(lambda: process.memory_info().rss > before + 190 * MEBIBYTE, 30, "memory to rise")
    assert running.delete("/test/memory-pressure").json() == {"stopped": True}
    poll(lambda: process.memory_info().rss < before + 100 * MEBIBYTE, 30, "memory to fall")


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("/test/high-latency", {"latency_seconds": 60}),
        ("/test/high-latency", {"duration_seconds": 86_400}),
        ("/test/high-latency", {"messages_per_second": 1e6}),
        ("/test/errors", {"share": 2}),
        ("/test/errors", {"shares": 1}),
        ("/test/memory-pressure", {"megabytes": 100_000}),
        ("/test/memory-pressure", {"megabytes": -1}),
    ],
)
def test_what_is_beyond_the_bounds_is_refused(running: Service, path: str, body: dict[str, float]) -> None:
    """Nothing is started, and the answer names the field."""
    answer = running.post(path, **body)

    assert answer.status_code == 422
    assert next(iter(body)) in answer.text


def test_an_unknown_trial_cannot_be_ended(running: Service) -> None:
    """The answer names the known ones."""
    assert running.delete("/test/earthquake").status_code == 422
