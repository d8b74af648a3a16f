"""Errors of real services under the wrapper, in Sentry's protocol and in OTLP."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from typing import Any
from urllib.error import HTTPError

import pytest
from opentelemetry.proto.logs.v1.logs_pb2 import LogRecord
from opentelemetry.proto.trace.v1.trace_pb2 import Span

from anclora_otel.stack.sentry_receiver import SentryReceiver
from anclora_otel.testing import OtlpReceiver, plain_attributes
from tests.unit.sentry.conftest import normalised
from tests.wire.running import BIN, PROGRAMS, environment, free_port, get, poll, started

ERROR = 17
"""The severity number of level error."""


@dataclass
class Service:
    """A service that fails, with what receives its telemetry."""

    url: str
    otlp: OtlpReceiver
    sentry: SentryReceiver

    def fail(self, path: str) -> None:
        """Ask for what fails."""
        with suppress(HTTPError):
            get(f"{self.url}{path}")

    def settle(self) -> None:
        """Wait until a later request has gone all the way."""
        for path in ("/handled", "/handled"):
            self.fail(path)
        poll(lambda: len(self.errors("HandledError")) == 2, 60, "the last errors to arrive")
        poll(lambda: len(self.lines("HandledError")) == 2, 60, "the last lines to arrive")
        poll(lambda: len(self.span_events("HandledError")) == 2, 60, "the last spans to arrive")

    def errors(self, kind: str) -> list[dict[str, Any]]:
        """Give Sentry's events of an exception's type."""
        return [
            normalised(event)
            for event in list(self.sentry.events)
            if event["exception"]["values"][-1]["type"].endswith(kind)
        ]

    def lines(self, kind: str) -> list[LogRecord]:
        """Give the lines of level error about an exception's type."""
        return [
            record
            for record in list(self.otlp.received.logs)
            if record.severity_number >= ERROR and kind in str(plain_attributes(list(record.attributes)))
        ]

    def span_events(self, kind: str) -> list[Span]:
        """Give the spans with an exception's type, once for each event."""
        return [
            span
            for span in list(self.otlp.received.spans)
            for event in span.events
            if kind in str(plain_attributes(list(event.attributes)).get("exception.type"))
        ]

    def assert_one_each(self, kind: str) -> dict[str, Any]:
        """Hold that there is one of each with one trace id, and give the issue."""
        (issue,), (line,), (span,) = self.errors(kind), self.lines(kind), self.span_events(kind)
        assert span.trace_id.hex() == line.trace_id.hex() == issue["contexts"]["trace"]["trace_id"]
        return issue


@pytest.fixture
def service() -> Iterator[Service]:
    """Run the service under the wrapper with a project of Sentry."""
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    web = ("uvicorn", "failing_service:app", "--app-dir", str(PROGRAMS), "--port", str(port))
    with OtlpReceiver() as otlp, SentryReceiver() as sentry:
        variables = {
            "OTEL_EXPORTER_OTLP_ENDPOINT": otlp.endpoint,
            "OTEL_SERVICE_NAME": "failing",
            "SENTRY_DSN": sentry.dsn,
            "SENTRY_RELEASE": "failing@1.0.0",
            "ANCLORA_ENVIRONMENT": "test",
        }
        command = (str(BIN / "anclora-otel"), "run", "--", *web)
        with started(command, variables, ready_url=f"{url}/docs"):
            yield Service(url, otlp, sentry)


@pytest.mark.parametrize("path", ["/plain", "/threaded", "/logged", "/wrapped"])
def test_one_error_in_a_request(service: Service, path: str) -> None:
    """Raised, logged, wrapped three times, raised on by Starlette and logged by uvicorn: one of each."""
    service.fail(path)
    service.settle()

    issue = service.assert_one_each("RuntimeError")
    assert f"GET {path}" == issue["transaction"]
    assert {"environment": "test", "release": "failing@1.0.0"}.items() <= issue.items()


def test_an_error_that_a_handler_answers(service: Service) -> None:
    """A handler of the application that captures makes one of each as well, with its tags."""
    service.settle()

    assert [dict(issue["tags"])["handler"] for issue in service.errors("HandledError")] == ["own", "own"]


def test_noise_in_a_request(service: Service) -> None:
    """Noise is no issue, but one line and one span event."""
    service.fail("/noise")
    service.settle()

    assert service.errors("ConnectionResetError") == []
    assert 1 == len(service.lines("ConnectionResetError")) == len(service.span_events("ConnectionResetError"))


def test_requests_side_by_side_keep_their_users(service: Service) -> None:
    """User and breadcrumbs of one request are not those of another that runs at the same time."""
    with ThreadPoolExecutor(4) as threads:
        list(threads.map(service.fail, [f"/as/user-{number}?seconds=0.5" for number in range(4)]))
    service.settle()

    issues = service.errors("RuntimeError")
    crumbs = {
        issue["user"]["id"]: [
            crumb["message"] for crumb in issue["breadcrumbs"]["values"] if "asked" in crumb["message"]
        ]
        for issue in issues
    }
    assert {f"user-{number}": [f"asked by user-{number}"] for number in range(4)} == crumbs


def run_script(code: str, sentry: SentryReceiver, **variables: str) -> tuple[int, str, float]:
    """Run a script under the wrapper; give exit code, output and seconds."""
    import time

    from tests.wire.running import run_wrapped

    began = time.monotonic()
    done = run_wrapped(
        sys.executable,
        "-c",
        code,
        **{
            "SENTRY_DSN": sentry.dsn,
            "OTEL_TRACES_EXPORTER": "none",
            "OTEL_METRICS_EXPORTER": "none",
            "OTEL_LOGS_EXPORTER": "none",
            **variables,
        },
    )
    return done.returncode, done.stdout + done.stderr, time.monotonic() - began


