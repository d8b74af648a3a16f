"""A real collector with the committed redaction, that takes OTLP and writes what is left into files."""

from __future__ import annotations

import json
import os
import re
import urllib.request
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import yaml

from anclora_otel.redaction import Pattern
from anclora_otel.stack import Places, tools
from anclora_otel.stack.collector_configuration import FILE, MASK
from anclora_otel.stack.tools import Toolbox
from tests.wire.running import free_port, poll, started

PROJECT = Path(__file__).parents[2]
PATIENCE_SECONDS = 120.0
_REDACTION = ["transform/before_redaction", "redaction", "transform/after_redaction"]


class RedactingCollector:
    """
    The collector of one test.

    Args:
        port: where it takes OTLP over HTTP.
        folder: where it writes.

    """

    def __init__(self, port: int, folder: Path) -> None:
        self._port = port
        self._folder = folder

    def send(self, signal: str, content: dict[str, Any]) -> None:
        """Send OTLP JSON; an answer other than 200 raises."""
        request = urllib.request.Request(
            f"http://127.0.0.1:{self._port}/v1/{signal}",
            data=json.dumps(content).encode(),
            headers={"content-type": "application/json"},
        )
        with urllib.request.urlopen(request, timeout=PATIENCE_SECONDS) as answer:
            assert answer.status == 200

    def written(self, signal: str, batches: int) -> list[dict[str, Any]]:
        """Wait for so many batches and give them."""
        file = self._folder / f"{signal}.jsonl"
        self.wait(
            lambda: file.is_file() and file.read_bytes().count(b"\n") >= batches, f"{batches} batches of {signal}"
        )
        # The last line may still be on its way.
        whole_lines, _, _ = file.read_text(encoding="utf-8").rpartition("\n")
        return [json.loads(line) for line in whole_lines.splitlines()]

    def wait(self, condition: Callable[[], bool], what: str) -> None:
        """Wait until a condition holds."""
        poll(condition, PATIENCE_SECONDS, what)

    def send_bodies(self, texts: Sequence[str], batch_size: int = 5000) -> list[str]:
        """Send texts as the bodies of log records and give what is left of them, in their order."""
        starts = range(0, len(texts), batch_size)
        for start in starts:
            records = [{"body": {"stringValue": text}} for text in texts[start : start + batch_size]]
            self.send("logs", {"resourceLogs": [{"scopeLogs": [{"logRecords": records}]}]})
        batches = self.written("logs", len(starts))
        return [
            record["body"].get("stringValue", "")
            for batch in batches
            for resource in batch["resourceLogs"]
            for scope in resource["scopeLogs"]
            for record in scope["logRecords"]
        ]


@contextmanager
def redacting_collector(folder: Path, overlay: str = "") -> Iterator[RedactingCollector]:
    """
    Start the built collector with the committed processors of redaction.

    Args:
        folder: for its configuration and what it writes.
        overlay: a second configuration file.

    """
    port = free_port()
    configuration = folder / "collector.yaml"
    configuration.write_text(yaml.safe_dump(_configuration(port, folder), allow_unicode=True), encoding="utf-8")
    toolbox = Toolbox(Places.choose(PROJECT, os.environ).tools, PROJECT)
    command = [str(toolbox.executable(tools.COLLECTOR)), "--config", str(configuration)]
    if overlay:
        (folder / "overlay.yaml").write_text(overlay, encoding="utf-8")
        command += ["--config", str(folder / "overlay.yaml")]
    with started(command, {}, ready_url=f"http://127.0.0.1:{port}/"):
        yield RedactingCollector(port, folder)


def as_collector(text: str, patterns: Sequence[Pattern]) -> str:
    """Give what the policy says that the collector leaves of a text: a fixed mask for each whole match."""
    for pattern in patterns:
        text = re.sub(pattern.expression, MASK, text, flags=re.ASCII)
    return text


def _configuration(port: int, folder: Path) -> dict[str, Any]:
    committed = yaml.safe_load((PROJECT / FILE).read_text(encoding="utf-8"))
    signals = ("logs", "traces")
    return {
        "receivers": {
            "otlp": {"protocols": {"http": {"endpoint": f"127.0.0.1:{port}", "max_request_body_size": 67_108_864}}}
        },
        "processors": {name: committed["processors"][name] for name in _REDACTION},
        "exporters": {f"file/{signal}": {"path": str(folder / f"{signal}.jsonl")} for signal in signals},
        "service": {
            "telemetry": {"metrics": {"level": "none"}},
            "pipelines": {
                signal: {"receivers": ["otlp"], "processors": _REDACTION, "exporters": [f"file/{signal}"]}
                for signal in signals
            },
        },
    }
