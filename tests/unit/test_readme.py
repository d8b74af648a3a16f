"""What the README shows works as it stands."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

from anclora_otel.cli.main import COMMANDS
from tests.wire.running import environment

PROJECT = Path(__file__).parents[2]
README = (PROJECT / "README.md").read_text(encoding="utf-8")
PYTHON = re.findall(r"```python\n(.*?)```", README, re.DOTALL)
SHELL = "\n".join(re.findall(r"```sh\n(.*?)```", README, re.DOTALL))


@pytest.mark.parametrize("code", PYTHON)
def test_python_runs(code: str) -> None:
    """Each example runs in a process of its own and ends well, with or without a collector."""
    done = subprocess.run(
        [sys.executable, "-c", code], env=environment(), capture_output=True, text=True, timeout=60, check=False
    )

    assert done.returncode == 0, done.stderr
    assert "Traceback" not in done.stderr


def test_every_command_exists() -> None:
    """The commands and the targets of make that are shown are there."""
    commands = set(re.findall(r"anclora-otel ([a-z]+)", SHELL))
    targets = set(re.findall(r"make ([a-z-]+)", README)) - {"are"}
    makefile = (PROJECT / "Makefile").read_text(encoding="utf-8")

    assert commands <= set(COMMANDS)
    assert {target for target in targets if f"\n{target}:" not in makefile} == set()


def test_every_link_leads_somewhere() -> None:
    """A relative link names a file of the project."""
    links = re.findall(r"\]\(([^)#:]+)\)", README)

    assert links
    assert [link for link in links if not (PROJECT / link).exists()] == []
