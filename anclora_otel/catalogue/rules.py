"""
Prometheus rules that follow from the catalogue.

Each function gives the whole text of one file under ``rules/``; `anclora-otel rules render` writes them.
"""

from __future__ import annotations

from anclora_otel.catalogue.registry import LEGACY_NAMES

LEGACY_FILE = "legacy.yaml"
"""The file with the names of the Node.js service."""

_HEADER = "# Rendered from the catalogue by `anclora-otel rules render`; changes here are lost.\n"
_LEGACY_COMMENT = "# Names that users knew from the Node.js service, and the metrics that answer for them.\n"


def render_legacy_rules() -> str:
    """Render the recording rules that keep the Node.js service's names answering."""
    lines = ["groups:", "  - name: anclora_legacy_names", "    rules:"]
    for legacy_name, metric in LEGACY_NAMES.items():
        lines += [f"      - record: {legacy_name}", f"        expr: {metric.prometheus_name}"]
    return _HEADER + _LEGACY_COMMENT + "\n".join(lines) + "\n"


def rendered_files() -> dict[str, str]:
    """Give the text of every rendered rules file by its name."""
    return {LEGACY_FILE: render_legacy_rules()}
