"""
Run the unit tests on every other Python that is found, each in an environment of its own, spread over the cores.

A version that is not on this machine is named as not tested; one that is found must pass.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import threading
import time
from pathlib import Path

VERSIONS = ("3.10", "3.11", "3.12", "3.13")
PROJECT = Path(__file__).parents[1]
UV = str(Path(sys.executable).parent / "uv")
SECONDS_BETWEEN_LINES = 30.0


def find(version: str) -> str | None:
    """Find an interpreter of a version on the path or among those of pyenv."""
    pyenv = Path(os.environ.get("PYENV_ROOT", Path.home() / ".pyenv")) / "versions"
    for candidate in (shutil.which(f"python{version}"), *sorted(pyenv.glob(f"{version}.*/bin/python"), reverse=True)):
        if candidate is None:
            continue
        # A shim of pyenv stands on the path even where the version behind it is not chosen.
        answer = subprocess.run([str(candidate), "-c", "pass"], capture_output=True, check=False)
        if answer.returncode == 0:
            return str(candidate)
    return None


def test_with(version: str, interpreter: str) -> int:
    """Install the pinned requirements for an interpreter and run the unit tests on it."""
    folder = PROJECT / f".venv-{version}"
    python = str(folder / "bin" / "python")
    stamp = folder / ".installed"
    requirements = PROJECT / "requirements" / "dev.txt"
    if not stamp.exists() or stamp.stat().st_mtime < requirements.stat().st_mtime:
        say(f"Python {version}: installing")
        run = [
            [UV, "venv", "--quiet", "--clear", "--python", interpreter, str(folder)],
            [UV, "pip", "install", "--quiet", "--python", python, "--require-hashes", "-r", str(requirements)],
            [UV, "pip", "install", "--quiet", "--python", python, "--no-deps", "--no-build-isolation", "-e", "."],
        ]
        for command in run:
            subprocess.run(command, cwd=PROJECT, check=True)
        stamp.touch()
    return run_tests(version, python)


def run_tests(version: str, python: str) -> int:
    """Run the unit tests, say from time to time that they run, and write their output when they have ended."""
    say(f"Python {version}: unit tests")
    began = time.monotonic()
    ended = threading.Event()

    def tell() -> None:
        while not ended.wait(SECONDS_BETWEEN_LINES):
            say(f"Python {version}: unit tests · {time.monotonic() - began:.0f} s")

    threading.Thread(target=tell, daemon=True).start()
    command = [python, "-m", "pytest", "-q", "tests/unit", "-n", "auto", "--dist", "worksteal"]
    done = subprocess.run(
        command, cwd=PROJECT, check=False, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    )
    ended.set()
    say(f"Python {version}: after {time.monotonic() - began:.0f} s\n{done.stdout}")
    return done.returncode


def say(line: str) -> None:
    """Write a line at once."""
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def main() -> int:
    """Test every version but the one that runs this."""
    own = f"{sys.version_info.major}.{sys.version_info.minor}"
    found = {version: find(version) for version in VERSIONS if version != own}
    for version, interpreter in found.items():
        if interpreter is None:
            say(f"Python {version}: not on this machine, not tested")
    tested = {version: os.path.realpath(interpreter) for version, interpreter in found.items() if interpreter}
    failed = [version for version, interpreter in tested.items() if test_with(version, interpreter)]
    if failed:
        say(f"failed on Python {', '.join(failed)}")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
