"""A real collector with the committed configuration, or with its receivers alone in front of files."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from anclora_otel.stack import Places, Ports, Toolbox, tools
from anclora_otel.stack.components import collector_environment
from anclora_otel.stack.readiness import is_ready
from anclora_otel.stack.tailed_files import TAILED_FILES
from tests.wire.running import environment, poll

PROJECT = Path(__file__).parents[2]
COMMITTED = PROJECT / "collector"
SIGNALS = ("traces", "metrics", "logs")
_START_SECONDS = 60.0
_STOP_SECONDS = 30.0


@dataclass(frozen=True)
class GuardedCollector:
    """
    A collector of one test.

    Args:
        ports: where it listens.
        process: of it.
        log: the file of its output.
        folder: of its state.
    """

    ports: Ports
    process: subprocess.Popen[bytes]
    log: Path
    folder: Path

    @property
    def is_alive(self) -> bool:
        """Say whether it still runs and answers."""
        return self.process.poll() is None and is_ready(f"http://127.0.0.1:{self.ports.collector_health}/")

    @property
    def peak_bytes(self) -> int:
        """Give the most memory that it ever took."""
        status = Path(f"/proc/{self.process.pid}/status").read_text()
        (line,) = [each for each in status.splitlines() if each.startswith("VmHWM:")]
        return int(line.split()[1]) * 1024

    @property
    def traces(self) -> str:
        """Give the text of the file into which the committed configuration writes traces."""
        file = self.folder / "traces" / "traces.jsonl"
        return file.read_text(encoding="utf-8") if file.exists() else ""


@contextmanager
def guarded_collector(
    folder: Path, files: Sequence[Path], variables: Mapping[str, str] | None = None
) -> Iterator[GuardedCollector]:
    """
    Start the built collector with files of configuration, and end it.

    Args:
        folder: for its state and its log.
        files: in the order of merging.
        variables: besides ports and folders.
    """
    ports = Ports.free()
    toolbox = Toolbox(Places.choose(PROJECT, os.environ).tools, PROJECT)
    own = {**collector_environment(folder, ports), TAILED_FILES: str(folder / "no-such-file.log"), **(variables or {})}
    command = [str(toolbox.executable(tools.COLLECTOR)), *(f"--config={file}" for file in files)]
    log = folder / "collector.log"
    address = f"http://127.0.0.1:{ports.collector_health}/"
    with running_collector(command, environment(**own), log, address) as process:
        yield GuardedCollector(ports, process, log, folder)


@contextmanager
def running_collector(
    command: Sequence[str], variables: Mapping[str, str], log: Path, address: str
) -> Iterator[subprocess.Popen[bytes]]:
    """
    Run a collector from when it is ready until it has ended by SIGTERM, if nobody has killed it.

    Args:
        command: that becomes the collector.
        variables: its environment.
        log: gets its output, after what is there.
        address: where it says that it is ready.
    """
    with log.open("ab") as output:
        process = subprocess.Popen(command, env=variables, stdin=subprocess.DEVNULL, stdout=output, stderr=output)
    try:
        poll(lambda: is_ready(address) or process.poll() is not None, _START_SECONDS, "the collector")
        assert process.poll() is None, log.read_text()[-2000:]
        yield process
    finally:
        process.terminate()
        process.wait(_STOP_SECONDS)


def receivers_before_files(folder: Path) -> Path:
    """Write a configuration with the committed receivers and limits, which puts what they take into a file a signal."""
    committed: dict[str, Any] = yaml.safe_load((COMMITTED / "config.yaml").read_text(encoding="utf-8"))
    configuration = {
        "extensions": {"health_check": committed["extensions"]["health_check"]},
        "receivers": {"otlp": committed["receivers"]["otlp"]},
        "processors": {"memory_limiter": committed["processors"]["memory_limiter"]},
        # With rotation each batch is written at once.
        "exporters": {
            f"file/{signal}": {
                "path": str(folder / f"{signal}.bin"),
                "format": "proto",
                "rotation": {"max_megabytes": 10_000},
            }
            for signal in SIGNALS
        },
        "service": {
            "extensions": ["health_check"],
            "telemetry": committed["service"]["telemetry"],
            "pipelines": {
                signal: {"receivers": ["otlp"], "processors": ["memory_limiter"], "exporters": [f"file/{signal}"]}
                for signal in SIGNALS
            },
        },
    }
    file = folder / "receivers.yaml"
    file.write_text(yaml.safe_dump(configuration), encoding="utf-8")
    return file
