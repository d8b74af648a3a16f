"""Asking components whether they can be used, over real sockets."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable, Iterator

import pytest

from anclora_otel.stack.ports import Ports
from anclora_otel.stack.readiness import is_ready
from anclora_otel.stack.redis_server import find_redis_server


@pytest.fixture
def answer_with() -> Iterator[Callable[[bytes], int]]:
    """Give a function that starts a server with one answer and says its port."""
    servers: list[socket.socket] = []
    threads: list[threading.Thread] = []

    def start(answer: bytes) -> int:
        server = socket.create_server(("127.0.0.1", 0))
        servers.append(server)
        thread = threading.Thread(target=_serve_one, args=(server, answer))
        threads.append(thread)
        thread.start()
        return int(server.getsockname()[1])

    yield start
    for thread in threads:
        thread.join(5)
    for server in servers:
        server.close()


def _serve_one(server: socket.socket, answer: bytes) -> None:
    connection, _ = server.accept()
    with connection:
        connection.recv(1024)
        connection.sendall(answer)


@pytest.mark.parametrize(
    ("scheme", "answer", "expected"),
    [
        ("http", b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n", True),
        ("http", b"HTTP/1.1 503 Service Unavailable\r\nContent-Length: 0\r\n\r\n", False),
        ("http", b"no HTTP at all", False),
        ("redis", b"+PONG\r\n", True),
        ("redis", b"-LOADING Redis is loading the dataset in memory\r\n", False),
    ],
)
def test_answer_tells_readiness(
    answer_with: Callable[[bytes], int], scheme: str, answer: bytes, expected: bool
) -> None:
    """Only the answer of a component that can be used counts as ready."""
    assert is_ready(f"{scheme}://127.0.0.1:{answer_with(answer)}/ready") is expected


@pytest.mark.parametrize("scheme", ["http", "redis"])
def test_nobody_there_is_not_ready(scheme: str) -> None:
    """A refused connection counts as not ready and raises nothing."""
    assert not is_ready(f"{scheme}://127.0.0.1:{Ports.free().redis}")


def test_a_redis_server_is_found() -> None:
    """A Redis server is found on PATH or in the installed wheel."""
    assert find_redis_server().is_file()
