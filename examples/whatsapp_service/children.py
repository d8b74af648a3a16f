"""The processes that the demo starts, and that it stops again; no others."""

from __future__ import annotations

import os
import subprocess
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

import httpx

STOP_SECONDS = 8.0
_POLL_SECONDS = 0.1
_LOG_LINES_SHOWN = 12


class DemoError(Exception):
    """Raised when the demo cannot go on; the text is for the user."""


class Children:
    """
    Start processes with their output in files, and stop them in the reverse order.

    Each gets a session of its own, so that Ctrl-C reaches the demo alone, which then stops them in order.

    Args:
        logs: the folder of their output.
    """

    def __init__(self, logs: Path) -> None:
        self._logs = logs
        self._running: dict[str, subprocess.Popen[bytes]] = {}

    def start(self, name: str, command: Sequence[str], environment: Mapping[str, str]) -> None:
        """Start a process; its variables are added to the environment."""
        self._logs.mkdir(parents=True, exist_ok=True)
        with self.output_file(name).open("wb") as output, self.log_file(name).open("wb") as log:
            self._running[name] = subprocess.Popen(
                command,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=log,
                env={**os.environ, **environment},
                start_new_session=True,
            )

    def wait_until_answers(self, name: str, url: str, limit_seconds: float) -> None:
        """
        Wait until a process answers 200.

        Raises:
            DemoError: it ended, or did not answer in time; the text has its last lines.
        """
        deadline = time.monotonic() + limit_seconds
        while not _answers(url):
            self.check()
            if time.monotonic() > deadline:
                raise DemoError(f"{name} did not answer at {url} within {limit_seconds:.0f} s{self._tail(name)}")
            time.sleep(_POLL_SECONDS)

    def check(self) -> None:
        """
        Make sure that every process still runs, or ended well.

        Raises:
            DemoError: one ended with an error; the text has its last lines.
        """
        for name, process in self._running.items():
            if process.poll():
                raise DemoError(f"{name} ended with exit code {process.returncode}{self._tail(name)}")

    def stop(self, name: str) -> None:
        """Stop one process: by SIGTERM, and by SIGKILL if that takes too long."""
        process = self._running.pop(name, None)
        if process is None or process.poll() is not None:
            return
        process.terminate()
        try:
            process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()

    def stop_all(self) -> None:
        """Stop what still runs, the last started first."""
        for name in reversed(tuple(self._running)):
            self.stop(name)

    def log_file(self, name: str) -> Path:
        """Give the file of a process's stderr."""
        return self._logs / f"demo-{name}.log"

    def output_file(self, name: str) -> Path:
        """Give the file of a process's stdout."""
        return self._logs / f"demo-{name}.out"

    def _tail(self, name: str) -> str:
        lines = self.log_file(name).read_text(errors="replace").splitlines()[-_LOG_LINES_SHOWN:]
        return f"; the last lines of {self.log_file(name)}:" + "".join(f"\n  {line}" for line in lines)


def _answers(url: str) -> bool:
    try:
        return httpx.get(url, timeout=2.0, trust_env=False).status_code == 200
    except httpx.TransportError:
        return False
