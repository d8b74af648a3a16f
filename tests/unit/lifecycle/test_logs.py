"""The logs of a process from `configure` to its end, each in a process of its own."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator

import pytest

from anclora_otel.testing import OtlpReceiver
from tests.unit.lifecycle.test_process import run


@pytest.fixture
def receiver() -> Iterator[OtlpReceiver]:
    """Receive OTLP on a free port."""
    with OtlpReceiver() as running:
        yield running


def told(receiver: OtlpReceiver, program: str, **variables: str) -> tuple[Counter[str], Counter[str]]:
    """Run a program; count the messages that were exported, and those of the console's lines of JSON."""
    name = f"logs-{receiver.endpoint.rpartition(':')[2]}"
    done = run(program, OTEL_EXPORTER_OTLP_ENDPOINT=receiver.endpoint, OTEL_SERVICE_NAME=name, **variables)
    console = [json.loads(line)["message"] for line in done.stderr.splitlines() if line.startswith("{")]
    return Counter(record.body.string_value for record in receiver.received.logs), Counter(console)


START = "import logging, anclora_otel\nfrom anclora_otel.logs import *\n"


def test_configured_again_is_bridged_once(receiver: OtlpReceiver) -> None:
    """After a shutdown and another configure each line is exported once and written once."""
    exported, console = told(
        receiver,
        START + "for number in range(3):\n"
        "    anclora_otel.configure(); anclora_otel.configure()\n"
        "    logger.info('round %d', number)\n"
        "    anclora_otel.shutdown()\n",
    )

    rounds = Counter({"round 0": 1, "round 1": 1, "round 2": 1})
    assert exported == rounds
    assert console == rounds


def test_after_shutdown_logging_is_as_without_telemetry(receiver: OtlpReceiver) -> None:
    """The root logger has its level back, and the last resort writes."""
    done = run(
        START + "anclora_otel.configure()\nanclora_otel.shutdown()\n"
        "logging.getLogger('x').info('quiet')\nlogging.getLogger('x').warning('loud')\n",
        OTEL_EXPORTER_OTLP_ENDPOINT=receiver.endpoint,
    )

    assert done.stderr == "loud\n"


FORKS = {
    "fork": "multiprocessing.get_context('fork')",
    "spawn": "multiprocessing.get_context('spawn')",
    "forkserver": "multiprocessing.get_context('forkserver')",
}


