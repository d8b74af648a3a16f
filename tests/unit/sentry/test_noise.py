"""What becomes no issue is told by class, text, status or error type."""

from __future__ import annotations

import asyncio
import socket

import httpx
import pytest
import redis
import requests
from bullmq import UnrecoverableError

from anclora_otel.sentry import DEFAULT_NOISE, NoiseRule, init_sentry, with_sentry
from anclora_otel.sentry.noise import NoiseFilter
from anclora_otel.testing import capture_metrics
from tests.unit.sentry.conftest import Seen


class ApiError(Exception):
    """An error with whatever attributes a test gives it."""

    def __init__(self, text: str = "the API failed", **attributes: object) -> None:
        super().__init__(text)
        self.__dict__.update(attributes)


class AwkwardError(Exception):
    """An error that answers no question."""

    def __str__(self) -> str:
        raise ValueError("no text")

    def __getattr__(self, name: str) -> object:
        raise RuntimeError(name)


REQUEST = httpx.Request("POST", "http://127.0.0.1/")


@pytest.mark.parametrize(
    "error",
    [
        ConnectionResetError(),
        ConnectionRefusedError(),
        BrokenPipeError(),
        TimeoutError(),
        asyncio.TimeoutError(),
        socket.gaierror(),
        httpx.ConnectError("x"),
        httpx.ReadTimeout("x"),
        httpx.HTTPStatusError("x", request=REQUEST, response=httpx.Response(429, request=REQUEST)),
        redis.ConnectionError(),
        redis.TimeoutError(),
        requests.ConnectionError(),
        requests.Timeout(),
        ApiError("connect ECONNREFUSED 127.0.0.1:6379"),
        ApiError("read ECONNRESET"),
        ApiError("Rate limit exceeded"),
        ApiError("Too Many Requests"),
        ApiError("400 Bad Request"),
        ApiError("the operation timed out"),
        ApiError(status_code=429),
        ApiError(status=400),
        ApiError(status_code=422),
        ApiError(status_code=408),
        ApiError(error_type="validation"),
        ApiError(error_type="rate_limit"),
    ],
    ids=lambda error: f"{type(error).__name__} {error}",
)
def test_noise_by_default(error: Exception) -> None:
    """Network errors, rate limits, timeouts, refused connections, bad requests and validation."""
    assert NoiseFilter(DEFAULT_NOISE).is_noise(error)


@pytest.mark.parametrize(
    "error",
    [
        RuntimeError("the view is broken"),
        KeyError("timeout"),
        ValueError("the timeout must be a number"),
        ApiError(status_code=500),
        ApiError(status_code="429"),
        ApiError(error_type="server_error"),
        ApiError(error_type=["rate_limit"]),
        PermissionError(),
        AwkwardError(),
    ],
    ids=lambda error: type(error).__name__,
)
def test_no_noise(error: Exception) -> None:
    """Faults of the program, and errors that answer no question, are no noise."""
    assert not NoiseFilter(DEFAULT_NOISE).is_noise(error)


def test_a_list_that_users_change() -> None:
    """Names of groups, names of classes and rules of the application's own."""
    chosen = NoiseFilter(["timeout", f"{__name__}.ApiError", "KeyError", NoiseRule(messages=("sold out",))])

    assert chosen.is_noise(ApiError())
    assert chosen.is_noise(KeyError("x"))
    assert chosen.is_noise(RuntimeError("The villa is SOLD OUT"))
    assert not chosen.is_noise(ConnectionResetError())


def test_what_ends_retries_is_judged_by_its_cause() -> None:
    """BullMQ's UnrecoverableError says nothing of its own; any other error is judged by itself."""
    chosen = NoiseFilter(DEFAULT_NOISE)
    unrecoverable, other = UnrecoverableError("refused"), RuntimeError("refused")
    unrecoverable.__cause__ = other.__cause__ = ApiError(error_type="validation")

    assert chosen.is_noise(unrecoverable)
    assert not chosen.is_noise(other)
    assert not chosen.is_noise(UnrecoverableError("refused"))


def test_noise_is_logged_traced_and_counted(seen: Seen) -> None:
    """Noise is no issue, but one line, one span event and one dropped item."""
    with capture_metrics() as metrics:
        outer, inner = with_sentry("outer"), with_sentry("inner")
        with pytest.raises(TimeoutError), seen.tracer.start_as_current_span("call"), outer, inner:
            raise TimeoutError("no answer")

        assert metrics.value("anclora.telemetry.items", signal="sentry", outcome="dropped", reason="other") == 1
    assert seen.issues == []
    assert 1 == len(seen.lines) == len(seen.span_events)


def test_an_empty_list_lets_everything_through(seen: Seen) -> None:
    """Nothing is noise where the list is empty."""
    init_sentry(seen.receiver.dsn, noise=[])
    with pytest.raises(TimeoutError), with_sentry("call"):
        raise TimeoutError("no answer")

    assert len(seen.issues) == 1
