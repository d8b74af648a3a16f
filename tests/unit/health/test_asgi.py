"""The ASGI application, as a server and as a router call it."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import pytest

from anclora_otel.health import HealthApplication, HealthChecks, asgi_app


class Exchange:
    """One conversation of a server with the application."""

    def __init__(self, *messages: dict[str, Any]) -> None:
        self._messages = iter(messages)
        self.sent: list[dict[str, Any]] = []

    async def receive(self) -> dict[str, Any]:
        """Give the next message."""
        return next(self._messages)

    async def send(self, message: Any) -> None:
        """Keep a message."""
        self.sent.append(message)


def ask(
    app: HealthApplication, path: str, method: str = "GET", root_path: str = ""
) -> tuple[int, dict[str, str], bytes]:
    """Send a request and give status, headers and body."""
    exchange = Exchange()
    scope = {"type": "http", "method": method, "path": path, "root_path": root_path}
    asyncio.run(app(scope, exchange.receive, exchange.send))
    start, body = exchange.sent
    headers = {name.decode(): value.decode() for name, value in start["headers"]}
    return start["status"], headers, body["body"]


@pytest.fixture
def checks() -> HealthChecks:
    """Give one critical check that fails."""
    checks = HealthChecks(process_checks=False)
    checks.add("redis", lambda: False)
    return checks


@pytest.mark.parametrize(
    ("app_path", "root_path", "path", "status"),
    [
        ("", "", "/", 503),
        ("", "", "/live", 200),
        ("", "", "/ready", 503),
        ("", "", "/ready/", 503),
        ("", "", "/readyz", 404),
        ("", "", "/live/more", 404),
        ("", "/health", "/health", 503),
        ("", "/health", "/health/live", 200),
        ("", "/health", "/live", 200),
        ("", "/health", "/healthy", 404),
        ("/health", "", "/health", 503),
        ("/health/", "", "/health/live", 200),
        ("health", "", "/health/live", 200),
        ("/health", "", "/live", 404),
        ("/health", "", "/healthy", 404),
        ("/health", "", "/", 404),
        ("/health", "/api", "/api/health/live", 200),
        ("/health", "/api", "/health/live", 200),
    ],
)
def test_paths(checks: HealthChecks, app_path: str, root_path: str, path: str, status: int) -> None:
    """Alone or mounted, behind a proxy or not, there are three paths and nothing else."""
    found, headers, body = ask(asgi_app(checks, app_path), path, root_path=root_path)

    assert found == status
    assert headers["content-type"] == "application/json"
    assert headers["cache-control"] == "no-store"
    assert json.loads(body)


def test_methods(checks: HealthChecks) -> None:
    """HEAD has the status and the headers of GET without its body; others are refused."""
    app = asgi_app(checks)
    status, headers, body = ask(app, "/live", "HEAD")
    refused, refused_headers, _ = ask(app, "/live", "POST")

    assert (status, body) == (200, b"")
    assert int(headers["content-length"]) > 50
    assert (refused, refused_headers["allow"]) == (405, "GET, HEAD")


def test_a_server_that_stops(checks: HealthChecks) -> None:
    """The application follows the server's start and end, and is not ready after it."""
    checks.remove("redis")
    app = asgi_app(checks)
    before = ask(app, "/ready")[0]
    exchange = Exchange({"type": "lifespan.startup"}, {"type": "lifespan.shutdown"})
    asyncio.run(app({"type": "lifespan"}, exchange.receive, exchange.send))

    assert [message["type"] for message in exchange.sent] == ["lifespan.startup.complete", "lifespan.shutdown.complete"]
    assert (before, ask(app, "/ready")[0], ask(app, "/live")[0]) == (200, 503, 200)


def test_a_websocket_is_closed(checks: HealthChecks) -> None:
    """There is nothing to talk about."""
    exchange = Exchange({"type": "websocket.connect"})
    asyncio.run(asgi_app(checks)({"type": "websocket", "path": "/"}, exchange.receive, exchange.send))

    assert [message["type"] for message in exchange.sent] == ["websocket.close"]
