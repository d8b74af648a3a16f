"""Taking over a changed configuration without a restart."""

from __future__ import annotations

import os
import signal
import time
from dataclasses import dataclass

from anclora_otel.errors import StackError
from anclora_otel.stack.http_page import ask
from anclora_otel.stack.orchestration import READY_SECONDS, Stack
from anclora_otel.stack.readiness import is_ready
from anclora_otel.stack.smoke import validate_collector

RELOADABLE = ("alertmanager", "prometheus", "collector")
"""Components that take a new configuration while they run; Loki and Redis need a restart."""

_POLL_SECONDS = 0.1


@dataclass(frozen=True)
class Reloaded:
    """
    What became of one component.

    Args:
        name: the component.
        state: ``reloaded``, or ``stopped`` where it does not run.

    """

    name: str
    state: str


def reload_component(stack: Stack, name: str) -> Reloaded:
    """
    Render a component's files anew and let it take them over.

    Prometheus and Alertmanager are asked over HTTP, which tells what is wrong. The collector, which ends at a
    configuration that it cannot use, is given SIGHUP only after the files were found valid.

    Args:
        stack: the native stack.
        name: one of `RELOADABLE`.

    Raises:
        StackError: it cannot be reloaded, or refuses the configuration and goes on with the old one.

    """
    if name not in RELOADABLE:
        raise StackError(f"{name} cannot be reloaded: expected one of {', '.join(RELOADABLE)}; or restart it")
    pid = stack.process_id(name)
    if pid is None:
        return Reloaded(name, "stopped")
    stack.write_files(name)
    if name == "collector":
        validate_collector(stack.places, stack.ports)
        os.kill(pid, signal.SIGHUP)
        _await(stack, name, pid)
    else:
        ask(name, stack.ports.number(name), "/-/reload", method="POST", timeout_seconds=READY_SECONDS)
    return Reloaded(name, "reloaded")


def _await(stack: Stack, name: str, pid: int) -> None:
    deadline = time.monotonic() + READY_SECONDS
    while not is_ready(stack.ready_url(name)):
        if stack.process_id(name) != pid:
            raise StackError(f"{name} ended while it reloaded: see {stack.log_file(name)}")
        if time.monotonic() > deadline:
            raise StackError(f"{name} is not ready {READY_SECONDS:.0f} s after it was told to reload")
        time.sleep(_POLL_SECONDS)
