"""The reference of metrics."""

from __future__ import annotations

from pathlib import Path

import pytest

import anclora_otel
from anclora_otel.catalogue import BY_NAME, DOMAINS, LEGACY_NAMES, METRICS
from anclora_otel.catalogue.reference import RECORDERS, TITLES, WITHOUT_CODE, render_reference
from anclora_otel.cli import main

PROJECT = Path(__file__).parents[3]


def test_committed_reference_is_up_to_date() -> None:
    """docs/metrics.md is what the catalogue gives; `anclora-otel catalogue docs` writes it."""
    committed = (PROJECT / "docs" / "metrics.md").read_text(encoding="utf-8")

    assert render_reference() == committed


def test_reference_names_everything() -> None:
    """Every metric, label value and legacy name stands in the reference."""
    text = render_reference()
    for metric in METRICS:
        assert f"### `{metric.prometheus_name}`\n" in text
        assert f"`{metric.name}`" in text
        for label in metric.labels:
            assert all(f"`{value}`" in text for value in label.values or ())
    for name in LEGACY_NAMES:
        assert f"`{name}`" in text


def test_every_domain_has_a_title() -> None:
    """The sections are the domains."""
    assert list(DOMAINS) == list(TITLES)


def test_recorders_of_the_reference_exist() -> None:
    """Each function that the reference names is public, and each metric says how it is recorded."""
    named = {name for names in RECORDERS.values() for name in names.split(", ")}
    without_code = {metric.name for domain in WITHOUT_CODE for metric in DOMAINS[domain]}

    assert set() == named - set(anclora_otel.__all__)
    assert set(BY_NAME) == set(RECORDERS) | without_code


def test_docs_command_writes_and_checks(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The command writes the file, finds it good, and notices a change."""
    file = tmp_path / "metrics.md"

    assert main(["catalogue", "docs", "--output", str(file)]) == 0
    assert main(["catalogue", "docs", "--check", "--output", str(file)]) == 0
    file.write_text(file.read_text(encoding="utf-8") + "\n", encoding="utf-8")
    assert main(["catalogue", "docs", "--check", "--output", str(file)]) == 1
    assert "run `anclora-otel catalogue docs`" in capsys.readouterr().err


def test_docs_command_says_where_it_cannot_write(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A folder that does not exist gives one line and exit code 2."""
    missing = tmp_path / "missing" / "metrics.md"

    assert main(["catalogue", "docs", "--output", str(missing)]) == 2
    assert main(["catalogue", "docs", "--check", "--output", str(missing)]) == 2
    lines = capsys.readouterr().err.splitlines()
    assert len(lines) == 2
    assert all(str(missing) in line and "--output" in line for line in lines)


def test_docs_command_writes_to_standard_output(capsys: pytest.CaptureFixture[str]) -> None:
    """A dash as the file writes to standard output."""
    assert main(["catalogue", "docs", "--output", "-"]) == 0

    assert capsys.readouterr().out == render_reference()
