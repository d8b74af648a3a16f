"""Run the programs of the queue tests."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from anclora_otel.testing import OtlpReceiver
from tests.wire.running import BIN, environment

PROJECT = Path(__file__).parents[2]
WRAPPER = [str(BIN / "anclora-otel"), "run", "--", sys.executable]
"""Beginning of the command of a program that runs as users run theirs."""


def run_program(
    command: Sequence[str], redis_url: str, receiver: OtlpReceiver, variables: dict[str, str] | None = None
) -> str:
    """
    Run a program to its good end.

    Args:
        command: program and arguments.
        redis_url: the Redis it works with.
        receiver: where its telemetry goes.
        variables: its environment in place of the usual one.

    Returns:
        What it said on standard output.

    """
    given = {
        "REDIS_URL": redis_url,
        "OTEL_EXPORTER_OTLP_ENDPOINT": receiver.endpoint,
        "OTEL_SERVICE_NAME": "letters",
        "PYTHONPATH": str(PROJECT),
    }
    done = subprocess.run(
        [*command],
        env={**(environment() if variables is None else variables), **given},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout
