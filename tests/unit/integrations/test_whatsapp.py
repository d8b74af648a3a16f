"""Calls of the WhatsApp API, by what becomes of them."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable, Iterator

import httpx
import pytest
import requests
from opentelemetry import trace
from opentelemetry.instrumentation.utils import is_http_instrumentation_enabled
from opentelemetry.sdk.trace import ReadableSpan, TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

from anclora_otel.integrations.whatsapp import whatsapp_call
from anclora_otel.testing import capture_metrics

ENDPOINT = "/message/sendText/{instance}"


@pytest.fixture
def finished(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[], tuple[ReadableSpan, ...]]]:
    """Give the spans that have ended, without a global provider."""
    exporter = InMemorySpanExporter()
    provider = TracerProvider(shutdown_on_exit=False)
    provider.add_span_processor(SimpleSpanProcessor(exporter))
    monkeypatch.setattr("anclora_otel.tracing.trace.get_tracer", provider.get_tracer)
    yield exporter.get_finished_spans
    provider.shutdown()


@pytest.mark.parametrize(
    ("status_code", "label", "failed"),
    [(200, "200", False), (201, "201", False), (404, "404", True), (418, "4xx", True), (429, "429", True)],
)
def test_an_answer_is_counted_by_its_status(
    finished: Callable[[], tuple[ReadableSpan, ...]], status_code: int, label: str, failed: bool
) -> None:
    """Call, latency and span; a 429 is a hit of the rate limit as well."""
    with capture_metrics() as captured:
        with whatsapp_call(ENDPOINT, instance_name="main", server_address="api.example.org") as call:
            assert not is_http_instrumentation_enabled()
            call.answered(status_code)
        calls = captured.value("anclora.whatsapp.api.calls", endpoint=ENDPOINT, method="POST", status_code=label)
        hits = captured.value("anclora.whatsapp.rate_limit.hits", instance_name="main")
        timed = captured.points("anclora.whatsapp.api.latency")

    assert (calls, hits, timed[0].count) == (1, 1 if status_code == 429 else None, 1)
    found = finished()[0]
    attributes = {
        "http.request.method": "POST",
        "url.template": ENDPOINT,
        "server.address": "api.example.org",
        "http.response.status_code": status_code,
    }
    if failed:
        attributes["error.type"] = str(status_code)
    assert (found.name, found.kind) == (f"POST {ENDPOINT}", trace.SpanKind.CLIENT)
    assert dict(found.attributes or {}) == attributes
    assert (found.status.status_code is trace.StatusCode.ERROR) == failed
    assert is_http_instrumentation_enabled()


@pytest.mark.parametrize(
    ("error", "label"),
    [
        (httpx.ReadTimeout("slow"), "timeout"),
        (requests.Timeout(), "timeout"),
        (TimeoutError(), "timeout"),
        (asyncio.TimeoutError(), "timeout"),
        (httpx.ConnectError("refused"), "connection_error"),
        (requests.ConnectionError(), "connection_error"),
        (ConnectionResetError(), "connection_error"),
        (ValueError("no"), "other"),
        (asyncio.CancelledError(), "other"),
    ],
)
def test_an_error_is_counted_and_goes_through(
    finished: Callable[[], tuple[ReadableSpan, ...]], error: BaseException, label: str
) -> None:
    """What kept the call from its answer is its status."""
    with capture_metrics() as captured:
        with pytest.raises(type(error)), whatsapp_call(ENDPOINT):
            raise error

        assert captured.value("anclora.whatsapp.api.calls", endpoint=ENDPOINT, method="POST", status_code=label) == 1
    assert (finished()[0].attributes or {})["error.type"] == label


def test_an_error_after_the_answer_does_not_change_its_status() -> None:
    """The API has answered: what the application makes of it is its own affair."""
    with capture_metrics() as captured:
        with contextlib.suppress(ValueError), whatsapp_call(ENDPOINT) as call:
            call.answered(200)
            raise ValueError

        assert captured.value("anclora.whatsapp.api.calls", endpoint=ENDPOINT, method="POST", status_code="200") == 1


@pytest.mark.parametrize(
    "endpoint", ["/chat/34600111222", "/chat/+34 600 111 222", "/message/3EB0C767D26A1D2B5B6C", 17]
)
def test_a_raw_path_never_gets_into_metric_or_span(
    finished: Callable[[], tuple[ReadableSpan, ...]], endpoint: object, caplog: pytest.LogCaptureFixture
) -> None:
    """It is masked, and one line says what was expected."""
    with capture_metrics() as captured:
        for _ in range(2):
            with whatsapp_call(endpoint) as call:  # type: ignore[arg-type]
                call.answered(200)

        assert captured.value("anclora.whatsapp.api.calls", endpoint="redacted", method="POST", status_code="200") == 2
    assert {each.name for each in finished()} == {"POST redacted"}
    assert [message for message in caplog.messages if "route template" in message] == caplog.messages
    assert len(caplog.messages) == 1


def test_a_call_without_a_status_is_said_once(caplog: pytest.LogCaptureFixture) -> None:
    """It is counted all the same."""
    with capture_metrics() as captured:
        for _ in range(2):
            with whatsapp_call(ENDPOINT):
                pass

        assert captured.value("anclora.whatsapp.api.calls", endpoint=ENDPOINT, method="POST", status_code="other") == 2
    assert len([message for message in caplog.messages if "call answered(" in message]) == 1
