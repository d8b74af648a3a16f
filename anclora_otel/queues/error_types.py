"""The kind of an error, for the label ``error_type``, without importing the libraries that raise it."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from typing import get_args

from anclora_otel.catalogue.labels import ErrorType

ERROR_TYPES: tuple[ErrorType, ...] = get_args(ErrorType)

_CHAIN_LIMIT = 5
_BY_CLASS_NAME: dict[str, ErrorType] = {
    "CancelledError": "cancelled",
    "ConnectTimeout": "timeout",
    "Timeout": "timeout",
    "TimeoutError": "timeout",
    "TimeoutException": "timeout",
    "JobTimeoutException": "timeout",
    "ConnectionError": "network",
    "ConnectError": "network",
    "NetworkError": "network",
    "TransportError": "network",
    "ClientConnectionError": "network",
    "gaierror": "network",
    "ValidationError": "validation",
    "AuthenticationError": "authentication",
    "PermissionError": "authentication",
    "FileNotFoundError": "not_found",
    "ValueError": "validation",
}
"""Classes of the standard library and of well-known clients; an error's own class is asked before its parents."""

_BY_STATUS: dict[int, ErrorType] = {
    400: "validation",
    401: "authentication",
    403: "authentication",
    404: "not_found",
    408: "timeout",
    422: "validation",
    429: "rate_limit",
    504: "timeout",
}


def error_type_of(error: BaseException) -> ErrorType:
    """
    Give the kind of an error.

    An attribute ``error_type`` that holds one of the kinds decides; then an HTTP status that the error carries; then
    its class; then, where that says nothing, the error that it was raised from.

    Args:
        error: what ended an attempt.

    """
    for each in _chain(error):
        found = _declared(each) or _by_status(each) or _by_class(each)
        if found is not None:
            return found
    return "unknown"


def _chain(error: BaseException | None) -> Iterator[BaseException]:
    for _ in range(_CHAIN_LIMIT):
        if error is None:
            return
        yield error
        error = error.__cause__


def _declared(error: BaseException) -> ErrorType | None:
    declared = getattr(error, "error_type", None)
    return next((kind for kind in ERROR_TYPES if kind == declared), None)


def _by_status(error: BaseException) -> ErrorType | None:
    for holder in (error, getattr(error, "response", None)):
        for name in ("status_code", "status", "code"):
            status = getattr(holder, name, None)
            if isinstance(status, int) and not isinstance(status, bool) and 400 <= status < 600:
                return _BY_STATUS.get(status, "server_error" if status >= 500 else "unknown")
    return None


def _by_class(error: BaseException) -> ErrorType | None:
    if isinstance(error, asyncio.CancelledError):
        return "cancelled"
    return next(
        (_BY_CLASS_NAME[kind.__name__] for kind in type(error).__mro__ if kind.__name__ in _BY_CLASS_NAME), None
    )
