"""Serve a program by uvicorn, and ask it for its health."""

from __future__ import annotations

import json
import sys
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from tests.wire.running import BIN, free_port, started

WRAPPER = [str(BIN / "anclora-otel"), "run", "--"]
NO_EXPORT = {"OTEL_METRICS_EXPORTER": "none", "OTEL_TRACES_EXPORTER": "none", "OTEL_LOGS_EXPORTER": "none"}


@contextmanager
def serving(program: str, variables: Mapping[str, str], *wrapper: str, ready: str = "/health/live") -> Iterator[str]:
    """Serve a program by uvicorn and give its address."""
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    # Nobody reads its output, and thousands of access lines would fill the pipe.
    options = ["--port", str(port), "--log-level", "warning"]
    command = [*wrapper, sys.executable, "-m", "uvicorn", *options, f"tests.wire.programs.{program}:app"]
    with started(command, variables, ready_url=f"{url}{ready}"):
        yield url


def ask(url: str, method: str = "GET") -> tuple[int, Any, bytes]:
    """Ask and give status, headers and body, whatever the status."""
    try:
        with urllib.request.urlopen(urllib.request.Request(url, method=method), timeout=20) as response:
            return response.status, response.headers, response.read()
    except urllib.error.HTTPError as error:
        with error:
            return error.code, error.headers, error.read()


def health_of(url: str) -> tuple[int, dict[str, Any]]:
    """Ask for the health and give status and report."""
    status, _, body = ask(f"{url}/health")
    return status, json.loads(body)
