"""A collector of a stack on a volume of its own that is soon full."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from anclora_otel.stack import Stack, Toolbox
from anclora_otel.stack.components import Wishes, find_component
from tests.wire.guarded_collector import running_collector
from tests.wire.running import environment

_COLLECTOR = "collector"


class SmallVolume:
    """
    A volume in memory for the queue of the stack's collector.

    Args:
        stack: whose collector is not running.
        mebibytes: size of the volume.
    """

    def __init__(self, stack: Stack, mebibytes: int) -> None:
        self._stack = stack
        self._folder = stack.places.state / "collector" / "queue"
        self._folder.mkdir(parents=True, exist_ok=True)
        self.log: Path = stack.places.logs / "collector-on-small-volume.log"
        script = f'mount -t tmpfs -o size={mebibytes}m tmpfs "$0" && echo mounted && exec cat'
        self._holder = subprocess.Popen(
            ["unshare", "--map-root-user", "--mount", "sh", "-c", script, str(self._folder)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        assert self._holder.stdout is not None
        assert self._holder.stdout.readline() == "mounted\n", "this machine lets no test mount a volume"

    def names(self) -> list[str]:
        """Name the files on the volume."""
        return sorted(each.name for each in Path(f"/proc/{self._holder.pid}/root{self._folder}").iterdir())

    @contextmanager
    def collector(self) -> Iterator[subprocess.Popen[bytes]]:
        """Run the collector on the volume, and end it by SIGTERM if nobody has killed it."""
        stack = self._stack
        tools = Toolbox(stack.places.tools, stack.places.project)
        launch = find_component(_COLLECTOR).launch(stack.places, tools, stack.ports, Wishes({}, stack.alerting))
        inside = ["nsenter", "--target", str(self._holder.pid), "--user", "--mount", "--preserve-credentials"]
        variables = {**environment(), **launch.environment}
        with running_collector([*inside, *launch.command], variables, self.log, stack.ready_url(_COLLECTOR)) as process:
            yield process

    def close(self) -> None:
        """Give the volume back."""
        self._holder.communicate("")


def full_counts(name: str, in_passing: int) -> int:
    """Give how often something is repeated: as the variable says, which `make collector-faults` sets high."""
    return int(os.environ.get(name, in_passing))
