"""Start real programs under the wrapper and wait for what they do."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

PROGRAMS = Path(__file__).parent / "programs"
BIN = Path(sys.executable).parent


def free_port() -> int:
    """Find a port on this host that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def environment(**variables: str) -> dict[str, str]:
    """Give an environment with nothing of telemetry but these variables."""
    kept = {key: value for key, value in os.environ.items() if not key.startswith(("OTEL_", "ANCLORA_"))}
    return {**kept, "PATH": f"{BIN}{os.pathsep}{kept.get('PATH', '')}", **variables}


def run_wrapped(*command: str, options: Sequence[str] = (), **variables: str) -> subprocess.CompletedProcess[str]:
    """Run a command under the wrapper to its end."""
    return subprocess.run(
        [str(BIN / "anclora-otel"), "run", *options, "--", *command],
        env=environment(**variables),
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


@contextmanager
def started(
    command: Sequence[str], variables: Mapping[str, str], *, ready_url: str | None = None
) -> Iterator[subprocess.Popen[str]]:
    """Start a program, wait until it answers, and make sure that it is gone afterwards."""
    process = subprocess.Popen(
        command,
        env=environment(**variables),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    )
    try:
        if ready_url is not None:
            poll(lambda: answers(ready_url) or process.poll() is not None, 30, f"{ready_url} to answer")
            assert process.poll() is None, process.communicate()[0]
        yield process
    finally:
        if process.poll() is None:
            os.killpg(process.pid, 9)
        process.communicate()


def answers(url: str) -> bool:
    """Say whether anything answers at a URL."""
    try:
        get(url)
    except urllib.error.HTTPError:
        return True
    except OSError:
        return False
    return True


def get(url: str, accept: str = "*/*", timeout_seconds: float = 10) -> str:
    """Get a page."""
    request = urllib.request.Request(url, headers={"accept": accept})
    with urllib.request.urlopen(request, timeout=timeout_seconds) as answer:
        text: str = answer.read().decode()
        return text


def poll(condition: Callable[[], bool], timeout_seconds: float, what: str) -> None:
    """Wait until a condition holds, or fail with what was waited for."""
    deadline = time.monotonic() + timeout_seconds
    pause = 0.02
    while not condition():
        assert time.monotonic() < deadline, f"waited {timeout_seconds} s for {what}"
        time.sleep(pause)
