"""The health routes of a FastAPI application."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

import httpx
import pytest
from fastapi import APIRouter, Depends, FastAPI, HTTPException

from anclora_otel.health import HealthChecks, asgi_app
from anclora_otel.integrations.fastapi import add_health_routes, add_metrics_route, health_router
from tests.unit.integrations.test_fastapi import Renderer

Build = Callable[[HealthChecks], FastAPI]


class Client:
    """Ask an application in this process, without its start and its end."""

    def __init__(self, app: FastAPI) -> None:
        self._app = app

    def ask(self, method: str, path: str) -> httpx.Response:
        """Send a request."""

        async def send() -> httpx.Response:
            async with httpx.AsyncClient(transport=httpx.ASGITransport(self._app), base_url="http://app") as client:
                # A router that mounts an application sends /health on to /health/.
                return await client.request(method, path, follow_redirects=True)

        return asyncio.run(send())

    def get(self, path: str) -> httpx.Response:
        """Get a page."""
        return self.ask("GET", path)


@pytest.fixture
def checks() -> HealthChecks:
    """Give one critical check that passes."""
    checks = HealthChecks(process_checks=False)
    checks.add("redis", lambda: True)
    return checks


def with_router(checks: HealthChecks) -> FastAPI:
    """Serve by the router."""
    app = FastAPI()
    app.include_router(health_router(checks))
    return app


def with_routes(checks: HealthChecks) -> FastAPI:
    """Serve by routes that stand first."""
    app = FastAPI()
    assert add_health_routes(app, checks)
    return app


def with_mounted(checks: HealthChecks) -> FastAPI:
    """Serve by the mounted ASGI application."""
    app = FastAPI()
    app.mount("/health", asgi_app(checks))
    return app


ALL = pytest.mark.parametrize("build", [with_router, with_routes, with_mounted])


@ALL
def test_the_three_paths(checks: HealthChecks, build: Build) -> None:
    """Each answers JSON that is not to be kept, and 503 when unhealthy; live stays."""
    client = Client(build(checks))
    answers = [client.get(path) for path in ("/health", "/health/live", "/health/ready")]
    checks.add("broken", lambda: False)

    assert [answer.status_code for answer in answers] == [200, 200, 200]
    assert {answer.headers["content-type"] for answer in answers} == {"application/json"}
    assert {answer.headers["cache-control"] for answer in answers} == {"no-store"}
    assert [list(answer.json()["checks"]) for answer in answers] == [["redis"], [], ["redis"]]
    assert [client.get(path).status_code for path in ("/health", "/health/live", "/health/ready")] == [503, 200, 503]


@pytest.mark.parametrize("path", ["internal/health", "/internal/health/"])
def test_a_path_that_is_written_otherwise(checks: HealthChecks, path: str) -> None:
    """A slash too few or too many does not keep the application from starting."""
    included, added = FastAPI(), FastAPI()
    included.include_router(health_router(checks, path))
    add_health_routes(added, checks, path)

    assert [Client(app).get("/internal/health/ready").status_code for app in (included, added)] == [200, 200]


@ALL
def test_methods_and_other_paths(checks: HealthChecks, build: Build) -> None:
    """HEAD is answered, POST refused, and other paths are not found."""
    client = Client(build(checks))

    assert client.ask("HEAD", "/health/live").status_code == 200
    assert client.ask("POST", "/health").status_code == 405
    assert client.get("/health/other").status_code == 404


@pytest.mark.parametrize("build", [with_router, with_routes])
def test_not_ready_once_it_stops(checks: HealthChecks, build: Build) -> None:
    """The routes follow the application's end."""
    app = build(checks)

    async def serve() -> str:
        async with app.router.lifespan_context(app):
            return checks.phase

    for _ in range(2):
        assert asyncio.run(serve()) == "running"
        assert checks.phase == "stopping"
    assert Client(app).get("/health/ready").status_code == 503


def test_a_mounted_application_does_not_hide_the_routes(checks: HealthChecks) -> None:
    """The routes stand before whatever catches everything."""
    app = FastAPI()
    app.mount("/", FastAPI())

    assert add_health_routes(app, checks)
    assert Client(app).get("/health/ready").status_code == 200


def test_the_schema_does_not_change(checks: HealthChecks) -> None:
    """Health is no part of the application's interface."""
    assert with_router(checks).openapi()["paths"] == {}
    assert with_routes(checks).openapi()["paths"] == {}


def test_dependencies_of_the_router_hold(checks: HealthChecks) -> None:
    """Who protects the routes finds them protected."""

    def refuse() -> None:
        raise HTTPException(401)

    app = FastAPI()
    app.include_router(health_router(checks, "/internal/health"), dependencies=[Depends(refuse)])

    assert Client(app).get("/internal/health/live").status_code == 401


def test_routes_of_the_applications_own_stay(checks: HealthChecks) -> None:
    """Also those of a router that is included; what is missing beside them is added."""
    app, router = FastAPI(), APIRouter(prefix="/health")

    @router.get("")
    def own() -> str:
        return "mine"

    app.include_router(router)
    client = Client(app)

    assert add_health_routes(app, checks)
    assert client.get("/health").json() == "mine"
    assert client.get("/health/live").json()["status"] == "healthy"
    assert not add_health_routes(app, checks)


def test_a_metrics_route_of_an_included_router_stays() -> None:
    """An application that serves metrics by a router keeps them."""
    app, router = FastAPI(), APIRouter()

    @router.get("/metrics")
    def own() -> str:
        return "mine"

    app.include_router(router, prefix="/internal")

    assert not add_metrics_route(app, Renderer(), "/internal/metrics")
    assert Client(app).get("/internal/metrics").json() == "mine"
