"""Keep Sentry's user and breadcrumbs of one request apart from those of another, and report what a request raises."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

from wrapt import register_post_import_hook, wrap_function_wrapper

from anclora_otel.sentry.reporting import Report, report
from anclora_otel.sentry.state import state

_ASGIApp = Callable[[MutableMapping[str, Any], Any, Any], Awaitable[None]]


class _Patch:
    """Whether applications are wrapped; that is done once and stays."""

    done = False


class IsolatedRequests:
    """
    Run each request in a scope of its own; an error that leaves it is an issue while that scope still holds.

    The line is left to the web server, which logs the error in any case.

    Args:
        app: the application below.

    """

    def __init__(self, app: _ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: MutableMapping[str, Any], receive: Any, send: Any) -> None:
        """Serve a request."""
        if state.client is None or scope["type"] not in ("http", "websocket"):
            await self.app(scope, receive, send)
            return
        with state.isolated():
            try:
                await self.app(scope, receive, send)
            except Exception as error:
                report(error, Report("request failed", "api", handled=False, logs=False))
                raise


def isolate_requests_everywhere() -> None:
    """Isolate the requests of every Starlette and FastAPI application of this process, also of later ones."""
    if not _Patch.done:
        _Patch.done = True
        register_post_import_hook(_wrap_starlette, "starlette.applications")
        register_post_import_hook(_wrap_fastapi, "fastapi.applications")


def _wrap_starlette(module: Any) -> None:
    wrap_function_wrapper(module, "Starlette.build_middleware_stack", _build)


def _wrap_fastapi(module: Any) -> None:
    wrap_function_wrapper(module, "FastAPI.build_middleware_stack", _build)


def _build(wrapped: Callable[..., Any], _app: Any, args: Any, kwargs: Any) -> Any:
    stack = wrapped(*args, **kwargs)
    # Below the outermost middleware: instrumentation expects that one to stay what it is, and an error handler of
    # the application's there still comes first.
    below = getattr(stack, "app", None)
    if below is not None and not isinstance(below, IsolatedRequests):
        stack.app = IsolatedRequests(below)
    return stack
