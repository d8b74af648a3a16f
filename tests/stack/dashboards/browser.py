"""A headless Chromium: the one that `make tools` unpacks, or on other processors that of the machine."""

from __future__ import annotations

import os
import platform
import shutil
from pathlib import Path

from playwright.sync_api import Browser, Playwright

from anclora_otel.stack.tools import BROWSER, Toolbox

PROGRAMS = ("chromium", "chromium-browser", "google-chrome")

FLAGS = ("--no-sandbox", "--no-zygote", "--disable-gpu", "--disable-dev-shm-usage", "--disable-background-networking")
"""Tests may run as root and in containers, and the page is our own: there is nothing to be kept in a sandbox."""


def launch(playwright: Playwright, toolbox: Toolbox, folder: Path) -> Browser:
    """
    Start Chromium.

    Args:
        playwright: drives it.
        toolbox: the built tools.
        folder: for what it keeps.

    """
    if platform.machine() == "x86_64":
        program, environment = toolbox.executable(BROWSER), _libraries(toolbox.place(BROWSER))
    else:
        program, environment = _on_path(), {}
    environment |= {"HOME": str(folder), "XDG_CACHE_HOME": str(folder), "XDG_CONFIG_HOME": str(folder)}
    return playwright.chromium.launch(executable_path=program, args=FLAGS, env={**os.environ, **environment})


def _libraries(place: Path) -> dict[str, str | float | bool]:
    return {"LD_LIBRARY_PATH": str(place / "al2023" / "lib"), "FONTCONFIG_FILE": str(place / "fonts" / "fonts.conf")}


def _on_path() -> Path:
    found = next((program for program in map(shutil.which, PROGRAMS) if program), None)
    assert found is not None, f"no Chromium is packed for {platform.machine()}: run: apt-get install chromium"
    return Path(found)
