"""Read the settings file of the alerts."""

from __future__ import annotations

import sys
from pathlib import Path

from anclora_otel.catalogue.alerts import AlertSettings, settings_from
from anclora_otel.errors import SettingProblem, SettingsError

# TOML, since a threshold wants a comment that says why; Python 3.10 does not read it yet.
if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib


def load_alert_settings(file: Path | None) -> AlertSettings:
    """
    Read thresholds, objectives, windows, selectors and links.

    Args:
        file: a TOML file with what differs from rules/thresholds.toml; none for the defaults.

    Raises:
        SettingsError: the file cannot be read, or something in it cannot be used; it has every problem.

    """
    if file is None:
        return AlertSettings()
    try:
        tables = tomllib.loads(file.read_text(encoding="utf-8"))
    except OSError as error:
        problem = SettingProblem(str(file), f"not readable ({error.strerror})", "a TOML file", "check the path")
        raise SettingsError([problem]) from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        problem = SettingProblem(str(file), f"no TOML ({error})", "a TOML file", "see rules/thresholds.toml")
        raise SettingsError([problem]) from error
    return settings_from(tables)
