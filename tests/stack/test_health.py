"""The health of the example's service while what it depends on goes away and comes back."""

from __future__ import annotations

import json
import os
import signal
import sys
import time
import urllib.error
import urllib.request
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
import redis

from anclora_otel.catalogue.health import CACHE_SECONDS
from anclora_otel.stack import Places, Ports, Stack
from tests.stack.example import eventually
from tests.wire.running import BIN, free_port, started

PROJECT = Path(__file__).parents[2]
CHECKS = {"redis", "queue", "memory", "event_loop", "disk", "telemetry"}
STALE_SECONDS = 3

Report = dict[str, Any]


class Service:
    """
    Ask the service.

    Args:
        url: its address.

    """

    def __init__(self, url: str) -> None:
        self._url = url

    def ask(self, path: str = "/health") -> tuple[int, Report]:
        """Give the status code and the report."""
        try:
            with urllib.request.urlopen(f"{self._url}{path}", timeout=10) as response:
                return response.status, json.load(response)
        except urllib.error.HTTPError as error:
            with error:
                return error.code, json.load(error)

    def when(self, status: str, what: str, check: str = "") -> Report:
        """Wait for a status of the service, or of one check, and give the report; live and 200 hold meanwhile."""

        def look() -> Report | None:
            code, report = self.ask()
            assert code == (503 if report["status"] == "unhealthy" else 200)
            assert self.ask("/health/live")[0] == 200
            found = report["checks"][check]["status"] if check else report["status"]
            return report if found == status else None

        report = eventually(look, what)
        assert report is not None
        return report


@pytest.fixture(scope="module")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    """Start a stack of its own, since these tests take its components away."""
    places = Places.choose(PROJECT, os.environ, state=tmp_path_factory.mktemp("health-stack"))
    stack = Stack(places, Ports.free())
    stack.up()
    yield stack
    stack.down()


@pytest.fixture(scope="module")
def service(stack: Stack) -> Iterator[Service]:
    """Start the example's service under the wrapper."""
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    variables = {
        "REDIS_URL": f"{stack.url('redis')}/0",
        "EXAMPLE_TELEMETRY_STALE_SECONDS": str(STALE_SECONDS),
        "OTEL_EXPORTER_OTLP_ENDPOINT": stack.url("collector"),
        "OTEL_SERVICE_NAME": "whatsapp-service",
        "OTEL_METRIC_EXPORT_INTERVAL": "1000",
    }
    wrapper = [str(BIN / "anclora-otel"), "run", "--", sys.executable, "-m"]
    # Nobody reads its output, and a line for each probe would fill the pipe.
    options = ["--port", str(port), "--no-access-log"]
    command = [*wrapper, "uvicorn", "examples.whatsapp_service.app:app", *options]
    with started(command, variables, ready_url=f"{url}/health/live"):
        yield Service(url)


@contextmanager
def stopped(stack: Stack, component: str) -> Iterator[None]:
    """Take a component away, and bring it back."""
    stack.stop(component)
    try:
        yield
    finally:
        stack.start(component)


@contextmanager
def frozen(stack: Stack, component: str) -> Iterator[None]:
    """Let a component hang: it takes connections and does not answer."""
    pid = next(each.pid for each in stack.status() if each.name == component)
    assert pid is not None
    os.kill(pid, signal.SIGSTOP)
    try:
        yield
    finally:
        os.kill(pid, signal.SIGCONT)


def test_all_is_well(service: Service) -> None:
    """Every check passes, and telemetry says when it last delivered."""
    report = service.when("healthy", "a healthy service")
    eventually(
        lambda: service.ask()[1]["checks"]["telemetry"]["details"]["metrics"]["exported"] > 0, "the first delivery"
    )
    telemetry = service.ask()[1]["checks"]["telemetry"]["details"]

    assert report["checks"].keys() == CHECKS
    assert report["checks"]["memory"]["details"].keys() == {"rssMB", "heapUsedMB"}
    assert telemetry["metrics"]["lastDeliveredSecondsAgo"] < 30
    assert telemetry["logs"]["dropped"] == telemetry["traces"]["dropped"] == 0


def test_many_probes(stack: Stack, service: Service) -> None:
    """Probes that come together share one run of the checks, so Redis is asked about once a second."""
    service.when("healthy", "a healthy service")
    with redis.Redis.from_url(stack.url("redis")) as client, ThreadPoolExecutor(20) as probes:

        def pings() -> int:
            statistics = client.info("commandstats")
            return int(statistics["cmdstat_ping"]["calls"]) if "cmdstat_ping" in statistics else 0

        client.config_resetstat()
        begun = time.monotonic()
        codes = Counter(probes.map(lambda _: service.ask()[0], range(1000)))
        eventually(lambda: service.ask()[0] == 200 and pings() > 0, "Redis to be asked again")
        asked, seconds = pings(), time.monotonic() - begun

    assert codes == {200: 1000}
    assert asked <= seconds / CACHE_SECONDS + 1


def test_redis_stops(stack: Stack, service: Service) -> None:
    """Unhealthy and not ready, alive all the same; healthy again once Redis is back."""
    with stopped(stack, "redis"):
        report = service.when("unhealthy", "Redis to be missed")
        ready, ready_report = service.ask("/health/ready")

        assert {name for name, check in report["checks"].items() if check["status"] == "fail"} >= {"redis", "queue"}
        assert report["checks"]["redis"]["details"]["reason"] == "Connection refused"
        assert "127.0.0.1" not in json.dumps(report)
        assert (ready, ready_report["status"]) == (503, "unhealthy")
    service.when("healthy", "Redis to be found again")


def test_redis_hangs(stack: Stack, service: Service) -> None:
    """A Redis that takes connections and says nothing is given up by the deadline, again and again."""
    with frozen(stack, "redis"):
        report = service.when("fail", "Redis to be given up", "redis")
        again = [service.ask()[1] for _ in range(5)]

        for each in (report, *again):
            assert each["status"] == "unhealthy"
            assert each["checks"]["redis"]["status"] == "fail"
            assert each["checks"]["redis"]["duration"] <= 2000
            assert each["checks"]["memory"]["status"] == "pass"
    service.when("healthy", "Redis to go on")


def test_the_collector_stops(stack: Stack, service: Service) -> None:
    """Degraded at most, ready and alive; telemetry says what did not arrive, and that it does again."""
    with stopped(stack, "collector"):
        service.when("warn", "telemetry to be missed", "telemetry")
        eventually(
            lambda: "no metrics" in service.ask()[1]["checks"]["telemetry"]["details"]["reason"], "metrics to be missed"
        )
        report = service.ask()[1]
        telemetry = report["checks"]["telemetry"]["details"]
        ready, ready_report = service.ask("/health/ready")

        assert report["status"] == "degraded"
        assert "no metrics delivered for" in telemetry["reason"]
        assert telemetry["metrics"]["lastDeliveredSecondsAgo"] >= STALE_SECONDS
        assert (ready, ready_report["status"]) == (200, "healthy")
        assert "telemetry" not in ready_report["checks"]
    service.when("healthy", "telemetry to be delivered again")
