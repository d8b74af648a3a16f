"""Start and end of the telemetry of a process, each in a process of its own."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator

import pytest

from anclora_otel.testing import OtlpReceiver, plain_attributes
from tests.wire.running import environment


@pytest.fixture
def receiver() -> Iterator[OtlpReceiver]:
    """Receive OTLP on a free port."""
    with OtlpReceiver() as running:
        yield running


def run(program: str, **variables: str) -> subprocess.CompletedProcess[str]:
    """Run a program in a process of its own."""
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", program],
        env=environment(**variables),
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done


def test_configure_twice_is_configure_once(receiver: OtlpReceiver) -> None:
    """The second call gives the running telemetry, and no item is exported twice."""
    run(
        "import anclora_otel, logging\n"
        "first = anclora_otel.configure()\n"
        "assert anclora_otel.configure() is first\n"
        "assert anclora_otel.telemetry() is first\n"
        "logging.getLogger('queue').info('only once')\n",
        OTEL_EXPORTER_OTLP_ENDPOINT=receiver.endpoint,
    )

    assert [record.body.string_value for record in receiver.received.logs].count("only once") == 1


def test_later_settings_are_not_used_and_that_is_said(receiver: OtlpReceiver) -> None:
    """A second configure() with other settings is a mistake worth a line."""
    done = run(
        "import anclora_otel\nanclora_otel.configure()\nanclora_otel.configure(service_name='other')\n",
        OTEL_EXPORTER_OTLP_ENDPOINT=receiver.endpoint,
    )

    assert done.stderr.count("telemetry runs already") == 1


def test_code_wins_over_the_environment(receiver: OtlpReceiver) -> None:
    """An override of configure() replaces what the environment says."""
    run(
        "import anclora_otel\nanclora_otel.configure(service_name='from-code')\n",
        OTEL_EXPORTER_OTLP_ENDPOINT=receiver.endpoint,
        OTEL_SERVICE_NAME="from-environment",
    )

    assert {resource["service.name"] for resource in receiver.received.resources} == {"from-code"}


def test_the_resource_says_who_the_process_is(receiver: OtlpReceiver) -> None:
    """Service, namespace, version, instance, environment, host and process are there."""
    run(
        "import anclora_otel\nanclora_otel.configure()\n",
        OTEL_EXPORTER_OTLP_ENDPOINT=receiver.endpoint,
        OTEL_SERVICE_NAME="web",
        OTEL_RESOURCE_ATTRIBUTES="service.namespace=anclora,service.version=1.2.3",
        ANCLORA_ENVIRONMENT="staging",
    )

    resource = receiver.received.resources[0]
    expected = {
        "service.name": "web",
        "service.namespace": "anclora",
        "service.version": "1.2.3",
        "deployment.environment.name": "staging",
    }
    assert expected.items() <= resource.items()
    assert {"service.instance.id", "host.name", "process.pid", "process.runtime.version"} <= resource.keys()


def test_a_flush_reports_what_the_receiver_counted(receiver: OtlpReceiver) -> None:
    """Exported items in the report are those that arrived."""
    done = run(
        "import anclora_otel, logging\n"
        "from opentelemetry import trace\n"
        "telemetry = anclora_otel.configure()\n"
        "for number in range(7):\n"
        "    trace.get_tracer('t').start_span('one').end()\n"
        "    logging.getLogger('queue').warning('line')\n"
        "report = anclora_otel.flush(5)\n"
        "assert report.finished\n"
        "print(report.signals['traces'].exported, report.signals['logs'].exported)\n",
        OTEL_EXPORTER_OTLP_ENDPOINT=receiver.endpoint,
    )

    assert done.stdout == "7 7\n"
    assert (len(receiver.received.spans), len(receiver.received.logs)) == (7, 7)


def test_a_flush_without_a_collector_does_not_claim_success() -> None:
    """With nobody there the report says that nothing was exported."""
    done = run(
        "import anclora_otel\n"
        "from opentelemetry import trace\n"
        "anclora_otel.configure()\n"
        "trace.get_tracer('t').start_span('lost').end()\n"
        "report = anclora_otel.flush(0.5)\n"
        "print(report.finished, report.signals['traces'].exported)\n",
        OTEL_EXPORTER_OTLP_ENDPOINT="http://127.0.0.1:1",
        OTEL_PYTHON_LOG_LEVEL="error",
    )

    assert done.stdout == "False 0\n"


def test_recording_after_the_end_is_silent(receiver: OtlpReceiver) -> None:
    """What is recorded after shutdown() goes nowhere and says nothing."""
    done = run(
        "import anclora_otel\n"
        "anclora_otel.configure()\n"
        "anclora_otel.shutdown()\n"
        "anclora_otel.record_queue_message('high', 'text')\n"
        "assert anclora_otel.shutdown().signals == {}\n",
        OTEL_EXPORTER_OTLP_ENDPOINT=receiver.endpoint,
    )

    assert done.stderr == ""


def test_metrics_that_are_not_served_say_how(receiver: OtlpReceiver) -> None:
    """Rendering without a metrics path is an error with its remedy."""
    done = run(
        "import anclora_otel\n"
        "try:\n"
        "    anclora_otel.configure().render_metrics()\n"
        "except anclora_otel.AncloraOtelError as error:\n"
        "    print(error)\n",
        OTEL_EXPORTER_OTLP_ENDPOINT=receiver.endpoint,
    )

    assert "set ANCLORA_METRICS_PATH" in done.stdout


def test_strict_mode_raises_in_code() -> None:
    """A service that configures itself in strict mode refuses to start."""
    done = run(
        "import anclora_otel\n"
        "try:\n"
        "    anclora_otel.configure()\n"
        "except anclora_otel.SettingsError as error:\n"
        "    print(len(error.problems))\n",
        ANCLORA_STRICT="true",
        OTEL_EXPORTER_OTLP_PROTOCOL="x",
        ANCLORA_DOMAINS="y",
    )

    assert done.stdout == "2\n"


def test_the_first_measurement_is_exported_soon(receiver: OtlpReceiver) -> None:
    """The first export comes 2 s after the first record, long before the interval or the process ends."""
    program = (
        "import anclora_otel, os, sys\n"
        "anclora_otel.configure()\n"
        "anclora_otel.record_conversion('sale', 6e6, 'never-seen')\n"
        "sys.stdin.read()\n"
        "os._exit(0)\n"
    )
    variables = {"OTEL_EXPORTER_OTLP_ENDPOINT": receiver.endpoint, "OTEL_METRIC_EXPORT_INTERVAL": "3600000"}
    with subprocess.Popen([sys.executable, "-c", program], env=environment(**variables), stdin=subprocess.PIPE):
        assert receiver.wait_for("metrics", "anclora.analytics.conversions", 20)


def test_personal_data_is_taken_out_before_it_leaves(receiver: OtlpReceiver) -> None:
    """A phone number and an e-mail address in every corner of a signal are in no byte that was sent."""
    run(
        "import anclora_otel, logging\n"
        "from opentelemetry import trace\n"
        "anclora_otel.configure()\n"
        "phone, mail = '+34 612 345 678', 'ana.garcia@example.org'\n"
        "with trace.get_tracer('t').start_as_current_span(f'call {phone}') as span:\n"
        "    span.set_attribute('to', phone)\n"
        "    span.set_attribute('list', [mail, phone])\n"
        "    span.add_event(f'wrote to {mail}', {'jid': '34612345678@s.whatsapp.net'})\n"
        "    span.set_status(trace.StatusCode.ERROR, f'{mail} refused')\n"
        "    log = logging.getLogger('queue')\n"
        "    log.warning('message to %s and %s', phone, mail, extra={'recipient': mail, 'phone': 34612345678})\n"
        "    try:\n"
        "        raise ValueError(f'no such number {phone}')\n"
        "    except ValueError:\n"
        "        log.exception('failed')\n"
        "    anclora_otel.record_message_sent('text', phone)\n",
        OTEL_EXPORTER_OTLP_ENDPOINT=receiver.endpoint,
    )

    sent = b"".join(receiver.received.bodies)
    assert receiver.received.spans
    assert receiver.received.logs
    for secret in (b"612 345 678", b"612345678", b"ana.garcia", b"example.org"):
        assert secret not in sent


def test_extra_fields_of_a_log_line_become_attributes(receiver: OtlpReceiver) -> None:
    """Structured fields arrive as attributes, an exception with its type and stack."""
    run(
        "import anclora_otel, logging\n"
        "anclora_otel.configure()\n"
        "try:\n"
        "    1 / 0\n"
        "except ZeroDivisionError:\n"
        "    logging.getLogger('queue').exception('failed', extra={'attempt': 3})\n",
        OTEL_EXPORTER_OTLP_ENDPOINT=receiver.endpoint,
    )

    attributes = plain_attributes(list(receiver.received.logs[0].attributes))
    assert attributes["attempt"] == 3
    assert attributes["exception.type"] == "ZeroDivisionError"
    assert "1 / 0" in str(attributes["exception.stacktrace"]) or "ZeroDivisionError" in str(
        attributes["exception.stacktrace"]
    )


def test_log_arguments_that_do_not_fit_lose_no_line(receiver: OtlpReceiver) -> None:
    """The format itself becomes the body."""
    run(
        "import anclora_otel, logging\n"
        "logging.raiseExceptions = False\n"
        "anclora_otel.configure()\n"
        "logging.getLogger('queue').warning('%d messages', 'many')\n",
        OTEL_EXPORTER_OTLP_ENDPOINT=receiver.endpoint,
    )

    assert "%d messages" in [record.body.string_value for record in receiver.received.logs]
