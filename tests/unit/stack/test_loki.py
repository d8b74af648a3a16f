"""Asking Loki for log lines, over real sockets."""

from __future__ import annotations

import json
import socket
import threading
import urllib.parse
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from anclora_otel.errors import StackError
from anclora_otel.stack.loki import LogLine, read_log_lines

TRACE = "4bf92f3577b34da6a3ce929d0e0e4736"


@contextmanager
def http_answers(answer: Callable[[str], tuple[int, bytes]]) -> Iterator[str]:
    """Serve one answer for each path on a free port, and give the address."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            status, body = answer(self.path)
            self.send_response(status)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            """Stay quiet."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def test_lines_of_all_streams_are_given_by_time() -> None:
    """Level, service and span come from the stream's labels and structured metadata."""
    streams = [
        {
            "stream": {"service_name": "worker", "severity_text": "ERROR", "span_id": "AB"},
            "values": [["5", "late"], ["3", "early"]],
        },
        {"stream": {"service_name": "api", "detected_level": "info"}, "values": [["4", "middle", {}]]},
        {"stream": {}, "values": [["6", "bare"]]},
    ]
    asked = []

    def answer(path: str) -> tuple[int, bytes]:
        asked.append(urllib.parse.parse_qs(urllib.parse.urlsplit(path).query))
        return 200, json.dumps({"data": {"result": streams}}).encode()

    with http_answers(answer) as url:
        lines = read_log_lines(url + "/", TRACE, 1, 9)

    assert lines == [
        LogLine(3, "worker", "error", "early", "ab"),
        LogLine(4, "api", "info", "middle"),
        LogLine(5, "worker", "error", "late", "ab"),
        LogLine(6, "unknown", "unknown", "bare"),
    ]
    assert asked[0]["query"] == [f'{{service_name=~".+"}} | trace_id="{TRACE}"']
    assert (asked[0]["start"], asked[0]["end"], asked[0]["direction"]) == (["1"], ["9"], ["forward"])


@pytest.mark.parametrize(
    ("status", "body", "words"),
    [
        (500, b"too many\nrequests", "answered 500: too many requests"),
        (200, b"<html>", "is it Loki"),
        (200, b'{"data": {"result": [{"values": [["x", "y"]], "stream": {}}]}}', "is it Loki"),
        (200, b"[]", "is it Loki"),
    ],
)
def test_wrong_answers_are_said_in_one_line(status: int, body: bytes, words: str) -> None:
    """What is no result of a query raises one line with the address."""
    with http_answers(lambda _: (status, body)) as url, pytest.raises(StackError, match=words) as caught:
        read_log_lines(url, TRACE, 1, 9)

    assert len(str(caught.value).splitlines()) == 1


def test_unreachable_loki_is_said() -> None:
    """A refused connection names the address and what to look at."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{free.getsockname()[1]}"

        with pytest.raises(StackError, match=rf"Loki at {url} cannot be reached .*: is the stack up"):
            read_log_lines(url, TRACE, 1, 9)


@pytest.mark.parametrize("url", ["", "localhost:3100", "file:///etc/hosts", "http://"])
def test_wrong_addresses_are_refused(url: str) -> None:
    """Only HTTP addresses are asked."""
    with pytest.raises(StackError, match=r"expected one such as http://127\.0\.0\.1:3100"):
        read_log_lines(url, TRACE, 1, 9)
