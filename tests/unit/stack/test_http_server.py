"""The server that stands behind pages and stand-ins."""

from __future__ import annotations

import http.client
import socket
import struct
from contextlib import closing
from http.server import BaseHTTPRequestHandler

import pytest

from anclora_otel.stack.http_server import BackgroundServer
from anclora_otel.stack.ports import HOST, is_free


class _Handler(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        """Answer so much that whoever goes away is missed."""
        self.send_response(200)
        self.end_headers()
        self.wfile.write(b"x" * 4_000_000)

    def log_message(self, *_arguments: object) -> None:
        """Say nothing."""


def test_it_answers_until_its_end() -> None:
    """It answers from its beginning on, and its port is free after its end."""
    server = BackgroundServer((HOST, 0), _Handler)
    port = server.server_address[1]
    server.begin("test")
    with closing(http.client.HTTPConnection(HOST, port, timeout=30)) as connection:
        connection.request("GET", "/")
        assert len(connection.getresponse().read()) == 4_000_000
    server.end()

    assert is_free(port)


def test_it_may_end_before_it_begins() -> None:
    """What never answered gives its port back all the same."""
    server = BackgroundServer((HOST, 0), _Handler)
    server.end()

    assert is_free(server.server_address[1])


def test_a_client_that_goes_away_is_no_error(capfd: pytest.CaptureFixture[str]) -> None:
    """A connection that is reset in the middle of an answer is not told on the console."""
    server = BackgroundServer((HOST, 0), _Handler)
    server.begin("test")
    port = server.server_address[1]
    with socket.create_connection((HOST, port), timeout=30) as client:
        client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        client.sendall(b"GET / HTTP/1.1\r\n\r\n")
        client.recv(1)
    with closing(http.client.HTTPConnection(HOST, port, timeout=30)) as connection:
        connection.request("GET", "/")
        assert connection.getresponse().status == 200
    server.end()

    assert capfd.readouterr().err == ""
