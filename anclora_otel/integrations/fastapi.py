"""Serve Prometheus metrics and health from a FastAPI application."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Iterator
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any, Protocol

from fastapi import APIRouter, FastAPI
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from wrapt import wrap_function_wrapper

from anclora_otel.health import HealthChecks, health
from anclora_otel.health.asgi import HEADERS, METHODS, SUB_PATHS, Probe, answer, served_path

if TYPE_CHECKING:
    from starlette.types import ASGIApp

__all__ = [
    "MetricsRenderer",
    "add_health_routes",
    "add_metrics_route",
    "health_router",
    "serve_health_everywhere",
    "serve_metrics_everywhere",
]


class MetricsRenderer(Protocol):
    """What can render metrics; `anclora_otel.Telemetry` does."""

    def render_metrics(self, accept: str) -> tuple[str, bytes]:
        """
        Give content type and body.

        Args:
            accept: the request's Accept header.

        """


def add_metrics_route(app: FastAPI, renderer: MetricsRenderer, path: str = "/metrics") -> bool:
    """
    Serve metrics at `path`, unless the application has a route there.

    The route stands first, so that no mounted application hides it, and is left out of the OpenAPI schema.

    Args:
        app: the application.
        renderer: renders the metrics, usually what `anclora_otel.configure` returned.
        path: where to serve them.

    Returns:
        Whether the route was added.

    """
    if path in route_paths(app.router.routes):
        return False

    def metrics(request: Request) -> Response:
        content_type, body = renderer.render_metrics(request.headers.get("accept", ""))
        return Response(body, media_type=None, headers={"content-type": content_type})

    app.router.routes.insert(0, Route(path, metrics, methods=["GET"], include_in_schema=False))
    return True


def serve_metrics_everywhere(renderer: MetricsRenderer, path: str) -> None:
    """
    Serve metrics from every FastAPI application of this process, as `ANCLORA_METRICS_PATH` asks.

    The route is added when an application builds its middleware, after all routes of its own are known.

    Args:
        renderer: renders the metrics.
        path: where to serve them.

    """

    def build(wrapped: Any, app: FastAPI, args: Any, kwargs: Any) -> ASGIApp:
        add_metrics_route(app, renderer, path)
        stack: ASGIApp = wrapped(*args, **kwargs)
        return stack

    wrap_function_wrapper("fastapi", "FastAPI.build_middleware_stack", build)


def health_router(checks: HealthChecks = health, path: str = "/health") -> APIRouter:
    """
    Give a router that serves health, for ``app.include_router(health_router(checks))``.

    It answers at `path` (all checks), below it at ``/live`` (no check) and at ``/ready`` (the critical checks; 503
    also once the application stops), with 503 only when unhealthy, and is left out of the OpenAPI schema.

    Args:
        checks: what to serve; the checks of this process unless given.
        path: where to serve them.

    """
    router = APIRouter(lifespan=_lifespan(checks))
    for full_path, endpoint in _health_endpoints(checks, path):
        router.add_api_route(full_path, endpoint, methods=list(METHODS), include_in_schema=False, response_model=None)
    return router


def add_health_routes(app: FastAPI, checks: HealthChecks = health, path: str = "/health") -> bool:
    """
    Serve health as `health_router` does, but before all other routes, and never in place of one.

    Args:
        app: the application.
        checks: what to serve; the checks of this process unless given.
        path: where to serve them.

    Returns:
        Whether any of the three routes was added.

    """
    taken = set(route_paths(app.router.routes))
    routes = [
        Route(full_path, endpoint, methods=list(METHODS), include_in_schema=False)
        for full_path, endpoint in _health_endpoints(checks, path)
        if full_path not in taken
    ]
    app.router.routes[0:0] = routes
    if routes:
        own, following = app.router.lifespan_context, _lifespan(checks)

        @asynccontextmanager
        async def lifespan(running: Any) -> AsyncIterator[Any]:
            async with own(running) as state, following(running):
                yield state

        app.router.lifespan_context = lifespan
    return bool(routes)


def serve_health_everywhere(checks: HealthChecks, path: str) -> None:
    """
    Serve health from every FastAPI application of this process, as `ANCLORA_HEALTH_PATH` asks.

    Args:
        checks: what to serve.
        path: where to serve them.

    """

    def build(wrapped: Any, app: FastAPI, args: Any, kwargs: Any) -> ASGIApp:
        add_health_routes(app, checks, path)
        stack: ASGIApp = wrapped(*args, **kwargs)
        return stack

    wrap_function_wrapper("fastapi", "FastAPI.build_middleware_stack", build)


def _health_endpoints(checks: HealthChecks, path: str) -> Iterator[tuple[str, Callable[..., Awaitable[Response]]]]:
    for sub_path, probe in SUB_PATHS.items():
        yield (served_path(path) + sub_path) or "/", _health_endpoint(checks, probe)


def _health_endpoint(checks: HealthChecks, probe: Probe) -> Callable[[Request], Awaitable[Response]]:
    async def serve_health(_request: Request) -> Response:
        found = await answer(checks, probe)
        return Response(found.body, found.status_code, headers=HEADERS)

    return serve_health


def _lifespan(checks: HealthChecks) -> Callable[[Any], Any]:
    @asynccontextmanager
    async def lifespan(_: Any) -> AsyncIterator[None]:
        checks.enter_phase("running")
        try:
            yield
        finally:
            checks.enter_phase("stopping")

    return lifespan


def route_paths(routes: Iterable[Any], prefix: str = "") -> Iterator[str]:
    """Give the paths of all routes, those of included routers too, which later versions of FastAPI keep nested."""
    for route in routes:
        router = getattr(route, "original_router", None)
        if router is None:
            yield prefix + getattr(route, "path", "")
        else:
            yield from route_paths(router.routes, prefix + getattr(route.include_context, "prefix", ""))
