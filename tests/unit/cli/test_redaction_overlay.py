"""`anclora-otel rules redaction`."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import yaml

from anclora_otel.cli import main


def test_the_overlay_is_printed(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Own patterns become a configuration that the collector takes beside its own."""
    file = tmp_path / "patterns.json"
    file.write_text(json.dumps([{"name": "reference", "expression": "REF-[0-9]{4,6}"}]))

    assert main(["rules", "redaction", "--patterns-file", str(file)]) == 0
    printed = yaml.safe_load(capsys.readouterr().out)
    assert printed["processors"]["redaction"]["blocked_values"][0] == "REF-[0-9]{4,6}"


def test_every_problem_is_a_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A file that cannot be used is said with all its problems, and nothing is printed."""
    file = tmp_path / "patterns.json"
    file.write_text(json.dumps([{"name": "a", "expression": "("}, {"name": "b", "expression": "x*"}]))

    assert main(["rules", "redaction", "--patterns-file", str(file)]) == 1
    printed = capsys.readouterr()
    assert printed.out == ""
    assert len(printed.err.splitlines()) == 2
