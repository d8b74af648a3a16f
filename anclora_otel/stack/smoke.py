"""Starting the collector once, by itself, to see that its configuration does what `validate` cannot see."""

from __future__ import annotations

import dataclasses
import http.client
import os
import subprocess
import tempfile
import time
from pathlib import Path

from anclora_otel.errors import StackError
from anclora_otel.stack import tools
from anclora_otel.stack.components import collector_environment
from anclora_otel.stack.orchestration import Stack
from anclora_otel.stack.places import Places
from anclora_otel.stack.ports import HOST, Ports
from anclora_otel.stack.processes import STOP_SECONDS
from anclora_otel.stack.sentry_target import SENTRY_FILE, sentry_variables
from anclora_otel.stack.tools import Toolbox

_ANY_DSN = "http://key@127.0.0.1/1"


def check_collector(places: Places) -> float:
    """
    Validate the collector's configuration, then start it once on free ports and stop it.

    `validate` opens no port and no storage, so the start is what shows that both work.

    Args:
        places: the checkout and the tools; the state is a temporary folder.

    Returns:
        The seconds from start to healthy.

    Raises:
        StackError: the configuration is refused or uses a deprecated name, or the collector does not answer
            or stop.

    """
    ports = Ports.free()
    with tempfile.TemporaryDirectory(prefix="anclora-collector-") as folder:
        own_places = dataclasses.replace(places, state=Path(folder))
        validate_collector(own_places, ports)
        stack = Stack(own_places, ports)
        try:
            seconds = stack.start("collector").seconds
            _refuse_silence(ports)
        finally:
            began = time.monotonic()
            stack.stop("collector")
            stop_seconds = time.monotonic() - began
        if stop_seconds >= STOP_SECONDS:
            raise StackError(f"the collector did not end within {STOP_SECONDS:.0f} s of SIGTERM")
        _refuse_deprecated(stack.log_file("collector"))
    return seconds


def validate_collector(places: Places, ports: Ports) -> None:
    """
    Let the collector read its configuration, with and without Sentry.

    Raises:
        StackError: it is refused; the text says why.

    """
    base = places.project / "collector" / "config.yaml"
    _validate_files(places, ports, base)
    _validate_files(places, ports, base, places.project / SENTRY_FILE)


def _validate_files(places: Places, ports: Ports, *files: Path) -> None:
    executable = Toolbox(places.tools, places.project).executable(tools.COLLECTOR)
    sentry = sentry_variables({"SENTRY_DSN": _ANY_DSN})
    answer = subprocess.run(
        [str(executable), "validate", *(f"--config={file}" for file in files)],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, **collector_environment(places.state, ports), **sentry},
    )
    if answer.returncode != 0:
        raise StackError(f"{files[-1]} is refused: {answer.stderr.strip()}")


def _refuse_silence(ports: Ports) -> None:
    _expect(ports.otlp_http, "POST", "/v1/traces", "partialSuccess")
    _expect(ports.collector_telemetry, "GET", "/metrics", "otelcol_process_uptime")


def _expect(port: int, method: str, path: str, text: str) -> None:
    connection = http.client.HTTPConnection(HOST, port, timeout=5)
    try:
        body = "{}" if method == "POST" else None
        connection.request(method, path, body=body, headers={"Content-Type": "application/json"})
        response = connection.getresponse()
        answer = response.read().decode(errors="replace")
    except OSError as error:
        raise StackError(f"the collector is healthy but does not answer {method} {path}: {error}") from error
    finally:
        connection.close()
    if response.status != http.client.OK or text not in answer:
        raise StackError(
            f"the collector answers {method} {path} with {response.status} and {answer[:200]!r}: "
            f"expected 200 with {text!r}"
        )


def _refuse_deprecated(log: Path) -> None:
    lines = [line for line in log.read_text().splitlines() if "deprecated" in line.lower()]
    if lines:
        raise StackError(f"the collector's configuration uses what is deprecated: {lines[0]}")
