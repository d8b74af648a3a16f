"""The lines of real programs: on the console, on a terminal, and as they are exported."""

from __future__ import annotations

import json
import os
import pty
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from opentelemetry.proto.logs.v1.logs_pb2 import LogRecord

from anclora_otel.testing import OtlpReceiver, plain_attributes
from tests.wire.running import BIN, PROGRAMS, environment, free_port, get, poll, started

RUN = (str(BIN / "anclora-otel"), "run", "--")
PROGRAM = (
    "import logging; from opentelemetry import trace\n"
    "with trace.get_tracer('job').start_as_current_span('work'):\n"
    "    logging.getLogger('queue').warning('to %s', 'ana@example.org')\n"
)


@pytest.fixture
def receiver() -> Iterator[OtlpReceiver]:
    """Receive OTLP on a free port."""
    with OtlpReceiver() as running:
        yield running


def telemetry_to(receiver: OtlpReceiver, **more: str) -> dict[str, str]:
    """Give the variables that send telemetry to the receiver."""
    return {
        "OTEL_EXPORTER_OTLP_ENDPOINT": receiver.endpoint,
        "OTEL_SERVICE_NAME": f"logs-{receiver.endpoint[-5:]}",
        **more,
    }


@pytest.fixture
def served(receiver: OtlpReceiver) -> tuple[OtlpReceiver, list[dict[str, Any]]]:
    """Serve a request that goes well and one that fails; give what was exported, and the lines of the console."""
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    command = (*RUN, "uvicorn", "service:app", "--app-dir", str(PROGRAMS), "--port", str(port))
    with started(command, telemetry_to(receiver), ready_url=f"{url}/properties/1") as process:
        with pytest.raises(OSError, match="500"):
            get(f"{url}/failing")
        process.send_signal(signal.SIGTERM)
        assert process.stdout is not None
        lines = [json.loads(line) for line in process.stdout.read().splitlines()]
    return receiver, lines


def only(lines: list[dict[str, Any]], part: str) -> dict[str, Any]:
    """Give the one line whose message holds a text."""
    (found,) = [line for line in lines if part in line["message"]]
    return found


def exported(receiver: OtlpReceiver, part: str) -> LogRecord:
    """Give the one record that was exported whose body holds a text."""
    (found,) = [record for record in receiver.received.logs if part in record.body.string_value]
    return found


def test_uvicorns_lines_go_the_same_way(served: tuple[OtlpReceiver, list[dict[str, Any]]]) -> None:
    """Each of its lines is on the console and exported once: start and end, requests, and the exception."""
    receiver, lines = served
    for part in ("Started server process", '"GET /failing HTTP/1.1" 500', "Exception in ASGI application", "Finished"):
        assert only(lines, part)["message"] == exported(receiver, part).body.string_value
    assert len(lines) == len(receiver.received.logs)
    assert only(lines, '"GET /failing')["level"] == exported(receiver, '"GET /failing').severity_text == "http"


def test_uvicorns_lines_have_the_trace_of_the_request(served: tuple[OtlpReceiver, list[dict[str, Any]]]) -> None:
    """The line about the request and the exception lead to its span, which has the exception as an event."""
    receiver, lines = served
    (span,) = [span for span in receiver.received.spans if span.name == "GET /failing"]
    error = exported(receiver, "Exception in ASGI application")
    attributes = plain_attributes(list(error.attributes))

    for part in ('"GET /failing', "Exception in ASGI application"):
        line, record = only(lines, part), exported(receiver, part)
        assert (record.trace_id, record.span_id) == (span.trace_id, span.span_id)
        assert (line["trace_id"], line["span_id"]) == (span.trace_id.hex(), span.span_id.hex())
    assert [event.name for event in span.events] == ["exception"]
    assert (error.severity_text, attributes["exception.type"]) == ("error", "RuntimeError")
    assert str(attributes["exception.stacktrace"]).endswith("RuntimeError: the view is broken")
    assert only(lines, "Exception in ASGI")["exception"].endswith("RuntimeError: the view is broken")


