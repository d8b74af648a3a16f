"""The settings file with every default, as a start for one's own."""

from __future__ import annotations

from collections.abc import Iterator

from anclora_otel.catalogue.alerts.declarations import SETTINGS
from anclora_otel.catalogue.alerts.scope import number_text
from anclora_otel.catalogue.alerts.setting import Setting

_HEAD = """\
# Rendered from the catalogue by `anclora-otel rules render`; changes here are lost.
# Every threshold, objective, window, selector and link with its default. Copy what you change into a file of your own:
#   anclora-otel rules render --settings my-thresholds.toml --output /etc/prometheus/rules
"""


def render_settings_file() -> str:
    """Render the file as TOML."""
    return _HEAD + "\n".join(_lines()) + "\n"


def _lines() -> Iterator[str]:
    section = ""
    for setting in SETTINGS:
        if setting.section != section:
            section = setting.section
            yield from ("", f"[{section}]")
        yield f"{f'{setting.name} = {_value(setting)}':<44}  # {setting.meaning}"


def _value(setting: Setting) -> str:
    default = setting.default
    return number_text(default) if isinstance(default, int | float) else f'"{default}"'
