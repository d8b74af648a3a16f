"""Problems are said once for a process and its children."""

from __future__ import annotations

import io

from anclora_otel.errors import SettingProblem
from anclora_otel.settings.reporting import report_once

PROBLEM = SettingProblem("ANCLORA_STRICT", '"on"', "true or false", "using false")


def test_one_line_a_problem() -> None:
    """Each problem is one line with the program's name."""
    stream = io.StringIO()

    report_once([PROBLEM, PROBLEM], stream, {})

    assert stream.getvalue().splitlines() == [f"anclora-otel: {PROBLEM}"] * 2


def test_children_keep_silent() -> None:
    """A child that finds the same in its environment does not repeat it."""
    environ: dict[str, str] = {}
    report_once([PROBLEM], io.StringIO(), environ)
    again = io.StringIO()

    report_once([PROBLEM], again, environ)

    assert again.getvalue() == ""


def test_something_new_is_said() -> None:
    """A child that finds something else says it."""
    environ: dict[str, str] = {}
    report_once([PROBLEM], io.StringIO(), environ)
    again = io.StringIO()

    report_once([PROBLEM, PROBLEM], again, environ)

    assert again.getvalue()
