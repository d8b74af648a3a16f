"""A process ends in time whatever the collector does; users are promised 3 s, with room left here."""

from __future__ import annotations

import signal
import socket
import sys
import time
from collections.abc import Iterator
from contextlib import closing

import pytest

from anclora_otel.testing import OtlpReceiver, ReceiverMode
from tests.wire.output import Output
from tests.wire.running import BIN, PROGRAMS, free_port, get, run_wrapped, started

EXIT_LIMIT_SECONDS = 3.0
START_ALLOWANCE_SECONDS = 3.0


def seconds_of_job(endpoint: str, protocol: str) -> float:
    """Run the short job and give its time over that of the same job without exporters."""
    none = {f"OTEL_{signal}_EXPORTER": "none" for signal in ("TRACES", "METRICS", "LOGS")}
    return _seconds(
        OTEL_EXPORTER_OTLP_ENDPOINT=endpoint,
        OTEL_EXPORTER_OTLP_PROTOCOL=protocol,
    ) - _seconds(**none)


def _seconds(**variables: str) -> float:
    started = time.monotonic()
    done = run_wrapped(sys.executable, str(PROGRAMS / "job.py"), **variables)
    taken = time.monotonic() - started
    assert done.returncode == 0
    assert "Traceback" not in done.stderr
    return taken


@pytest.fixture
def black_hole() -> Iterator[str]:
    """Accept connections and never say a word."""
    with closing(socket.socket()) as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen(64)
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"


@pytest.mark.parametrize("protocol", ["http/protobuf", "grpc"])
def test_exit_with_the_port_refused(protocol: str) -> None:
    """Nobody listens."""
    taken = seconds_of_job(f"http://127.0.0.1:{free_port()}", protocol)

    assert taken < EXIT_LIMIT_SECONDS + START_ALLOWANCE_SECONDS


@pytest.mark.parametrize("protocol", ["http/protobuf", "grpc"])
def test_exit_into_a_black_hole(black_hole: str, protocol: str) -> None:
    """Somebody listens and never answers."""
    taken = seconds_of_job(black_hole, protocol)

    assert taken < EXIT_LIMIT_SECONDS + START_ALLOWANCE_SECONDS


@pytest.mark.parametrize("mode", ["unavailable", "too_many_requests", "black_hole"])
def test_exit_with_a_collector_that_refuses(mode: ReceiverMode) -> None:
    """The collector answers 503 or 429, or takes the request and never answers."""
    with OtlpReceiver(mode) as receiver:
        taken = seconds_of_job(receiver.endpoint, "http/protobuf")

        assert receiver.requests > 0
    assert taken < EXIT_LIMIT_SECONDS + START_ALLOWANCE_SECONDS


@pytest.mark.parametrize("kind", ["refused", "black hole"])
def test_a_service_without_a_collector_starts_serves_and_ends(black_hole: str, kind: str) -> None:
    """The collector is down from the first moment: the service answers, and ends within its promise."""
    port = free_port()
    url = f"http://127.0.0.1:{port}/properties/1"
    endpoint = black_hole if kind == "black hole" else f"http://127.0.0.1:{free_port()}"
    command = (str(BIN / "anclora-otel"), "run", "--", "uvicorn", "service:app", "--app-dir", str(PROGRAMS))
    # Two hundred requests would fill a pipe that nobody reads.
    quiet = {"ANCLORA_LOG_CONSOLE": "none"}
    variables = {"OTEL_EXPORTER_OTLP_ENDPOINT": endpoint, "OTEL_METRIC_EXPORT_INTERVAL": "500", **quiet}
    with started((*command, "--port", str(port)), variables, ready_url=url) as process:
        Output(process)
        for _ in range(200):
            get(url)
        asked = time.monotonic()
        process.send_signal(signal.SIGTERM)
        process.wait(timeout=30)
        assert time.monotonic() - asked < EXIT_LIMIT_SECONDS