@pytest.mark.parametrize("kind", FORKS)
def test_children_of_multiprocessing(
    receiver: OtlpReceiver, kind: str, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """What a child logs last is exported, once, and written once."""
    program = tmp_path_factory.mktemp("program") / "children.py"
    program.write_text(
        "import logging, multiprocessing, sys, anclora_otel\n"
        "anclora_otel.configure()\n"
        "def work(number): logging.getLogger('queue').info('child %d', number)\n"
        "if __name__ == '__main__':\n"
        f"    context = {FORKS[kind]}\n"
        "    children = [context.Process(target=work, args=(number,)) for number in range(2)]\n"
        "    [child.start() for child in children]\n"
        "    [child.join() for child in children]\n"
        "    logging.getLogger('queue').info('parent')\n"
    )
    exported, console = told(receiver, f"import runpy; runpy.run_path({str(program)!r}, run_name='__main__')")

    expected = Counter({"child 0": 1, "child 1": 1, "parent": 1})
    assert exported == expected
    assert console == expected


def test_a_plain_fork(receiver: OtlpReceiver) -> None:
    """What waited in the parent is not exported by the child, too."""
    exported, console = told(
        receiver,
        START + "import os, sys\nanclora_otel.configure()\n"
        "logger.info('before')\n"
        "if os.fork() == 0:\n    logger.info('child')\n    sys.exit()\n"
        "os.wait()\nlogger.info('after')\n",
    )

    assert exported == console == Counter({"before": 1, "child": 1, "after": 1})


def test_levels_of_the_settings(receiver: OtlpReceiver) -> None:
    """One for all, another for a component, in the console and in what is exported."""
    exported, console = told(
        receiver,
        START + "anclora_otel.configure()\n"
        "queue_logger.trace('seen'); bot_logger.warn('seen too'); bot_logger.info('unseen'); logger.http('unseen')\n",
        ANCLORA_LOG_LEVEL="warn",
        ANCLORA_LOG_LEVELS="queue=trace",
    )

    assert exported == console == Counter({"seen": 1, "seen too": 1})


def test_signals_of_the_applications_own_stay(receiver: OtlpReceiver) -> None:
    """Only those that nobody handles change levels."""
    done = run(
        "import signal, anclora_otel\nmine = lambda *_: None\nsignal.signal(signal.SIGUSR1, mine)\n"
        "anclora_otel.configure()\n"
        "print(signal.getsignal(signal.SIGUSR1) is mine, signal.getsignal(signal.SIGUSR2) is signal.SIG_DFL)\n",
        OTEL_EXPORTER_OTLP_ENDPOINT=receiver.endpoint,
    )

    assert done.stdout == "True False\n"


def test_what_is_logged_at_the_very_end(receiver: OtlpReceiver) -> None:
    """At exit, in a finaliser and while modules are taken apart: exported where it still can be, and never a fault."""
    done = run(
        START + "import atexit\nanclora_otel.configure()\n"
        "atexit.register(logger.info, 'at exit')\n"
        "class Late:\n    def __del__(self): logging.getLogger('late').error('while ending')\n"
        "late = Late()\nlate.itself = late\n",
        OTEL_EXPORTER_OTLP_ENDPOINT=receiver.endpoint,
    )

    assert [record.body.string_value for record in receiver.received.logs] == ["at exit"]
    assert "Traceback" not in done.stderr
    assert "while ending" in done.stderr


def test_an_exporter_that_logs_does_not_feed_itself(receiver: OtlpReceiver) -> None:
    """At level trace, where the libraries that export talk the most, nothing but the application's lines leaves."""
    exported, console = told(
        receiver,
        START + "anclora_otel.configure()\n"
        "for number in range(5):\n    logger.info('line %d', number); anclora_otel.flush()\n",
        ANCLORA_LOG_LEVEL="trace",
    )

    lines = Counter(f"line {number}" for number in range(5))
    assert exported == lines
    assert console == lines


@pytest.mark.parametrize(
    ("kind", "adding"),
    [
        ("SpanExporter", "trace.get_tracer_provider().add_span_processor(BatchSpanProcessor(Own()))"),
        (
            "LogRecordExporter",
            "get_logger_provider().add_log_record_processor(BatchLogRecordProcessor(Own(), schedule_delay_millis=50))",
        ),
        ("LogRecordExporter", "get_logger_provider().add_log_record_processor(SimpleLogRecordProcessor(Own()))"),
    ],
)
def test_a_logger_in_an_exporter_of_the_applications_own(receiver: OtlpReceiver, kind: str, adding: str) -> None:
    """What it logs while it exports is on the console and is not exported, or it would feed itself for ever."""
    exported, console = told(
        receiver,
        START + "from opentelemetry import trace\n"
        "from opentelemetry._logs import get_logger_provider\n"
        "from opentelemetry.sdk._logs.export import *\n"
        "from opentelemetry.sdk.trace.export import BatchSpanProcessor, SpanExporter\n"
        f"class Own({kind}):\n"
        "    def export(self, batch): logger.info('exporting')\n"
        "    def shutdown(self): pass\n"
        "    def force_flush(self, timeout_millis=0): return True\n"
        f"anclora_otel.configure()\n{adding}\n"
        "trace.get_tracer('own').start_span('work').end()\nlogger.info('work')\nanclora_otel.flush()\n",
    )

    assert exported == Counter({"work": 1})
    assert console == Counter({"work": 1, "exporting": 1})


def test_large_lines_all_arrive(receiver: OtlpReceiver) -> None:
    """A hundred of 1 MB each, cut, in requests that a collector takes."""
    exported, _ = told(
        receiver,
        START + "anclora_otel.configure()\n"
        "for number in range(100):\n    logger.info('%d%s', number, 'x' * 1_000_000)\nanclora_otel.flush(30)\n",
        ANCLORA_LOG_CONSOLE="none",
    )

    assert len(exported) == sum(exported.values()) == 100
    assert max(map(len, receiver.received.bodies)) < 4 * 1024 * 1024
