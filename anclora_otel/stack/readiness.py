"""Asking a component whether it can be used."""

from __future__ import annotations

import http.client
import socket
from urllib.parse import urlsplit

_TIMEOUT_SECONDS = 2.0


def is_ready(url: str) -> bool:
    """
    Say whether a component answers.

    Args:
        url: an `http:` URL that answers 200, or a `redis:` URL whose server answers PONG.

    """
    parts = urlsplit(url)
    host, port = parts.hostname or "", parts.port or 0
    try:
        if parts.scheme == "redis":
            return _redis_answers(host, port)
        return _http_answers(host, port, parts.path or "/")
    except (OSError, http.client.HTTPException):
        return False


def _http_answers(host: str, port: int, path: str) -> bool:
    # Not urllib: it would ask a proxy of the environment for a page of this machine.
    connection = http.client.HTTPConnection(host, port, timeout=_TIMEOUT_SECONDS)
    try:
        connection.request("GET", path)
        return connection.getresponse().status == http.client.OK
    finally:
        connection.close()


def _redis_answers(host: str, port: int) -> bool:
    with socket.create_connection((host, port), timeout=_TIMEOUT_SECONDS) as connection:
        connection.sendall(b"PING\r\n")
        return connection.recv(16).startswith(b"+PONG")
