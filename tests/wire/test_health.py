"""Health over real sockets: a server, a Redis, one that is gone, one that never answers."""

from __future__ import annotations

import json
import os
import pty
import socket
import subprocess
import sys
import threading
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from typing import Any

import pytest
import redis

from anclora_otel.testing import OtlpReceiver
from tests.wire.running import BIN, environment, free_port, get, poll, started

PASSWORD = "hunter2-s3cret"
WRAPPER = [str(BIN / "anclora-otel"), "run", "--"]
NO_EXPORT = {"OTEL_METRICS_EXPORTER": "none", "OTEL_TRACES_EXPORTER": "none", "OTEL_LOGS_EXPORTER": "none"}


@contextmanager
def serving(program: str, variables: Mapping[str, str], *wrapper: str, ready: str = "/health/live") -> Iterator[str]:
    """Serve a program by uvicorn and give its address."""
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    command = [*wrapper, sys.executable, "-m", "uvicorn", "--port", str(port), f"tests.wire.programs.{program}:app"]
    with started(command, variables, ready_url=f"{url}{ready}"):
        yield url


def ask(url: str, method: str = "GET") -> tuple[int, Any, bytes]:
    """Ask and give status, headers and body, whatever the status."""
    try:
        with urllib.request.urlopen(urllib.request.Request(url, method=method), timeout=20) as response:
            return response.status, response.headers, response.read()
    except urllib.error.HTTPError as error:
        with error:
            return error.code, error.headers, error.read()


def health_of(url: str) -> tuple[int, dict[str, Any]]:
    """Ask for the health and give status and report."""
    status, _, body = ask(f"{url}/health")
    return status, json.loads(body)


@pytest.fixture
def black_hole() -> Iterator[int]:
    """Accept connections and never say a word, as a Redis that hangs."""
    with closing(socket.socket()) as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen(500)
        kept: list[socket.socket] = []

        def accept() -> None:
            try:
                while True:
                    kept.append(listener.accept()[0])
            except OSError:
                return

        thread = threading.Thread(target=accept, daemon=True)
        thread.start()
        yield int(listener.getsockname()[1])
        listener.shutdown(socket.SHUT_RDWR)
        thread.join()
        for connection in kept:
            connection.close()


@pytest.fixture(scope="module")
def service(redis_url: str) -> Iterator[str]:
    """Serve beside the real Redis."""
    with serving("health_service", {"REDIS_URL": redis_url, **NO_EXPORT}) as url:
        yield url


@pytest.fixture(scope="module")
def plain_service() -> Iterator[str]:
    """Serve a service that has no check of its own that could fail, and give its health endpoint."""
    variables = {"ANCLORA_HEALTH_PATH": "/health", "OTEL_SDK_DISABLED": "true"}
    with serving("service", variables, *WRAPPER) as url:
        yield f"{url}/health"


class TestService:
    """A service with a Redis and a queue."""

    def test_healthy(self, service: str, empty_redis_url: str) -> None:
        """Every check passes, with its duration and details."""
        assert empty_redis_url
        poll(lambda: health_of(service)[1]["checks"]["queue"]["details"].get("waiting") == 0, 5, "the empty queue")
        poll(lambda: health_of(service)[1]["checks"]["event_loop"]["status"] == "pass", 45, "a loop that is idle again")
        status, report = health_of(service)

        assert (status, report["status"]) == (200, "healthy")
        assert {name: check["status"] for name, check in report["checks"].items()} == dict.fromkeys(
            ("redis", "analytics_redis", "queue", "memory", "event_loop", "disk", "telemetry"), "pass"
        )
        assert all(check["duration"] >= 0 for check in report["checks"].values())
        assert report["checks"]["memory"]["details"].keys() == {"rssMB", "heapUsedMB"}

    def test_a_deep_queue(self, service: str, empty_redis_url: str) -> None:
        """More than 10,000 waiting jobs warn: degraded, and 200."""
        with redis.Redis.from_url(empty_redis_url) as client:
            client.rpush("bull:mail:wait", *range(10_001))
        poll(lambda: health_of(service)[1]["checks"]["queue"]["status"] == "warn", 5, "the queue to warn")

        status, report = health_of(service)
        assert (status, report["status"]) == (200, "degraded")
        assert report["checks"]["queue"]["details"] == {"waiting": 10_001, "active": 0, "failed": 0}

    def test_http(self, service: str) -> None:
        """Headers, methods and paths over a real socket."""
        status, headers, body = ask(f"{service}/health", "HEAD")

        assert (status, body, headers["cache-control"]) == (200, b"", "no-store")
        assert int(headers["content-length"]) > 100
        assert ask(f"{service}/health", "DELETE")[0] == 405
        assert ask(f"{service}/health/startup")[0] == 404
        assert ask(f"{service}/")[0] == 404

    def test_a_storm_of_probes(self, service: str) -> None:
        """All are answered."""
        with ThreadPoolExecutor(20) as probes:
            statuses = list(probes.map(lambda _: ask(f"{service}/health")[0], range(200)))

        assert set(statuses) == {200}