def test_an_uncaught_exception() -> None:
    """What ends a program is an issue and a line, and the program ends as it would have."""
    with SentryReceiver() as sentry:
        code, output, _ = run_script("raise RuntimeError('the end')", sentry, ANCLORA_SHUTDOWN_TIMEOUT_SECONDS="30")

        assert sentry.wait_for(lambda seen: len(seen.events) == 1)
        issue = normalised(sentry.events[0])
    assert code == 1
    assert "uncaught exception: RuntimeError: the end" in output
    assert issue["exception"]["values"][0]["mechanism"]["handled"] is False


def test_an_uncaught_exception_of_a_thread() -> None:
    """What ends a thread is one issue and one line."""
    program = (
        "import threading\ndef f(): raise RuntimeError('lost')\nt = threading.Thread(target=f); t.start(); t.join()"
    )
    with SentryReceiver() as sentry:
        code, output, _ = run_script(program, sentry, ANCLORA_SHUTDOWN_TIMEOUT_SECONDS="30")

        assert sentry.wait_for(lambda seen: len(seen.events) == 1)
    assert code == 0
    assert output.count("uncaught exception: RuntimeError: lost") == 1


def test_a_task_that_nobody_awaits() -> None:
    """What asyncio logs of a task that failed unseen is one issue."""
    program = (
        "import asyncio\nasync def f(): raise RuntimeError('unseen')\n"
        "async def main():\n  asyncio.ensure_future(f()); await asyncio.sleep(0.1)\nasyncio.run(main())"
    )
    with SentryReceiver() as sentry:
        run_script(program, sentry, ANCLORA_SHUTDOWN_TIMEOUT_SECONDS="30")

        assert sentry.wait_for(lambda seen: len(seen.events) == 1)


def test_parent_and_child_after_a_fork() -> None:
    """Each process sends its own errors, and none of the other's."""
    program = (
        "import os\nfrom anclora_otel import sentry\n"
        "sentry.capture_exception(RuntimeError('of the parent'))\n"
        "child = os.fork()\n"
        "if child == 0:\n  sentry.capture_exception(RuntimeError('of the child'))\n"
        "  sentry.flush_sentry(30)\n  os._exit(0)\n"
        "os.waitpid(child, 0); sentry.flush_sentry(30)"
    )
    with SentryReceiver(slow_seconds=0.3) as sentry:
        run_script(program, sentry)

        assert sentry.wait_for(lambda seen: len(seen.events) >= 2)
        texts = sorted(event["exception"]["values"][-1]["value"] for event in sentry.events)
    assert texts == ["of the child", "of the parent"]


def test_a_receiver_that_hangs_does_not_hold_up_the_exit() -> None:
    """The exit waits for the last error no longer than the settings say."""
    program = "from anclora_otel import sentry\nsentry.capture_exception(RuntimeError('late'))"
    with SentryReceiver("black_hole") as sentry:
        code, _, seconds = run_script(program, sentry, ANCLORA_SHUTDOWN_TIMEOUT_SECONDS="5")

        assert sentry.wait_for(lambda seen: seen.requests > 0)
    assert code == 0
    assert seconds < 30


def test_without_the_sdk(tmp_path: Any) -> None:
    """Where sentry-sdk is not installed, one line says so and everything else goes on."""
    (tmp_path / "sentry_sdk.py").write_text("raise ImportError('not installed')\n")
    program = "from anclora_otel import sentry\nsentry.capture_exception(RuntimeError('broken'))\nprint('went on')"
    with SentryReceiver() as sentry:
        code, output, _ = run_script(program, sentry, PYTHONPATH=str(tmp_path))

        assert len(sentry.events) == 0
    assert code == 0
    assert output.count("sentry-sdk is not installed; run pip install sentry-sdk") == 1
    assert "went on" in output
    assert "RuntimeError: broken" in output


def test_a_dsn_from_a_file(tmp_path: Any) -> None:
    """The DSN may stand in a file, as secrets do."""
    with SentryReceiver() as sentry:
        (tmp_path / "dsn").write_text(f"{sentry.dsn}\n")
        program = "from anclora_otel import sentry\nsentry.capture_exception(RuntimeError('broken'))"
        run_script(
            program, sentry, SENTRY_DSN="", SENTRY_DSN_FILE=str(tmp_path / "dsn"), ANCLORA_SHUTDOWN_TIMEOUT_SECONDS="30"
        )

        assert sentry.wait_for(lambda seen: len(seen.events) == 1)


def test_what_the_application_chooses_wins() -> None:
    """A call of init_sentry in the application takes the place of what the wrapper has started."""
    program = (
        "from anclora_otel import sentry\nassert sentry.init_sentry(noise=[], release='own@1')\n"
        "sentry.capture_exception(TimeoutError('no answer'))"
    )
    with SentryReceiver() as sentry:
        code, output, _ = run_script(program, sentry, ANCLORA_SHUTDOWN_TIMEOUT_SECONDS="30")

        assert code == 0, output
        assert sentry.wait_for(lambda seen: len(seen.events) == 1)
        assert sentry.events[0]["release"] == "own@1"


def test_without_a_pipeline_the_last_error_is_sent() -> None:
    """A program that only calls init_sentry, without the wrapper, sends its last error at its end."""
    program = (
        "import sys\nfrom anclora_otel import sentry\nsentry.init_sentry(sys.argv[1])\n"
        "sentry.capture_exception(RuntimeError('last'))"
    )
    with SentryReceiver() as sentry:
        done = subprocess.run(
            [sys.executable, "-c", program, sentry.dsn],
            env=environment(),
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )

        assert done.returncode == 0, done.stderr
        assert sentry.wait_for(lambda seen: len(seen.events) == 1)
