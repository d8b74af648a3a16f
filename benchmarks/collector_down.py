"""
Throughput of a service under the wrapper with the real collector up and with nobody listening.

The two are run in turn, several rounds each, and the best of each is compared, since machines are noisy.
Run it with ``make bench``; ``--json`` prints the figures for machines.
"""

from __future__ import annotations

import argparse
import http.client
import json
import os
import socket
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from anclora_otel.stack import Places, Ports, Stack

BIN = Path(sys.executable).parent
PROJECT = Path(__file__).parents[1]
SERVICE = PROJECT / "tests" / "wire" / "programs"
ROUNDS = 3
REQUESTS = 1500
START_LIMIT_SECONDS = 30
TARGET = 0.95


def free_port() -> int:
    """Find a port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def requests_per_second(endpoint: str) -> float:
    """Start the service, send it requests over one connection, and give their rate."""
    port = free_port()
    command = [str(BIN / "anclora-otel"), "run", "--", str(BIN / "uvicorn"), "service:app"]
    environment = {**os.environ, "OTEL_EXPORTER_OTLP_ENDPOINT": endpoint, "OTEL_SERVICE_NAME": "benchmark"}
    process = subprocess.Popen(
        [*command, "--app-dir", str(SERVICE), "--port", str(port), "--log-level", "warning"],
        env=environment,
        stderr=subprocess.DEVNULL,
    )
    try:
        connection = connect(port)
        send(connection, REQUESTS // 5)
        started = time.perf_counter()
        send(connection, REQUESTS)
        return REQUESTS / (time.perf_counter() - started)
    finally:
        process.terminate()
        process.wait()


def connect(port: int) -> http.client.HTTPConnection:
    """Connect as soon as the service listens."""
    deadline = time.monotonic() + START_LIMIT_SECONDS
    while True:
        connection = http.client.HTTPConnection("127.0.0.1", port)
        try:
            connection.connect()
        except OSError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.05)
        else:
            return connection


def send(connection: http.client.HTTPConnection, count: int) -> None:
    """Send requests one after the other."""
    for number in range(count):
        connection.request("GET", f"/properties/{number}")
        connection.getresponse().read()


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", action="store_true", help="print JSON")
    arguments = parser.parse_args()
    up: list[float] = []
    down: list[float] = []
    with tempfile.TemporaryDirectory() as state:
        stack = Stack(Places.choose(PROJECT, os.environ, state=Path(state)), Ports.free())
        stack.up()
        try:
            for _ in range(ROUNDS):
                up.append(requests_per_second(f"http://127.0.0.1:{stack.ports.number('otlp_http')}"))
                down.append(requests_per_second(f"http://127.0.0.1:{free_port()}"))
        finally:
            stack.down()
    ratio = max(down) / max(up)
    figures = {"up": up, "down": down, "ratio": ratio, "target": TARGET}
    if arguments.json:
        print(json.dumps(figures))
        return
    print(f"collector up    {max(up):8.0f} requests/s (best of {ROUNDS})")
    print(f"collector down  {max(down):8.0f} requests/s (best of {ROUNDS})")
    print(f"ratio           {ratio:8.2f} (target: at least {TARGET})")


if __name__ == "__main__":
    main()
