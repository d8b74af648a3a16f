"""What a flush and a shutdown tell of the log files, each in a process of its own."""

from __future__ import annotations

from pathlib import Path

from tests.log_lines import messages
from tests.unit.lifecycle.test_process import run

QUIET = {"OTEL_TRACES_EXPORTER": "none", "OTEL_METRICS_EXPORTER": "none", "OTEL_LOGS_EXPORTER": "none"}
LOGS_FIVE_LINES = (
    "import anclora_otel, logging\n"
    "telemetry = anclora_otel.configure()\n"
    "for number in range(5):\n"
    "    logging.getLogger('queue').warning('line %d', number)\n"
)


def test_a_flush_tells_what_stands_in_the_files(tmp_path: Path) -> None:
    """The lines are there when it comes back."""
    done = run(
        f"{LOGS_FIVE_LINES}print(anclora_otel.flush(30).log_files, flush=True)\n__import__('os')._exit(0)\n",
        ANCLORA_LOG_DIRECTORY=str(tmp_path),
        **QUIET,
    )

    assert done.stdout == "LogFileReport(written=5, waiting=0, dropped=0, finished=True)\n"
    assert messages(tmp_path) == [f"line {number}" for number in range(5)]


def test_the_last_lines_of_a_process_are_written(tmp_path: Path) -> None:
    """A program that ends without a flush loses none, also those that come while the interpreter exits."""
    run(
        f"{LOGS_FIVE_LINES}import atexit\natexit.register(logging.getLogger('queue').warning, 'last')\n",
        ANCLORA_LOG_DIRECTORY=str(tmp_path),
        **QUIET,
    )

    assert messages(tmp_path) == [*(f"line {number}" for number in range(5)), "last"]


def test_a_first_line_at_the_exit_is_written(tmp_path: Path) -> None:
    """No thread can be started any more then."""
    run(
        "import anclora_otel, atexit, logging\n"
        "anclora_otel.configure()\n"
        "atexit.register(logging.getLogger('queue').warning, 'only')\n",
        ANCLORA_LOG_DIRECTORY=str(tmp_path),
        **QUIET,
    )

    assert messages(tmp_path) == ["only"]


def test_a_shutdown_does_not_claim_lines_that_were_not_written(tmp_path: Path) -> None:
    """Where the folder cannot be used the report says how many lines wait, and the process ends in time."""
    (tmp_path / "logs").write_text("in its place")
    done = run(
        f"{LOGS_FIVE_LINES}report = anclora_otel.shutdown(1)\n"
        "print(report.finished, report.log_files.written, report.log_files.waiting >= 5, report.log_files.dropped)\n",
        ANCLORA_LOG_DIRECTORY=str(tmp_path / "logs"),
        **QUIET,
    )

    assert done.stdout == "False 0 True 0\n"


def test_without_a_folder_there_is_no_report() -> None:
    """No files are written unless a folder is named."""
    done = run(f"{LOGS_FIVE_LINES}report = anclora_otel.flush(30)\nprint(report.log_files, report.finished)\n", **QUIET)

    assert done.stdout == "None True\n"
