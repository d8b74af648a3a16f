"""A stack on a faster clock with the example on it, and what became of its alerts."""

from __future__ import annotations

import json
import time
import urllib.request
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from anclora_otel.alertmanager import Alertmanager
from anclora_otel.alertmanager.api import ReceivedAlert
from anclora_otel.catalogue.alerts.declarations import EXPORT_INTERVAL
from anclora_otel.drills.own_stack import target_of
from anclora_otel.drills.prometheus import Prometheus
from anclora_otel.drills.running import Run
from anclora_otel.stack import Stack
from anclora_otel.stack.scaled_prometheus import scope_of
from tests.stack.example import EXAMPLE_DEPLOYMENT, Example, eventually

PATIENCE_SECONDS = 150.0
"""Far more than any alert takes at the scale of these tests, for a machine that is busy."""

SOUND = {
    "EXAMPLE_RATE_LIMIT_RATE": "0",
    "EXAMPLE_SERVER_ERROR_RATE": "0",
    "EXAMPLE_TIMEOUT_RATE": "0",
    "EXAMPLE_REFUSED_RATE": "0",
    "EXAMPLE_INVALID_RATE": "0",
}
"""An example in which nothing fails by itself."""


class ScaledExample(Example):
    """
    Run the example on a stack on a faster clock, with an export interval to match.

    Args:
        stack: a stack that is up.
        own: further variables of the example's processes.
    """

    def __init__(self, stack: Stack, own: Mapping[str, str] | None = None) -> None:
        super().__init__(stack, {**SOUND, **(own or {})})
        scope = scope_of(stack.alerting)
        self._interval_milliseconds = round(scope.milliseconds(EXPORT_INTERVAL) / scope.scale)

    def telemetry(self, service_name: str, deployment: str = "elsewhere") -> dict[str, str]:
        """Give the variables of a process that exports as often as the rules expect it."""
        interval = str(self._interval_milliseconds)
        return {**super().telemetry(service_name, deployment), "OTEL_METRIC_EXPORT_INTERVAL": interval}

    def ask(self, method: str, path: str, body: object = None) -> dict[str, Any]:
        """Ask the service."""
        data = None if body is None else json.dumps(body).encode()
        headers = {"content-type": "application/json"}
        request = urllib.request.Request(f"{self.settings.service_url}{path}", data, headers, method=method)
        with urllib.request.urlopen(request, timeout=30) as response:
            answer: dict[str, Any] = json.load(response)
            return answer

    def connection(self, state: str) -> None:
        """Tell the service what became of the WhatsApp instance, as the Evolution API does."""
        body = {"event": "connection.update", "instance": self.settings.instance, "data": {"state": state}}
        assert self.ask("POST", "/webhooks/whatsapp", body) == {"understood": 1}


class Alarm:
    """
    See what fires on a stack, and who heard of it.

    Args:
        stack: with its stand-ins.
    """

    def __init__(self, stack: Stack) -> None:
        self.stack = stack
        self.prometheus = Prometheus(stack.url("prometheus"))
        self.alertmanager = Alertmanager(stack.url("alertmanager"))
        self._file = stack.places.notifications_file

    def run(self) -> Run:
        """Give a run of drills on this stack that tells nobody."""
        return Run(target_of(self.stack), lambda *_: None)

    def notifications(self, receiver: str, *holding: str, since: float = 0.0) -> list[dict[str, Any]]:
        """Give what arrived at a stand-in and holds all of these texts."""
        return [
            json.loads(line)
            for line in _lines(self._file)
            if all(text in line for text in holding)
            and json.loads(line)["receiver"] == receiver
            and json.loads(line)["at"] >= since
        ]

    def heard(self, alert: str, *receivers: str, since: float = 0.0, also: str = "") -> None:
        """Wait until every one of these stand-ins has heard of an alert."""
        for receiver in receivers:
            eventually(
                lambda receiver=receiver: self.notifications(receiver, alert, also, since=since),  # type: ignore[misc]
                f"{alert} at {receiver}",
                PATIENCE_SECONDS,
            )

    def firing(self) -> set[str]:
        """Name the alerts that fire in Prometheus."""
        return {str(each["labels"]["alertname"]) for each in self.prometheus.alerts() if each["state"] == "firing"}

    def fires(self, alert: str, service: str = "", environment: str = "") -> bool:
        """Say whether an alert fires in Prometheus."""
        wanted = {"alertname": alert, "service": service, "environment": environment}
        named = {name: value for name, value in wanted.items() if value}
        return any(
            each["state"] == "firing" and named.items() <= each["labels"].items() for each in self.prometheus.alerts()
        )

    def received(self, alert: str, environment: str = EXAMPLE_DEPLOYMENT) -> list[ReceivedAlert]:
        """Give the alerts of a name that Alertmanager has."""
        wanted = {"alertname": alert, "environment": environment}
        return [each for each in self.alertmanager.alerts() if wanted.items() <= each.labels.items()]

    def is_muted_by(self, muted: str, muting: str) -> bool:
        """Say whether Alertmanager has both alerts, and one mutes the other."""
        sources = {each.fingerprint for each in self.received(muting)}
        return any(sources & set(each.inhibited_by) for each in self.received(muted))

    def until_resolved(self, *alerts: str, service: str = "") -> None:
        """Wait until none of these alerts is pending or fires any more, nor is with Alertmanager."""

        def resolved() -> bool:
            here = [each["labels"] for each in self.prometheus.alerts()]
            there = [each.labels for each in self.alertmanager.alerts()]
            return not any(
                each["alertname"] in alerts and service in ("", each.get("service"))
                for labels in (here, there)
                for each in labels
            )

        eventually(resolved, f"{', '.join(alerts)} to resolve", PATIENCE_SECONDS)


def now() -> float:
    """Give the Unix time in seconds, as notifications have it."""
    return time.time()


def _lines(file: Path) -> list[str]:
    return file.read_text(encoding="utf-8").splitlines() if file.exists() else []
