"""The queries that return nothing while all is well, and the panels that have no other."""

from __future__ import annotations

from pathlib import Path

import yaml

from tests.dashboard_files import targets

QUIET: dict[str, str] = yaml.safe_load((Path(__file__).parent / "quiet_panels.yaml").read_text())
"""The reason of each, by dashboard, panel and letter."""


def quiet_panels(dashboard: str) -> set[str]:
    """Give the titles of the panels of which every query may be quiet."""
    found = list(targets(dashboard))
    return {target.panel["title"] for target in found} - {
        target.panel["title"] for target in found if target.name not in QUIET
    }
