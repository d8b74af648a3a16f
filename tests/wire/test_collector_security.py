"""The collector's receivers: token, TLS and certificates, limits, and senders that mean harm."""

from __future__ import annotations

import gzip
import http.client
import socket
import ssl
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import grpc
import pytest
import trustme

from tests.wire.guarded_collector import COMMITTED, GuardedCollector, guarded_collector
from tests.wire.otlp_bytes import call, nested, post
from tests.wire.running import poll, run_wrapped

BASE, AUTH, TLS = (COMMITTED / name for name in ("config.yaml", "auth.yaml", "tls.yaml"))
TOKEN, NEXT_TOKEN = "first-token-of-the-tests", "second-token-of-the-tests"
LIMIT_BYTES = 4 * 1024**2
CONTAINER_BYTES = 768 * 1024**2
PROGRAM = Path(__file__).parents[1] / "stack" / "programs" / "spans_and_lines.py"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give a folder with the token and the certificates of the server, a client, and a stranger."""
    folder = tmp_path_factory.mktemp("secured")
    (folder / "token").write_text(f"{TOKEN}\n")
    ours, other = trustme.CA(), trustme.CA()
    ours.cert_pem.write_to_path(str(folder / "authority.pem"))
    for name, authority, identity in (("server", ours, "127.0.0.1"), ("client", ours, "c"), ("stranger", other, "s")):
        certificate = authority.issue_cert(identity)
        certificate.private_key_pem.write_to_path(str(folder / f"{name}.key"))
        certificate.cert_chain_pems[0].write_to_path(str(folder / f"{name}.pem"))
    return folder


@pytest.fixture(scope="module")
def secured(folder: Path) -> Iterator[GuardedCollector]:
    """Run a collector that asks for a token and for a certificate."""
    variables = {
        "ANCLORA_COLLECTOR_TOKEN_FILE": str(folder / "token"),
        "ANCLORA_COLLECTOR_TLS_CERTIFICATE": str(folder / "server.pem"),
        "ANCLORA_COLLECTOR_TLS_KEY": str(folder / "server.key"),
        "ANCLORA_COLLECTOR_TLS_CLIENT_AUTHORITY": str(folder / "authority.pem"),
    }
    with guarded_collector(folder, [BASE, AUTH, TLS], variables) as running:
        yield running


@pytest.fixture(scope="module")
def exposed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[GuardedCollector]:
    """Run the collector as it is on one machine, impatient with those who are slow."""
    variables = {"ANCLORA_COLLECTOR_HEADER_TIMEOUT": "1s", "ANCLORA_COLLECTOR_BODY_TIMEOUT": "2s"}
    with guarded_collector(tmp_path_factory.mktemp("exposed"), [BASE], variables) as running:
        yield running


def _context(folder: Path, client: str = "") -> ssl.SSLContext:
    context = ssl.create_default_context(cafile=str(folder / "authority.pem"))
    if client:
        context.load_cert_chain(folder / f"{client}.pem", folder / f"{client}.key")
    return context


def _status(secured: GuardedCollector, context: ssl.SSLContext, token: str = "") -> int:
    connection = http.client.HTTPSConnection("127.0.0.1", secured.ports.otlp_http, timeout=30, context=context)
    headers = {"content-type": "application/json", **({"authorization": f"Bearer {token}"} if token else {})}
    try:
        connection.request("POST", "/v1/traces", "{}", headers)
        return connection.getresponse().status
    finally:
        connection.close()


@pytest.mark.parametrize(("token", "status"), [("", 401), ("wrong", 401), (TOKEN + "x", 401), (TOKEN, 200)])
def test_token_over_http(secured: GuardedCollector, folder: Path, token: str, status: int) -> None:
    """Whoever has no token, or another one, is answered 401."""
    assert status == _status(secured, _context(folder, "client"), token)


@pytest.mark.parametrize(("token", "status"), [("", "UNAUTHENTICATED"), ("wrong", "UNAUTHENTICATED"), (TOKEN, "OK")])
def test_token_over_grpc(secured: GuardedCollector, folder: Path, token: str, status: str) -> None:
    """Whoever has no token, or another one, is answered UNAUTHENTICATED."""
    files = (folder / name for name in ("authority.pem", "client.key", "client.pem"))
    credentials = grpc.ssl_channel_credentials(*(file.read_bytes() for file in files))
    metadata = {"authorization": f"Bearer {token}"} if token else {}
    with grpc.secure_channel(f"127.0.0.1:{secured.ports.otlp_grpc}", credentials) as channel:
        assert status == call(channel, "traces", b"", **metadata).status


@pytest.mark.parametrize("client", ["", "stranger"])
def test_certificate_is_wanted(secured: GuardedCollector, folder: Path, client: str) -> None:
    """Whoever shows no certificate, or one of another authority, is not spoken to, token or not."""
    with pytest.raises((ssl.SSLError, ConnectionError, http.client.RemoteDisconnected)):
        _status(secured, _context(folder, client), TOKEN)


def test_old_tls_and_none_are_refused(secured: GuardedCollector, folder: Path) -> None:
    """TLS below 1.2 is refused, and nothing is taken in the clear."""
    old = _context(folder, "client")
    old.set_ciphers("DEFAULT@SECLEVEL=0")
    old.minimum_version = ssl.TLSVersion.TLSv1_2
    assert _status(secured, old, TOKEN) == 200
    with pytest.warns(DeprecationWarning, match="TLSv1_1"):
        old.minimum_version = old.maximum_version = ssl.TLSVersion.TLSv1_1
    with pytest.raises((ssl.SSLError, ConnectionError)):
        _status(secured, old, TOKEN)

    assert post(secured.ports.otlp_http, "traces", b"", authorization=f"Bearer {TOKEN}").status == "400"


def test_token_is_changed_without_a_restart(secured: GuardedCollector, folder: Path) -> None:
    """A second token is taken beside the first as soon as the file has it; the first ends when it is taken out."""
    context, file = _context(folder, "client"), folder / "token"
    file.write_text(f"{TOKEN}\n{NEXT_TOKEN}\n")
    poll(lambda: _status(secured, context, NEXT_TOKEN) == 200, 60, "the second token to be taken")
    assert _status(secured, context, TOKEN) == 200
    file.write_text(f"{NEXT_TOKEN}\n")
    poll(lambda: _status(secured, context, TOKEN) == 401, 60, "the first token to end")
    file.write_text(f"{TOKEN}\n")
    poll(lambda: _status(secured, context, TOKEN) == 200, 60, "the first token to be taken again")


@pytest.mark.parametrize("protocol", ["http/protobuf", "grpc"])
def test_an_application_shows_token_and_certificate(secured: GuardedCollector, folder: Path, protocol: str) -> None:
    """The SDK sends the token of a file and its certificate by the variables of the specification."""
    headers = folder / "headers"
    headers.write_text(f"authorization=Bearer {TOKEN}\n")
    headers.chmod(0o600)
    port = secured.ports.otlp_http if protocol == "http/protobuf" else secured.ports.otlp_grpc
    mark = f"sent-by-{protocol[:4]}"
    done = run_wrapped(
        sys.executable,
        str(PROGRAM),
        "5",
        mark,
        OTEL_EXPORTER_OTLP_ENDPOINT=f"https://127.0.0.1:{port}",
        OTEL_EXPORTER_OTLP_PROTOCOL=protocol,
        OTEL_EXPORTER_OTLP_HEADERS_FILE=str(headers),
        OTEL_EXPORTER_OTLP_CERTIFICATE=str(folder / "authority.pem"),
        OTEL_EXPORTER_OTLP_CLIENT_CERTIFICATE=str(folder / "client.pem"),
        OTEL_EXPORTER_OTLP_CLIENT_KEY=str(folder / "client.key"),
        OTEL_SERVICE_NAME="secured",
        # For requests, these win over the exporter's own authority.
        REQUESTS_CA_BUNDLE="",
        CURL_CA_BUNDLE="",
    )

    assert done.returncode == 0, done.stderr
    poll(lambda: f"{mark} 4" in secured.traces, 30, "the spans")
    assert TOKEN not in done.stderr + done.stdout + secured.log.read_text()


def test_bodies_above_the_limit_are_refused(exposed: GuardedCollector) -> None:
    """A body of more than 4 MiB is refused over HTTP and gRPC, whether it is that long or packed."""
    large = bytes(LIMIT_BYTES + 1)
    bomb = gzip.compress(bytes(1024**3), 9)
    before = exposed.peak_bytes
    with grpc.insecure_channel(f"127.0.0.1:{exposed.ports.otlp_grpc}") as channel:
        assert call(channel, "logs", large).status == "RESOURCE_EXHAUSTED"
    assert not post(exposed.ports.otlp_http, "logs", large).taken
    assert not post(exposed.ports.otlp_http, "logs", bomb, content_encoding="gzip").taken

    assert exposed.is_alive
    assert exposed.peak_bytes - before < 128 * 1024**2


def test_packed_bombs_over_grpc(exposed: GuardedCollector) -> None:
    """A message that unpacks to 64 MiB is refused over gRPC without being unpacked whole."""
    before = exposed.peak_bytes
    address = f"127.0.0.1:{exposed.ports.otlp_grpc}"
    options = [("grpc.max_send_message_length", 2**30)]
    with grpc.insecure_channel(address, options, compression=grpc.Compression.Gzip) as channel:
        assert call(channel, "logs", bytes(64 * 1024**2)).status == "RESOURCE_EXHAUSTED"

    assert exposed.is_alive
    assert exposed.peak_bytes - before < 64 * 1024**2


def test_headers_above_the_limit_are_refused(exposed: GuardedCollector) -> None:
    """Headers of more than a MiB are refused."""
    try:
        status = post(exposed.ports.otlp_http, "traces", b"", padding="x" * (2 * 1024**2)).status
    except ConnectionError:
        # The server may close before all of them are sent.
        status = "431"

    assert status == "431"
    assert exposed.is_alive


@pytest.mark.parametrize(
    "start", [b"POST /v1/logs HT", b"POST /v1/logs HTTP/1.1\r\nhost: a\r\ncontent-length: 9\r\n\r\nx"]
)
def test_slow_senders_are_let_go(exposed: GuardedCollector, start: bytes) -> None:
    """Two hundred connections that never finish what they send are ended, and others are served meanwhile."""
    slow = [socket.create_connection(("127.0.0.1", exposed.ports.otlp_http), timeout=30) for _ in range(200)]
    try:
        for each in slow:
            each.sendall(start)
        assert post(exposed.ports.otlp_http, "traces", b"").taken
        deadline = time.monotonic() + 30
        for each in slow:
            each.settimeout(max(deadline - time.monotonic(), 0.1))
            while each.recv(4096):
                pass
    finally:
        for each in slow:
            each.close()

    assert exposed.is_alive


def test_the_deepest_value_that_the_limit_allows(exposed: GuardedCollector) -> None:
    """A value nested as deep as fits into a request ends no collector, and takes less than its container may have."""
    body = nested(440_000)
    assert LIMIT_BYTES * 0.9 < len(body) <= LIMIT_BYTES
    assert post(exposed.ports.otlp_http, "logs", body).taken

    assert exposed.is_alive
    assert exposed.peak_bytes < CONTAINER_BYTES
