"""The wrapper as users run it, with a real receiver at the other end of a socket."""

from __future__ import annotations

import json
import signal
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from anclora_otel.testing import OtlpReceiver, plain_attributes
from tests.wire.running import BIN, PROGRAMS, environment, free_port, get, poll, run_wrapped, started

UVICORN = (str(BIN / "anclora-otel"), "run", "--", "uvicorn", "service:app", "--app-dir", str(PROGRAMS))


@pytest.fixture
def receiver() -> Iterator[OtlpReceiver]:
    """Receive OTLP on a free port."""
    with OtlpReceiver() as running:
        yield running


def telemetry_to(receiver: OtlpReceiver, **more: str) -> dict[str, str]:
    """Give the variables that send telemetry to the receiver."""
    return {
        "OTEL_EXPORTER_OTLP_ENDPOINT": receiver.endpoint,
        "OTEL_SERVICE_NAME": "wrapped",
        "OTEL_METRIC_EXPORT_INTERVAL": "1000",
        **more,
    }


@pytest.mark.parametrize("options", [(), ("--workers", "2"), ("--reload", "--reload-dir", str(PROGRAMS))])
def test_a_service_is_instrumented_without_a_changed_line(receiver: OtlpReceiver, options: tuple[str, ...]) -> None:
    """Spans, metrics and logs of a FastAPI service arrive, whichever way uvicorn runs it."""
    port = free_port()
    url = f"http://127.0.0.1:{port}/properties/7"
    with started((*UVICORN, "--port", str(port), *options), telemetry_to(receiver), ready_url=url):
        get(url)

        assert receiver.wait_for("spans", "GET /properties/{reference}")
        assert receiver.wait_for("metrics", "http.server.request.duration")
        assert receiver.wait_for("logs", "property 7 asked for")
    spans = [span for span in receiver.received.spans if span.name == "GET /properties/{reference}"]
    line = next(record for record in receiver.received.logs if "property 7" in record.body.string_value)
    assert line.trace_id in {span.trace_id for span in spans}
    assert plain_attributes(list(spans[0].attributes))["http.route"] == "/properties/{reference}"


def test_calls_to_others_carry_the_trace(receiver: OtlpReceiver) -> None:
    """Both HTTP clients make client spans beneath the server's."""
    port = free_port()
    base = f"http://127.0.0.1:{port}"
    with started((*UVICORN, "--port", str(port)), telemetry_to(receiver), ready_url=f"{base}/properties/1"):
        get(f"{base}/calling?url={base}/properties/2")
        # The last span to end is the server span of the first request.
        assert receiver.wait_for("spans", "GET /calling")
    server = next(span for span in receiver.received.spans if span.name == "GET /calling")
    of_trace = [span for span in receiver.received.spans if span.trace_id == server.trace_id]
    clients = [span for span in of_trace if span.parent_span_id == server.span_id]
    assert len(clients) == 2
    assert sum(span.name == "GET /properties/{reference}" for span in of_trace) == 2


def test_metrics_are_served_when_asked_for(receiver: OtlpReceiver) -> None:
    """With ANCLORA_METRICS_PATH the application gets the route, and the route is left out of traces."""
    port = free_port()
    base = f"http://127.0.0.1:{port}"
    variables = telemetry_to(receiver, ANCLORA_METRICS_PATH="/metrics")
    with started((*UVICORN, "--port", str(port)), variables, ready_url=f"{base}/properties/1") as process:
        assert "http_server_request_duration_seconds_bucket" in get(f"{base}/metrics")
        assert get(f"{base}/metrics", "application/openmetrics-text").endswith("# EOF\n")
        process.send_signal(signal.SIGTERM)
        process.wait(timeout=10)
    assert {span.name for span in receiver.received.spans} == {"GET /properties/{reference}"}


def test_the_application_has_no_metrics_route_by_default(receiver: OtlpReceiver) -> None:
    """It would be as public as the application."""
    port = free_port()
    base = f"http://127.0.0.1:{port}"
    command = (*UVICORN, "--port", str(port))
    service = started(command, telemetry_to(receiver), ready_url=f"{base}/properties/1")
    with service, pytest.raises(OSError, match="404"):
        get(f"{base}/metrics")


def test_a_short_job_exports_everything(receiver: OtlpReceiver) -> None:
    """The last metrics of a job that ends at once arrive."""
    done = run_wrapped(sys.executable, str(PROGRAMS / "job.py"), **telemetry_to(receiver))

    assert (done.returncode, json.loads(done.stderr)["message"]) == (0, "work is done")
    assert receiver.wait_for("spans", "work")
    assert receiver.wait_for("metrics", "job.runs")
    assert receiver.wait_for("logs", "work is done")


