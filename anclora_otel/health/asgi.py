"""Serve health over HTTP: what every server answers, and an ASGI application that needs no framework."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable, MutableMapping
from dataclasses import dataclass
from typing import Any, Literal

from anclora_otel.health.registry import HealthChecks, health

Probe = Literal["all", "live", "ready"]

SUB_PATHS: dict[str, Probe] = {"": "all", "/live": "live", "/ready": "ready"}
"""What is asked, by what follows the path of the health endpoint."""

METHODS = ("GET", "HEAD")
"""The methods that are answered."""

HEADERS = {"content-type": "application/json", "cache-control": "no-store"}
"""Headers of every answer."""

_OK, _UNAVAILABLE, _NOT_FOUND, _METHOD_NOT_ALLOWED = 200, 503, 404, 405

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]


@dataclass(frozen=True)
class Answer:
    """
    An answer over HTTP.

    Args:
        status_code: 503 if the service is unhealthy or not ready, else 200.
        body: JSON.

    """

    status_code: int
    body: bytes


async def answer(checks: HealthChecks, probe: Probe) -> Answer:
    """
    Answer a probe.

    Args:
        checks: whose health.
        probe: ``all`` runs all checks, ``ready`` the critical ones, ``live`` none.

    """
    if probe == "live":
        report = checks.live()
    elif probe == "ready":
        report = await checks.ready()
    else:
        report = await checks.run()
    code = _UNAVAILABLE if report.status == "unhealthy" else _OK
    return Answer(code, json.dumps(report.as_data(), allow_nan=False).encode())


def served_path(path: str) -> str:
    """Give a path as routes are declared: a slash before it and none after it; the root is empty."""
    stripped = path.strip("/")
    return f"/{stripped}" if stripped else ""


class HealthApplication:
    """
    Serve health as an ASGI application; `asgi_app` makes one.

    Args:
        checks: what to serve.
        path: at which path, where the application is not mounted.

    """

    def __init__(self, checks: HealthChecks, path: str) -> None:
        self._checks = checks
        self._path = served_path(path)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request, follow the start and the end of the server, and refuse a WebSocket."""
        if scope["type"] == "http":
            await self._respond(scope, send)
        elif scope["type"] == "lifespan":
            await self._follow_lifespan(receive, send)
        elif scope["type"] == "websocket":
            await receive()
            await send({"type": "websocket.close", "code": 1000})

    async def _respond(self, scope: Scope, send: Send) -> None:
        sub_path = self._sub_path(scope)
        probe = None if sub_path is None else SUB_PATHS.get(sub_path)
        more: list[tuple[bytes, bytes]] = []
        if probe is None:
            found = Answer(_NOT_FOUND, b'{"error": "not found"}')
        elif scope["method"] not in METHODS:
            found = Answer(_METHOD_NOT_ALLOWED, b'{"error": "method not allowed"}')
            more = [(b"allow", ", ".join(METHODS).encode())]
        else:
            found = await answer(self._checks, probe)
        headers = [(name.encode(), value.encode()) for name, value in HEADERS.items()]
        headers += [(b"content-length", str(len(found.body)).encode()), *more]
        await send({"type": "http.response.start", "status": found.status_code, "headers": headers})
        await send({"type": "http.response.body", "body": b"" if scope["method"] == "HEAD" else found.body})

    def _sub_path(self, scope: Scope) -> str | None:
        # The root path is a part of the path since ASGI 2.4; older servers and routers leave it out.
        path = str(scope["path"])
        below_root = _below(path, str(scope.get("root_path", "")).rstrip("/"))
        below = _below(path if below_root is None else below_root, self._path)
        return None if below is None else below.rstrip("/")

    async def _follow_lifespan(self, receive: Receive, send: Send) -> None:
        while True:
            message = await receive()
            if message["type"] == "lifespan.startup":
                self._checks.enter_phase("running")
                await send({"type": "lifespan.startup.complete"})
            elif message["type"] == "lifespan.shutdown":
                self._checks.enter_phase("stopping")
                await send({"type": "lifespan.shutdown.complete"})
                return


def asgi_app(checks: HealthChecks = health, path: str = "") -> HealthApplication:
    """
    Give an ASGI application that serves health, for any server and any framework that can mount one.

    It answers at its own path (all checks), at ``/live`` and at ``/ready`` below it.

    Args:
        checks: what to serve; the checks of this process unless given.
        path: where it is served when it stands alone, such as ``/health``; empty when it is mounted.

    """
    return HealthApplication(checks, path)


def _below(path: str, prefix: str) -> str | None:
    if path == prefix or path.startswith(f"{prefix}/"):
        return path[len(prefix) :]
    return path if not prefix else None
