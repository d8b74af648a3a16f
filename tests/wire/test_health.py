"""Health over real sockets: a server, a Redis, one that is gone, one that never answers."""

from __future__ import annotations

import json
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest
import redis

from anclora_otel.testing import OtlpReceiver
from tests.wire.running import free_port, get, poll
from tests.wire.serving import NO_EXPORT, WRAPPER, ask, health_of, serving

PASSWORD = "hunter2-s3cret"


@pytest.fixture(scope="module")
def service(redis_url: str) -> Iterator[str]:
    """Serve beside the real Redis."""
    with serving("health_service", {"REDIS_URL": redis_url, **NO_EXPORT}) as url:
        yield url


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


def test_tls_where_there_is_none(redis_url: str) -> None:
    """A client that wants TLS of a Redis without it fails in time, and says no address."""
    with serving("health_service", {"REDIS_URL": redis_url.replace("redis://", "rediss://"), **NO_EXPORT}) as service:
        status, report = health_of(service)

    assert status == 503
    for name in ("redis", "analytics_redis", "queue"):
        assert report["checks"][name]["status"] == "fail"
        assert report["checks"][name]["details"]["error"]
    assert "127.0.0.1" not in json.dumps(report)


def test_a_port_of_something_else() -> None:
    """A server that is no Redis is no healthy Redis either."""
    with OtlpReceiver() as receiver:
        url = receiver.endpoint.replace("http://", f"redis://:{PASSWORD}@")
        with serving("health_service", {"REDIS_URL": url, **NO_EXPORT}) as service:
            status, report = health_of(service)

    assert status == 503
    assert {report["checks"][name]["status"] for name in ("redis", "analytics_redis", "queue")} == {"fail"}
    assert PASSWORD not in json.dumps(report)
    assert "127.0.0.1" not in json.dumps(report)


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
