"""The example on a real stack, as the tests drive and question it."""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
import time
import urllib.parse
import urllib.request
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, TypeVar

from bullmq import Queue

from anclora_otel.stack import Stack
from examples.whatsapp_service.children import Children
from examples.whatsapp_service.settings import ExampleSettings
from tests.wire.running import BIN, environment, free_port, get

T = TypeVar("T")

EXPORT_INTERVAL_SECONDS = 2.0
EXAMPLE_DEPLOYMENT = "test"
"""Environment of the example's processes; what other programs of the tests count is kept apart by it."""

TRAFFIC_SECONDS = 400.0
"""How long seeded traffic may take on a machine that is busy."""

QUERY_SECONDS = 60.0
"""How long Prometheus and Loki may take to answer on such a machine."""

SERVICE, WORKER = "whatsapp-service", "whatsapp-worker"
FAULTS = {
    "EXAMPLE_RATE_LIMIT_RATE": "0.08",
    "EXAMPLE_SERVER_ERROR_RATE": "0.08",
    "EXAMPLE_TIMEOUT_RATE": "0.03",
    "EXAMPLE_REFUSED_RATE": "0.08",
    "EXAMPLE_INVALID_RATE": "0.05",
    "EXAMPLE_BACKOFF_MILLISECONDS": "200",
    "EXAMPLE_LATENCY_MILLISECONDS": "20",
}
"""Faults of every kind, often enough that a hundred messages meet each."""


class Example:
    """
    Run the example on a stack.

    Args:
        stack: a stack that is up.
        own: further variables of the example's processes.
        deployment: environment of its processes, by which those of two examples are kept apart.

    """

    def __init__(
        self, stack: Stack, own: Mapping[str, str] | None = None, *, deployment: str = EXAMPLE_DEPLOYMENT
    ) -> None:
        self.stack = stack
        self._deployment = deployment
        variables = {
            "REDIS_URL": f"{stack.url('redis')}/0",
            "EXAMPLE_SERVICE_PORT": str(free_port()),
            "EXAMPLE_API_PORT": str(free_port()),
            **FAULTS,
            **(own or {}),
        }
        self.settings = ExampleSettings.from_environment(variables)
        self.otlp = f"http://127.0.0.1:{stack.ports.number('otlp_http')}"
        self._variables = variables
        self._children = Children(stack.places.logs)

    def start(self) -> None:
        """Start stand-in, service and worker."""
        wrapper = [str(BIN / "anclora-otel"), "run", "--", sys.executable, "-m"]
        module = "examples.whatsapp_service"
        web = ["uvicorn", f"{module}.app:app", "--port", str(self.settings.service_port)]
        self._children.start("whatsapp-api", [sys.executable, "-m", f"{module}.whatsapp_api"], self._variables)
        variables = {**self.telemetry(SERVICE, self._deployment), "ANCLORA_METRICS_PATH": "/metrics"}
        self._children.start(SERVICE, [*wrapper, *web], variables)
        self._children.start(WORKER, [*wrapper, f"{module}.worker"], self.telemetry(WORKER, self._deployment))
        self._children.wait_until_answers("whatsapp-api", f"{self.settings.api_url}/", 30)
        self._children.wait_until_answers(SERVICE, f"{self.settings.service_url}/health", 30)

    def stop(self) -> None:
        """Stop what was started."""
        self._children.stop_all()

    def telemetry(self, service_name: str, deployment: str = "elsewhere") -> dict[str, str]:
        """Give the variables of a process; those of the example itself are deployed to EXAMPLE_DEPLOYMENT."""
        return {
            **self._variables,
            "OTEL_EXPORTER_OTLP_ENDPOINT": self.otlp,
            "OTEL_SERVICE_NAME": service_name,
            "OTEL_METRIC_EXPORT_INTERVAL": str(int(EXPORT_INTERVAL_SECONDS * 1000)),
            "ANCLORA_ENVIRONMENT": deployment,
        }

    def traffic(self, count: int, seed: int, rate: float = 40) -> dict[str, Any]:
        """Send seeded traffic to its end and give its own counts."""
        command = [sys.executable, "-m", "examples.whatsapp_service.traffic", "--json"]
        options = ["--count", str(count), "--rate", str(rate), "--seed", str(seed)]
        done = subprocess.run(
            [*command, *options],
            env=environment(**self._variables),
            capture_output=True,
            text=True,
            timeout=TRAFFIC_SECONDS,
            check=True,
        )
        counts: dict[str, Any] = json.loads(done.stdout)
        return counts

    def post(self, message: dict[str, Any]) -> dict[str, Any]:
        """Give one message to the service."""
        request = urllib.request.Request(
            f"{self.settings.service_url}/messages",
            data=json.dumps(message).encode(),
            headers={"content-type": "application/json"},
        )
        with urllib.request.urlopen(request, timeout=10) as response:
            answer: dict[str, Any] = json.load(response)
            return answer

    def calls_seen(self) -> int:
        """Give the calls that the stand-in has seen."""
        return int(json.loads(get(f"{self.settings.api_url}/stand-in/calls"))["calls"])

    def pause(self) -> None:
        """Keep the worker from taking further jobs."""
        asyncio.run(self._on_queue("pause"))

    def resume(self) -> None:
        """Let the worker take jobs again."""
        asyncio.run(self._on_queue("resume"))

    async def _on_queue(self, action: str) -> None:
        queue = Queue(self.settings.queue, {"connection": self.settings.redis_url})
        await getattr(queue, action)()
        await queue.close()

    def query(self, promql: str) -> list[dict[str, Any]]:
        """Ask Prometheus."""
        url = f"{self.stack.url('prometheus')}/api/v1/query?query={urllib.parse.quote(promql)}"
        result: list[dict[str, Any]] = json.loads(get(url, timeout_seconds=QUERY_SECONDS))["data"]["result"]
        return result

    def number(self, promql: str) -> float:
        """Ask Prometheus for one number; nothing counts as zero."""
        result = self.query(promql)
        return float(result[0]["value"][1]) if result else 0.0

    def log_lines(self, selector: str, since: str = "1h") -> list[dict[str, Any]]:
        """Ask Loki for the lines since then, each with its labels and metadata."""
        parameters = urllib.parse.urlencode({"query": selector, "limit": 5000, "since": since})
        answer = json.loads(
            get(f"{self.stack.url('loki')}/loki/api/v1/query_range?{parameters}", timeout_seconds=QUERY_SECONDS)
        )
        return [
            {**stream["stream"], "line": value[1]} for stream in answer["data"]["result"] for value in stream["values"]
        ]

    @property
    def trace_file(self) -> Path:
        """Give the collector's trace file."""
        return self.stack.places.trace_file


def eventually(ask: Callable[[], T], what: str, timeout_seconds: float = 45) -> T:
    """Ask until the answer is true, or fail with what was waited for and the last answer."""
    deadline = time.monotonic() + timeout_seconds
    pause = 0.25
    while True:
        answer = ask()
        if answer:
            return answer
        assert time.monotonic() < deadline, f"waited {timeout_seconds} s for {what}: {answer!r}"
        time.sleep(pause)


def holds_for(condition: Callable[[], bool], seconds: float, timeout_seconds: float, what: str) -> None:
    """Wait until a condition has held for some time without a break."""
    deadline = time.monotonic() + timeout_seconds
    since: float | None = None
    pause = 0.25
    while since is None or time.monotonic() - since < seconds:
        assert time.monotonic() < deadline, f"waited {timeout_seconds} s for {what} to hold for {seconds} s"
        since = (since or time.monotonic()) if condition() else None
        time.sleep(pause)
