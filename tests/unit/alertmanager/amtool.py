"""Alertmanager's own tool, as the tests call it."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

from anclora_otel.alertmanager import render_configuration, write_folder
from anclora_otel.stack import Places, Toolbox
from anclora_otel.stack.alerting import TEMPLATES
from anclora_otel.stack.receivers.running import stand_in_settings
from anclora_otel.stack.tools import ALERTMANAGER

PROJECT = Path(__file__).parents[3]
EVERYTHING = stand_in_settings(9095, 1025)
"""Settings with every integration."""


STRICT = "--enable-feature=utf8-strict-mode"
"""Matchers as Alertmanager reads them here; amtool then says so on standard output."""


def amtool(*arguments: str) -> subprocess.CompletedProcess[str]:
    """Run amtool."""
    places = Places.choose(PROJECT, os.environ)
    program = Toolbox(places.tools, PROJECT).executable(ALERTMANAGER, "amtool")
    command = [str(program), *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def written(folder: Path, scale: float = 1.0) -> Path:
    """Write a configuration with every integration and give its file."""
    rendered = render_configuration(EVERYTHING, folder=str(folder), scale=scale)
    write_folder(folder, rendered, PROJECT / TEMPLATES)
    return folder / "alertmanager.yml"
