"""The demo's dashboards: served where they can be, and never in the demo's way."""

from __future__ import annotations

import os
import urllib.request
from pathlib import Path

from anclora_otel.stack import Places, Ports, Stack
from examples.whatsapp_service.dashboards import served_dashboards
from tests.dashboard_files import FOLDER


def test_two_demos_side_by_side(tmp_path: Path) -> None:
    """Each serves the page, the second one on another port, and both end with their demo."""
    stack = Stack(Places.choose(FOLDER.parent, os.environ, state=tmp_path), Ports.free())
    with served_dashboards(stack) as one, served_dashboards(stack) as other:
        assert one != other
        for address in (one, other):
            with urllib.request.urlopen(address, timeout=30) as response:
                assert response.status == 200


def test_without_the_charting_library(tmp_path: Path) -> None:
    """What is missing is said, and nothing is raised."""
    stack = Stack(Places.choose(FOLDER.parent, {}, state=tmp_path, tools=tmp_path / "tools"), Ports.free())
    with served_dashboards(stack) as said:
        assert said.startswith("not served: charts ")
        assert said.endswith("is not built: run: make tools")
