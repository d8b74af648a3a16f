"""Serve Prometheus metrics from a FastAPI application."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

from fastapi import FastAPI
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from wrapt import wrap_function_wrapper

if TYPE_CHECKING:
    from starlette.types import ASGIApp


class MetricsRenderer(Protocol):
    """What can render metrics; `anclora_otel.Telemetry` does."""

    def render_metrics(self, accept: str) -> tuple[str, bytes]:
        """Give content type and body for an Accept header."""


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
    if any(getattr(route, "path", None) == path for route in app.router.routes):
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
