"""The settings file of the alerts, from disk to settings."""

from __future__ import annotations

from pathlib import Path

import pytest

from anclora_otel.catalogue.alerts.declarations import CPU
from anclora_otel.catalogue.rules import rendered_files
from anclora_otel.errors import SettingsError
from anclora_otel.settings.alerts import load_alert_settings


def test_no_file_gives_the_defaults() -> None:
    """Without a file every threshold is its default."""
    assert load_alert_settings(None)[CPU] == 0.8


def test_the_rendered_file_is_a_settings_file(tmp_path: Path) -> None:
    """rules/thresholds.toml can be read as it is, and a changed copy changes a threshold."""
    file = tmp_path / "mine.toml"
    file.write_text(rendered_files()["thresholds.toml"].replace("cpu_ratio = 0.8", "cpu_ratio = 0.6"))

    assert load_alert_settings(file)[CPU] == 0.6


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    """A missing file is one line with its path."""
    with pytest.raises(SettingsError, match=r"gone.toml is not readable .* expected a TOML file; check the path"):
        load_alert_settings(tmp_path / "gone.toml")


def test_a_file_that_is_no_toml_says_where(tmp_path: Path) -> None:
    """A file with a mistake in its syntax names the line."""
    file = tmp_path / "mine.toml"
    file.write_text("[queue]\nbacklog = = 3\n")

    with pytest.raises(SettingsError, match=r"mine.toml is no TOML \(.*line 2"):
        load_alert_settings(file)
