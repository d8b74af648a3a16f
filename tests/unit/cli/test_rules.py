"""`anclora-otel rules render` with settings of one's own."""

from __future__ import annotations

from pathlib import Path

import pytest

from anclora_otel.cli.main import main


def test_rules_of_own_settings_go_where_they_are_wanted(tmp_path: Path) -> None:
    """A changed threshold is in the rendered rules, and nothing else is written."""
    settings = tmp_path / "mine.toml"
    settings.write_text("[system]\ncpu_ratio = 0.65\n")
    output = tmp_path / "rules"

    assert main(["rules", "render", "--settings", str(settings), "--output", str(output)]) == 0

    assert ":ratio > 0.65" in (output / "alerts.yaml").read_text()
    names = sorted(file.name for file in output.iterdir())
    assert names == ["alerts.yaml", "legacy.yaml", "recording.yaml", "slo.yaml", "telemetry.yaml"]


def test_check_names_what_would_change_and_writes_nothing(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """With --check the files stay as they are and the exit code says that they differ."""
    output = tmp_path / "rules"

    assert main(["rules", "render", "--output", str(output), "--check"]) == 1

    assert f"--output {output}" in capsys.readouterr().err
    assert not output.exists()


def test_scale_shortens_what_is_rendered(tmp_path: Path) -> None:
    """A factor of 60 makes seconds of minutes."""
    assert main(["rules", "render", "--output", str(tmp_path), "--scale", "60"]) == 0

    assert "        for: 5s\n" in (tmp_path / "alerts.yaml").read_text()


def test_own_settings_never_land_in_the_committed_rules(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Without --output, settings are refused: rules/ holds the defaults."""
    settings = tmp_path / "mine.toml"
    settings.write_text("")

    assert main(["rules", "render", "--settings", str(settings)]) == 2

    assert "pass --output DIR" in capsys.readouterr().err


def test_wrong_settings_are_said_line_by_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Every mistake in the file is one line, and nothing is written."""
    settings = tmp_path / "mine.toml"
    settings.write_text("[system]\ncpu_rato = 0.65\ndisk_warning_ratio = 95\n")
    output = tmp_path / "rules"

    assert main(["rules", "render", "--settings", str(settings), "--output", str(output)]) != 0

    said = capsys.readouterr().err
    assert "did you mean cpu_ratio?" in said
    assert "system.disk_warning_ratio is 95" in said
    assert not output.exists()
