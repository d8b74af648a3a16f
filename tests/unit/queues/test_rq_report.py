"""The note that a forked process leaves for its parent."""

from __future__ import annotations

import subprocess
import sys

from anclora_otel.queues.rq_report import Report

PROGRAM = """
import os
from anclora_otel.queues.rq_report import Report

report = Report()
if not os.fork():
    report.note_error("timeout", "builtins.TimeoutError")
    report.note_outcome("failed")
    os._exit(0)
os.wait()
print(report.outcome, report.error_type, report.error_class)
"""


def test_across_a_fork() -> None:
    """What the child notes the parent reads."""
    done = subprocess.run([sys.executable, "-c", PROGRAM], capture_output=True, text=True, timeout=60, check=True)

    assert done.stdout == "failed timeout builtins.TimeoutError\n"


def test_cleared() -> None:
    """A report that was cleared says nothing of the job before."""
    report = Report()
    report.note_error("timeout", "builtins.TimeoutError")
    report.note_outcome("failed")
    report.clear()

    assert (report.outcome, report.error_type, report.error_class) == ("", "unknown", "")


def test_long_name() -> None:
    """A name that does not fit is cut."""
    report = Report()
    report.note_error("network", "x" * 10_000)
    report.note_outcome("retried")

    assert (report.outcome, report.error_type) == ("retried", "network")
    assert 0 < len(report.error_class) < 1000