@pytest.mark.parametrize("user", ["", f":{PASSWORD}@", f"bot:{PASSWORD}@"])
def test_a_redis_that_is_gone(user: str) -> None:
    """The service is unhealthy, alive and not ready, and says why without an address or a password."""
    with serving("health_service", {"REDIS_URL": f"redis://{user}127.0.0.1:{free_port()}/0", **NO_EXPORT}) as url:
        status, report = health_of(url)
        others = ask(f"{url}/health/live")[0], ask(f"{url}/health/ready")[0]

    assert (status, report["status"], *others) == (503, "unhealthy", 200, 503)
    for name in ("redis", "analytics_redis", "queue"):
        check = report["checks"][name]
        assert check["status"] == "fail"
        # The client tries again with pauses by default, which may take it to the deadline.
        assert check["details"].get("reason") == "Connection refused" or "timed out" in check["details"]["error"]
    assert PASSWORD not in json.dumps(report)
    assert "127.0.0.1" not in json.dumps(report)


def test_a_wrong_password(redis_url: str) -> None:
    """What Redis says of it is shown, the password is not."""
    url = redis_url.replace("redis://", f"redis://bot:{PASSWORD}@")
    with serving("health_service", {"REDIS_URL": url, **NO_EXPORT}) as service:
        status, report = health_of(service)

    assert status == 503
    assert report["checks"]["redis"]["details"]["error"] in ("AuthenticationError", "ResponseError")
    assert PASSWORD not in json.dumps(report)


def test_a_redis_that_hangs(black_hole: int) -> None:
    """Clients without a timeout are given up by the deadline; nothing else waits for them, and nothing piles up."""
    with serving("health_service", {"REDIS_URL": f"redis://127.0.0.1:{black_hole}/0", **NO_EXPORT}) as url:
        with ThreadPoolExecutor(20) as probes:
            probing = [probes.submit(health_of, url) for _ in range(20)]
            assert ask(f"{url}/health/live")[0] == 200
            reports = [each.result() for each in probing]
        # A function in a thread goes on, and says so; one on the event loop was cancelled.
        poll(
            lambda: "stillRunningForSeconds" in health_of(url)[1]["checks"]["redis"]["details"], 10, "the later answer"
        )

    assert {status for status, _ in reports} == {503}
    for _, report in reports:
        for name in ("redis", "analytics_redis", "queue"):
            assert report["checks"][name]["details"]["error"] == "timed out after 1 s"
        assert report["checks"]["memory"]["status"] == "pass"


class TestWrapper:
    """Routes without a changed line."""

    def test_the_routes_and_what_is_recorded_of_them(self) -> None:
        """ANCLORA_HEALTH_PATH serves health where it says; neither traces nor metrics have it."""
        with OtlpReceiver() as receiver:
            variables = {
                "OTEL_EXPORTER_OTLP_ENDPOINT": receiver.endpoint,
                "OTEL_METRIC_EXPORT_INTERVAL": "500",
                "ANCLORA_HEALTH_PATH": "/internal/state",
            }
            with serving("service", variables, *WRAPPER, ready="/internal/state/live") as url:
                report = json.loads(ask(f"{url}/internal/state")[2])
                assert ask(f"{url}/internal/state/ready")[0] == 200
                assert ask(f"{url}/health")[0] == 404
                get(f"{url}/properties/7")
                assert receiver.wait_for("spans", "GET /properties/{reference}")
                assert receiver.wait_for("metrics", "http.server.request.duration")
            spans = {span.name for span in receiver.received.spans}
            points = [
                point
                for metric in receiver.received.metrics
                if metric.name == "http.server.request.duration"
                for point in metric.histogram.data_points
            ]
        routes = {pair.value.string_value for point in points for pair in point.attributes if pair.key == "http.route"}

        assert list(report["checks"]) == ["memory", "event_loop", "disk", "telemetry"]
        assert spans == {"GET /properties/{reference}"}
        assert routes == {"/properties/{reference}"}

    def test_a_health_page_of_the_applications_own(self) -> None:
        """It stays; the two beside it are added, and checks of its own count."""
        variables = {"ANCLORA_HEALTH_PATH": "/health", **NO_EXPORT}
        with serving("own_health", variables, *WRAPPER, ready="/health") as url:
            assert get(f"{url}/health") == '"mine"'
            ready, _, body = ask(f"{url}/health/ready")

        assert ready == 503
        assert json.loads(body)["checks"]["whatsapp"]["status"] == "fail"

    def test_nothing_by_default(self) -> None:
        """It would be as public as the application."""
        with serving("service", NO_EXPORT, *WRAPPER, ready="/properties/1") as url:
            assert ask(f"{url}/health/live")[0] == 404


