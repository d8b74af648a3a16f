"""
Prometheus rules that follow from the catalogue.

Each function gives the whole text of one file under ``rules/``; `anclora-otel rules render` writes them.
"""

from __future__ import annotations

from anclora_otel.catalogue.alerts.declarations import EVALUATION_INTERVAL
from anclora_otel.catalogue.alerts.rendering import HEADER, render_alert_files
from anclora_otel.catalogue.alerts.scope import Scope
from anclora_otel.catalogue.alerts.settings_file import render_settings_file
from anclora_otel.catalogue.registry import LEGACY_NAMES

LEGACY_FILE = "legacy.yaml"
"""The file with the names of the Node.js service."""

THRESHOLDS_FILE = "thresholds.toml"
"""The file that lists every setting with its default, to be copied and changed."""

_LEGACY_COMMENT = "# Names that users knew from the Node.js service, and the metrics that answer for them.\n"


def render_legacy_rules(scope: Scope | None = None) -> str:
    """Render the recording rules that keep the Node.js service's names answering."""
    interval = (scope or Scope()).duration(EVALUATION_INTERVAL)
    lines = ["groups:", "  - name: anclora_legacy_names", f"    interval: {interval}", "    rules:"]
    for legacy_name, metric in LEGACY_NAMES.items():
        lines += [f"      - record: {legacy_name}", f"        expr: {metric.prometheus_name}"]
    return HEADER + _LEGACY_COMMENT + "\n".join(lines) + "\n"


def rules_files(scope: Scope | None = None) -> dict[str, str]:
    """
    Give the text of every rules file of Prometheus by its name.

    Args:
        scope: the settings, and the factor by which every duration is shortened; the defaults unless given.

    """
    scope = scope or Scope()
    return {**render_alert_files(scope), LEGACY_FILE: render_legacy_rules(scope)}


def rendered_files() -> dict[str, str]:
    """Give the text of every file under ``rules/``, as it is committed, by its name."""
    return {**rules_files(), THRESHOLDS_FILE: render_settings_file()}
