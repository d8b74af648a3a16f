"""The kind of an error, from the error alone."""

from __future__ import annotations

import asyncio
import socket

import httpx
import pydantic
import pytest
import redis
import requests

from anclora_otel.catalogue.labels import ErrorType
from anclora_otel.queues import error_type_of


class _DeclaredError(Exception):
    error_type = "rate_limit"


class _WronglyDeclaredError(ValueError):
    error_type = ("no", "kind")


class _StatusError(Exception):
    def __init__(self, status: object) -> None:
        super().__init__()
        self.status_code = status


def _http_error(status: int) -> Exception:
    request = httpx.Request("GET", "http://localhost/")
    return httpx.HTTPStatusError("no", request=request, response=httpx.Response(status, request=request))


def _validation_error() -> Exception:
    with pytest.raises(pydantic.ValidationError) as caught:
        pydantic.TypeAdapter(int).validate_python("x")
    return caught.value


@pytest.mark.parametrize(
    ("error", "expected"),
    [
        (_DeclaredError(), "rate_limit"),
        (_WronglyDeclaredError(), "validation"),
        (TimeoutError(), "timeout"),
        (asyncio.TimeoutError(), "timeout"),
        (asyncio.CancelledError(), "cancelled"),
        (socket.gaierror(), "network"),
        (ConnectionRefusedError(), "network"),
        (PermissionError(), "authentication"),
        (FileNotFoundError(), "not_found"),
        (UnicodeDecodeError("utf-8", b"x", 0, 1, "no"), "validation"),
        (_validation_error(), "validation"),
        (httpx.ReadTimeout("no"), "timeout"),
        (httpx.ConnectError("no"), "network"),
        (requests.ConnectTimeout(), "timeout"),
        (requests.ConnectionError(), "network"),
        (redis.TimeoutError(), "timeout"),
        (redis.ConnectionError(), "network"),
        (_http_error(429), "rate_limit"),
        (_http_error(401), "authentication"),
        (_http_error(404), "not_found"),
        (_http_error(422), "validation"),
        (_http_error(502), "server_error"),
        (_http_error(504), "timeout"),
        (_http_error(418), "unknown"),
        (_StatusError("429"), "unknown"),
        (_StatusError(True), "unknown"),
        (_StatusError(200), "unknown"),
        (KeyError("x"), "unknown"),
        (RuntimeError(), "unknown"),
    ],
)
def test_kind(error: BaseException, expected: ErrorType) -> None:
    """An error's own word counts first, then its HTTP status, then its class."""
    assert expected == error_type_of(error)


def test_cause_is_asked() -> None:
    """An error that says nothing is what it was raised from."""
    outer = RuntimeError("the job failed")
    outer.__cause__ = TimeoutError()

    assert error_type_of(outer) == "timeout"


def test_causes_in_a_circle() -> None:
    """Errors that were raised from each other come to an end."""
    one, two = RuntimeError(), RuntimeError()
    one.__cause__, two.__cause__ = two, one

    assert error_type_of(one) == "unknown"