class TestCommand:
    """`anclora-otel health`, as a person and as Docker's HEALTHCHECK call it."""

    def run(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Run the command to its end."""
        return subprocess.run(
            [str(BIN / "anclora-otel"), "health", *arguments],
            env=environment(),
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )

    def test_a_table(self, plain_service: str) -> None:
        """One line a check, without colours where nobody sees them."""
        done = self.run(plain_service)

        assert (done.returncode, done.stderr) == (0, "")
        first, *rest = done.stdout.splitlines()
        assert first.startswith("healthy · up ")
        assert [line.split()[:2] for line in rest] == [
            [name, "pass"] for name in ("memory", "event_loop", "disk", "telemetry")
        ]
        assert "rssMB" in rest[0]
        assert "\x1b" not in done.stdout

    def test_json(self, plain_service: str) -> None:
        """The answer as it is."""
        done = self.run("--json", f"{plain_service}/ready")

        assert done.returncode == 0
        assert json.loads(done.stdout)["status"] == "healthy"

    def test_colours_on_a_terminal(self, plain_service: str) -> None:
        """Green is healthy."""
        reader, writer = pty.openpty()
        try:
            subprocess.run(
                [str(BIN / "anclora-otel"), "health", plain_service],
                env=environment(),
                stdout=writer,
                timeout=60,
                check=True,
            )
            assert os.read(reader, 100).startswith(b"\x1b[32mhealthy\x1b[0m")
        finally:
            os.close(reader)
            os.close(writer)

    def test_unhealthy(self) -> None:
        """The exit code is 1, and the check that failed is in the table."""
        variables = {"REDIS_URL": f"redis://127.0.0.1:{free_port()}/0", **NO_EXPORT}
        with serving("health_service", variables) as url:
            done = self.run(f"{url}/health")

        assert done.returncode == 1
        assert done.stdout.startswith("unhealthy")
        assert any(line.split()[:2] == ["redis", "fail"] for line in done.stdout.splitlines())

    def test_no_answer(self, black_hole: int) -> None:
        """Whatever does not answer as a service is one line and exit code 1; it is given up in time."""
        closed = self.run(f"http://127.0.0.1:{free_port()}/health")
        hanging = self.run("--timeout", "0.2", f"http://127.0.0.1:{black_hole}/health")

        assert (closed.returncode, hanging.returncode) == (1, 1)
        assert closed.stderr.endswith("Connection refused\n")
        assert hanging.stderr.endswith("timed out\n")
        assert closed.stderr.count("\n") == hanging.stderr.count("\n") == 1

    def test_an_answer_that_is_none(self, plain_service: str) -> None:
        """Another page is not taken for health."""
        done = self.run(plain_service.replace("/health", "/properties/3"))
        missing = self.run(f"{plain_service}/nothing")

        assert (done.returncode, missing.returncode) == (1, 1)
        assert done.stderr.endswith("its answer is no health report\n")
        assert missing.stderr.endswith("it answered 404\n")

    @pytest.mark.parametrize(
        "arguments",
        [
            ("ftp://x/health",),
            ("health",),
            ("--timeout", "0", "http://x/"),
            ("--timeout", "nan"),
            (f"http://me:{PASSWORD}@x/",),
        ],
    )
    def test_wrong_arguments(self, arguments: tuple[str, ...]) -> None:
        """Exit code 2, and what was expected."""
        done = self.run(*arguments)

        assert done.returncode == 2
        assert "expected" in done.stderr
        assert PASSWORD not in done.stderr
