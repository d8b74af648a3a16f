"""Show and change log levels over HTTP in a FastAPI application, for those who have the token."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from fastapi import APIRouter, FastAPI
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from wrapt import wrap_function_wrapper

from anclora_otel.integrations.fastapi import route_paths
from anclora_otel.logs.endpoint import LOG_LEVELS_PATH, MAX_BODY_BYTES, METHODS, answer, refusal

if TYPE_CHECKING:
    from starlette.types import ASGIApp

_Endpoint = Callable[[Request], Awaitable[Response]]


def log_levels_router(token_file: str | Path, path: str = LOG_LEVELS_PATH) -> APIRouter:
    """
    Give a router for log levels, for ``app.include_router(log_levels_router("/run/secrets/admin-token"))``.

    GET tells the levels, PUT of ``{"level": "debug"}`` below the path, such as at ``…/queue``, changes one in all
    processes of the service, DELETE returns to the settings. Each needs the header ``Authorization: Bearer TOKEN``.
    It is left out of the OpenAPI schema.

    Args:
        token_file: file with the token, of 16 characters or more, which others may not read; it is read anew for each
            request.
        path: where to serve the levels.

    """
    router = APIRouter()
    endpoint = _endpoint(token_file)
    for full_path in _paths(path):
        router.add_api_route(full_path, endpoint, methods=list(METHODS), include_in_schema=False, response_model=None)
    return router


def add_log_level_routes(app: FastAPI, token_file: str | Path, path: str = LOG_LEVELS_PATH) -> bool:
    """
    Serve log levels as `log_levels_router` does, but before all other routes, and never in place of one.

    Args:
        app: the application.
        token_file: file with the token.
        path: where to serve the levels.

    Returns:
        Whether the routes were added.

    """
    taken = set(route_paths(app.router.routes))
    if not taken.isdisjoint(_paths(path)):
        return False
    endpoint = _endpoint(token_file)
    app.router.routes[0:0] = [
        Route(full_path, endpoint, methods=list(METHODS), include_in_schema=False) for full_path in _paths(path)
    ]
    return True


def serve_log_levels_everywhere(token_file: str | Path, path: str = LOG_LEVELS_PATH) -> None:
    """
    Serve log levels from every FastAPI application of this process, as `ANCLORA_ADMIN_TOKEN_FILE` asks.

    Args:
        token_file: file with the token.
        path: where to serve the levels.

    """

    def build(wrapped: Any, app: FastAPI, args: Any, kwargs: Any) -> ASGIApp:
        add_log_level_routes(app, token_file, path)
        stack: ASGIApp = wrapped(*args, **kwargs)
        return stack

    wrap_function_wrapper("fastapi", "FastAPI.build_middleware_stack", build)


def _paths(path: str) -> tuple[str, str]:
    return path, f"{path}/{{component}}"


def _endpoint(token_file: str | Path) -> _Endpoint:
    async def serve_log_levels(request: Request) -> Response:
        # Files are read and locked in a thread, since an event loop must not wait for a disk.
        found = await run_in_threadpool(refusal, token_file, request.headers.get("authorization", ""))
        if found is None:
            component = str(request.path_params.get("component", ""))
            body = await _beginning(request) if request.method == "PUT" else b""
            found = await run_in_threadpool(answer, request.method, component, body)
        return Response(found.body, found.status_code, headers=found.headers)

    return serve_log_levels


async def _beginning(request: Request) -> bytes:
    """Read a body until it is longer than one that is taken."""
    body = b""
    async for part in request.stream():
        body += part
        if len(body) > MAX_BODY_BYTES:
            break
    return body
