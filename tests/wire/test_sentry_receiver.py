"""The stub of Sentry's server speaks the protocol and refuses what Sentry refuses."""

from __future__ import annotations

import gzip
import json
import subprocess
import urllib.error
import urllib.request
import zlib

import pytest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

from anclora_otel.stack.sentry_receiver import SentryMode, SentryReceiver
from tests.wire.running import BIN, environment, get

AUTH = "Sentry sentry_version=7, sentry_client=test/1, sentry_key=anclora"
EVENT = b'{"event_id":"%s","message":"hello"}' % (b"a" * 32)
ENVELOPE = (
    b'{"event_id":"%s"}\n{"type":"event","length":%d}\n%s\n{"type":"client_report"}\n{"discarded_events":[]}\n'
    % (
        b"a" * 32,
        len(EVENT),
        EVENT,
    )
)


def post(url: str, body: bytes, **headers: str) -> tuple[int, dict[str, str]]:
    """Post, and give status and headers of the answer."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    request = urllib.request.Request(url, data=body, headers=named)
    try:
        with urllib.request.urlopen(request, timeout=30) as answer:
            return answer.status, dict(answer.headers)
    except urllib.error.HTTPError as error:
        return error.code, {name.lower(): value for name, value in error.headers.items()}


@pytest.mark.parametrize(("encoding", "encode"), [("gzip", gzip.compress), ("deflate", zlib.compress), ("", bytes)])
def test_an_envelope(encoding: str, encode: type[bytes]) -> None:
    """An event and a client report, with and without compression."""
    with SentryReceiver() as receiver:
        url = f"{receiver.url}/api/42/envelope/"
        status, _ = post(url, encode(ENVELOPE), x_sentry_auth=AUTH, content_encoding=encoding)

        assert status == 200
        assert [event["message"] for event in receiver.events] == ["hello"]
        assert list(receiver.client_reports) == [{"discarded_events": []}]


@pytest.mark.parametrize(
    ("path", "auth", "body", "encoding", "status"),
    [
        ("/api/42/envelope/", "Sentry sentry_key=wrong", ENVELOPE, "", 401),
        ("/api/42/envelope/", "", ENVELOPE, "", 401),
        ("/api/7/envelope/", AUTH, ENVELOPE, "", 404),
        ("/api/42/store/", AUTH, ENVELOPE, "", 404),
        ("/api/42/envelope/", AUTH, b"nonsense", "", 400),
        ("/api/42/envelope/", AUTH, b'{}\n{"type":"event","length":900}\n{}', "", 400),
        ("/api/42/envelope/", AUTH, ENVELOPE, "gzip", 400),
        ("/api/42/envelope/", AUTH, ENVELOPE, "snappy", 400),
        ("/api/42/integration/otlp/v1/traces", AUTH, b"nonsense", "", 400),
        ("/api/42/integration/otlp/v1/metrics", AUTH, b"", "", 404),
    ],
)
def test_what_is_refused(path: str, auth: str, body: bytes, encoding: str, status: int) -> None:
    """A wrong key, project, path, body or encoding."""
    with SentryReceiver() as receiver:
        assert status == post(f"{receiver.url}{path}", body, x_sentry_auth=auth, content_encoding=encoding)[0]
        assert list(receiver.events) == []


@pytest.mark.parametrize("mode", ["unavailable", "too_many_requests", "unauthorised", "too_large"])
def test_modes(mode: SentryMode) -> None:
    """It refuses on request; 429 says for how long."""
    expected = {"unavailable": 503, "too_many_requests": 429, "unauthorised": 401, "too_large": 413}[mode]
    with SentryReceiver(mode, retry_after_seconds=7) as receiver:
        status, headers = post(f"{receiver.url}/api/42/envelope/", ENVELOPE, x_sentry_auth=AUTH)

        assert expected == status
        limits = (headers.get("retry-after"), headers.get("x-sentry-rate-limits"))
        assert (("7", "7::organization") if mode == "too_many_requests" else (None, None)) == limits


def test_otlp() -> None:
    """Spans over OTLP are kept and shown to other processes."""
    request = ExportTraceServiceRequest()
    request.resource_spans.add().scope_spans.add().spans.add(name="work", trace_id=b"\x01" * 16)
    with SentryReceiver() as receiver:
        url = f"{receiver.url}/api/42/integration/otlp/v1/traces"
        assert post(url, request.SerializeToString(), x_sentry_auth="sentry sentry_key=anclora")[0] == 200
        shown = json.loads(get(f"{receiver.url}/received"))

    assert shown["spans"] == [{"name": "work", "trace_id": "01" * 16}]
    assert "stub" in shown["stub"]


def test_the_command() -> None:
    """`anclora-otel sentry receiver` says its DSN, and ends on Ctrl-C."""
    command = [str(BIN / "anclora-otel"), "sentry", "receiver", "--port", "0"]
    with subprocess.Popen(command, env=environment(), stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        first, second = process.stdout.readline(), process.stdout.readline()
        url = second.partition("@")[2].partition("/")[0]
        assert "A stub of Sentry's server" in get(f"http://{url}/")
        process.send_signal(2)

        assert process.wait(30) == 130
    assert "stub" in first


@pytest.mark.parametrize(("dsn", "code"), [("https://abc@o1.ingest.sentry.io/42", 0), ("", 2), ("nonsense", 2)])
def test_the_collectors_variables(dsn: str, code: int) -> None:
    """`anclora-otel sentry collector` writes what other deployments need, or says what is missing."""
    command = [str(BIN / "anclora-otel"), "sentry", "collector"]
    done = subprocess.run(
        command, env=environment(SENTRY_DSN=dsn), capture_output=True, text=True, timeout=60, check=False
    )

    assert code == done.returncode
    assert ("ANCLORA_COLLECTOR_SENTRY_AUTH=sentry sentry_key=abc\n" in done.stdout) == (code == 0)
    assert ("expected" in done.stderr) == (code == 2)
    assert "Traceback" not in done.stderr
