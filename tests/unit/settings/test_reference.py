"""The reference of settings."""

from __future__ import annotations

from pathlib import Path

import pytest

from anclora_otel import environment_variables as env
from anclora_otel.cli import main
from anclora_otel.settings.reference import render_settings_reference

PROJECT = Path(__file__).parents[3]


def test_committed_reference_is_up_to_date() -> None:
    """docs/settings.md is what the variables give; `anclora-otel settings docs` writes it."""
    committed = (PROJECT / "docs" / "settings.md").read_text(encoding="utf-8")

    assert render_settings_reference() == committed


def test_reference_names_every_variable_that_a_user_sets() -> None:
    """Nothing that is read is left out, apart from what the wrapper tells its children."""
    text = render_settings_reference()
    names = {variable.name for variable in env.settings_variables()} - {env.ANCLORA_SETTINGS_REPORTED.name}

    assert [name for name in names if f"`{name}`" not in text] == []
    assert [suffix for suffix in env.OTLP_SUFFIXES if f"`{env.OTLP_PREFIX}{suffix}`" not in text] == []


def test_check_tells_a_stale_page(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """``--check`` names the command that mends the page."""
    page = tmp_path / "settings.md"
    page.write_text("old", encoding="utf-8")

    assert main(["settings", "docs", "--check", "--output", str(page)]) == 1
    assert "run `anclora-otel settings docs`" in capsys.readouterr().err
    assert main(["settings", "docs", "--output", str(page)]) == 0
    assert main(["settings", "docs", "--check", "--output", str(page)]) == 0