def test_sigterm_exports_and_keeps_its_meaning(receiver: OtlpReceiver) -> None:
    """A service that is stopped exports what waits and ends by the signal, as without telemetry."""
    port = free_port()
    url = f"http://127.0.0.1:{port}/properties/9"
    variables = telemetry_to(receiver, OTEL_METRIC_EXPORT_INTERVAL="3600000")
    with started((*UVICORN, "--port", str(port)), variables, ready_url=url) as process:
        process.send_signal(signal.SIGTERM)
        assert process.wait(timeout=10) == -signal.SIGTERM
    assert receiver.wait_for("metrics", "http.server.request.duration", 1)
    assert receiver.wait_for("spans", "GET /properties/{reference}", 1)


def test_upstreams_wrapper_works_as_well(receiver: OtlpReceiver) -> None:
    """With this package installed, opentelemetry-instrument does the same."""
    port = free_port()
    url = f"http://127.0.0.1:{port}/properties/3"
    command = ("opentelemetry-instrument", *UVICORN[3:], "--port", str(port))
    with started((str(BIN / command[0]), *command[1:]), telemetry_to(receiver), ready_url=url):
        assert receiver.wait_for("spans", "GET /properties/{reference}")
        assert receiver.wait_for("logs", "property 3 asked for")
    distro = {resource.get("telemetry.distro.name") for resource in receiver.received.resources}
    assert distro == {"anclora-otel"}


def test_a_missing_command() -> None:
    """Exit code 127 and one line, as a shell would."""
    done = run_wrapped("no-such-command")

    assert done.returncode == 127
    assert done.stderr == "anclora-otel: no-such-command: command not found; check its spelling or install it\n"


def test_a_command_that_is_not_executable(tmp_path: Path) -> None:
    """Exit code 126 and one line."""
    script = tmp_path / "script"
    script.write_text("echo hello", encoding="ascii")

    done = run_wrapped(str(script))

    assert done.returncode == 126
    assert done.stderr.count("\n") == 1
    assert "chmod +x" in done.stderr


def test_no_command_at_all() -> None:
    """Exit code 2 and one line with an example."""
    done = run_wrapped()

    assert done.returncode == 2
    assert done.stderr == "anclora-otel: run needs a command: anclora-otel run -- uvicorn app:app\n"


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("OTEL_EXPORTER_OTLP_PROTOCOL", "htpp/protobuf"),
        ("OTEL_SERVCE_NAME", "web"),
        ("OTEL_EXPORTER_OTLP_ENDPOINT", "localhost:4318"),
    ],
)
def test_a_wrong_setting_is_one_line_and_the_application_starts(receiver: OtlpReceiver, name: str, value: str) -> None:
    """The wrapper, the application and its children together say it once, without a traceback."""
    variables = telemetry_to(receiver, **{name: value})

    done = run_wrapped(
        sys.executable,
        "-c",
        "import subprocess, sys; subprocess.run([sys.executable, '-c', 'print(1)'])",
        **variables,
    )

    assert (done.returncode, done.stdout) == (0, "1\n")
    lines = [line for line in done.stderr.splitlines() if line.startswith("anclora-otel:")]
    assert len(lines) == 1
    assert name in lines[0]
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize("variables", [{"ANCLORA_STRICT": "true"}, {}])
def test_strict_mode_refuses(variables: dict[str, str]) -> None:
    """In strict mode a wrong setting ends the command before it starts."""
    options = () if variables else ("--strict",)

    done = run_wrapped(
        sys.executable,
        "-c",
        "print('started')",
        options=options,
        OTEL_EXPORTER_OTLP_PROTOCOL="x",
        **variables,
    )

    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.count("\n") == 1


def test_telemetry_switched_off() -> None:
    """OTEL_SDK_DISABLED leaves the program alone."""
    done = run_wrapped(sys.executable, str(PROGRAMS / "job.py"), OTEL_SDK_DISABLED="true")

    assert (done.returncode, done.stderr) == (0, "")


def test_helpers_of_multiprocessing_are_left_alone(receiver: OtlpReceiver) -> None:
    """The resource tracker of multiprocessing is no service."""
    program = "from multiprocessing import resource_tracker as r; r.ensure_running(); print(r._resource_tracker._pid)"

    done = run_wrapped(sys.executable, "-c", program, **telemetry_to(receiver))

    poll(lambda: receiver.requests > 0, 10, "the program's own telemetry")
    assert done.returncode == 0
    assert int(done.stdout) not in {resource["process.pid"] for resource in receiver.received.resources}


def test_a_name_for_the_service(receiver: OtlpReceiver) -> None:
    """--service-name names the service."""
    variables = {key: value for key, value in telemetry_to(receiver).items() if key != "OTEL_SERVICE_NAME"}

    run_wrapped(sys.executable, str(PROGRAMS / "job.py"), options=("--service-name", "mailer"), **variables)

    assert receiver.wait_for("spans", "work")
    assert {resource["service.name"] for resource in receiver.received.resources} == {"mailer"}


def test_the_test_environment_is_clean() -> None:
    """No variable of telemetry leaks into the programs under test."""
    assert not [name for name in environment() if name.startswith(("OTEL_", "ANCLORA_"))]