def on_a_terminal(receiver: OtlpReceiver, **variables: str) -> str:
    """Run the program with a terminal as standard error, and give what is seen there."""
    reader, writer = pty.openpty()
    try:
        subprocess.run(
            [*RUN, sys.executable, "-c", PROGRAM],
            env=environment(**telemetry_to(receiver, **variables)),
            stderr=writer,
            timeout=60,
            check=True,
        )
        return os.read(reader, 10_000).decode()
    finally:
        os.close(reader)
        os.close(writer)


def test_a_terminal(receiver: OtlpReceiver) -> None:
    """Lines for people, coloured, with trace and span, personal data masked."""
    seen = on_a_terminal(receiver)

    assert "\x1b[33mwarn \x1b[0m" in seen
    assert re.search(r"queue.*to .*trace=[0-9a-f]{32} span=[0-9a-f]{16}", seen)
    assert "ana@" not in seen
    assert seen.count("\n") == 1


@pytest.mark.parametrize(
    ("variables", "pattern"),
    [
        ({"NO_COLOR": "1"}, r"\d\d:\d\d:\d\d\.\d{3} warn  queue to "),
        ({"ANCLORA_LOG_CONSOLE": "json"}, r"{\"timestamp\": "),
        ({"ANCLORA_LOG_CONSOLE": "none"}, r"to ana@example.org"),
    ],
)
def test_a_terminal_as_the_user_wants_it(receiver: OtlpReceiver, variables: dict[str, str], pattern: str) -> None:
    """Without colours, as JSON, or as the standard library writes without us."""
    seen = on_a_terminal(receiver, **variables)

    assert re.match(pattern, seen)
    assert "\x1b" not in seen


CLOSED_BY = {
    "the caller": ('exec "$@" 2>&-', PROGRAM),
    "the program": ('exec "$@"', f"import os; os.close(2)\n{PROGRAM}"),
    "the program, as a stream": ('exec "$@"', f"import sys; sys.stderr.close()\n{PROGRAM}"),
}


@pytest.mark.parametrize("who", CLOSED_BY)
def test_standard_error_that_is_closed(receiver: OtlpReceiver, who: str) -> None:
    """The program runs to its end, and its line is exported."""
    shell, program = CLOSED_BY[who]
    command = ["sh", "-c", shell, "sh", *RUN, sys.executable, "-c", program]
    subprocess.run(command, env=environment(**telemetry_to(receiver)), timeout=60, check=True)

    assert exported(receiver, "to ").severity_text == "warn"


def test_a_console_whose_reader_has_gone(receiver: OtlpReceiver, tmp_path: Path) -> None:
    """The service serves on, its lines are exported, and one of them says that the console is broken."""
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    log = tmp_path / "first"
    # Who reads the output leaves after the first line, as `head` does.
    service = f"{' '.join(RUN)} uvicorn service:app --app-dir {PROGRAMS} --port {port} 2>&1 | head -n 1 > {log}"
    process = subprocess.Popen(["sh", "-c", service], env=environment(**telemetry_to(receiver)), start_new_session=True)
    try:
        poll(lambda: log.exists() and bool(log.read_text()), 60, "the first line")
        for number in range(20):
            poll(lambda number=number: _answers(f"{url}/properties/{number}"), 60, "an answer")  # type: ignore[misc]
        assert receiver.wait_for("logs", "property 19 asked for", 60)
        assert receiver.wait_for("logs", "log sink console: BrokenPipeError", 60)
        assert exported(receiver, "log sink console: BrokenPipeError").severity_text == "warn"
    finally:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def _answers(url: str) -> bool:
    try:
        return bool(get(url))
    except OSError:
        return False


def test_the_last_lines_before_sigterm(receiver: OtlpReceiver) -> None:
    """What waits for export when the signal comes is exported."""
    program = (
        "import logging, time; logging.getLogger('bot').info('last words'); print('ready', flush=True); time.sleep(60)"
    )
    process = subprocess.Popen(
        [*RUN, sys.executable, "-c", program],
        env=environment(**telemetry_to(receiver, OTEL_BLRP_SCHEDULE_DELAY="3600000")),
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "ready\n"
    process.terminate()

    assert process.wait(timeout=60) == -signal.SIGTERM
    process.stdout.close()
    assert plain_attributes(list(exported(receiver, "last words").attributes))["component"] == "bot"
