"""The metrics route of a FastAPI application."""

from __future__ import annotations

import asyncio

import httpx
from fastapi import FastAPI

from anclora_otel.integrations.fastapi import add_metrics_route


def get(app: FastAPI, path: str, accept: str = "*/*") -> httpx.Response:
    """Ask an application in this process."""

    async def ask() -> httpx.Response:
        async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://app") as client:
            return await client.get(path, headers={"accept": accept})

    return asyncio.run(ask())


class Renderer:
    """Renders what it was asked for."""

    def render_metrics(self, accept: str = "") -> tuple[str, bytes]:
        """Give the Accept header back."""
        return "text/plain; version=1.0.0", accept.encode()


def test_the_route_serves_what_is_rendered() -> None:
    """Content type and body are the renderer's, and the Accept header reaches it."""
    app = FastAPI()

    assert add_metrics_route(app, Renderer())
    answer = get(app, "/metrics", "application/openmetrics-text")
    assert (answer.status_code, answer.text) == (200, "application/openmetrics-text")
    assert answer.headers["content-type"] == "text/plain; version=1.0.0"


def test_a_route_of_the_applications_own_stays() -> None:
    """An application that serves something there keeps it."""
    app = FastAPI()

    @app.get("/metrics")
    def own() -> str:
        return "mine"

    assert not add_metrics_route(app, Renderer())
    assert get(app, "/metrics").json() == "mine"


def test_a_mounted_application_does_not_hide_the_route() -> None:
    """The route stands before whatever catches everything."""
    app = FastAPI()
    app.mount("/", FastAPI())
    add_metrics_route(app, Renderer(), "/internal/metrics")

    assert get(app, "/internal/metrics", "x/y").text == "x/y"


def test_the_route_is_not_in_the_schema() -> None:
    """The OpenAPI schema of the application does not change."""
    app = FastAPI()
    add_metrics_route(app, Renderer())

    assert "/metrics" not in app.openapi()["paths"]
