"""Who must hear of an alert, and whether they did."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from anclora_otel.alertmanager.integrations import INTEGRATIONS, wanted
from anclora_otel.catalogue import routes
from anclora_otel.catalogue.routes import Matcher, Receiver
from anclora_otel.drills.http import ask
from anclora_otel.errors import AlertmanagerError

STAND_IN_OF = {"slack": "slack", "email": "email", "pagerduty": "pagerduty", "webhook": "deadman"}
"""The stand-in of each integration."""

_METRIC = re.compile(r'^alertmanager_notifications(_failed)?_total\{.*?integration="(\w+)".*?\} (\S+)$', re.MULTILINE)


@dataclass(frozen=True)
class Arrival:
    """
    Something that a stand-in was sent.

    Args:
        integration: by Alertmanager's name.
        at: Unix time in seconds.
        text: all of it.

    """

    integration: str
    at: float
    text: str


def receiver_of(labels: Mapping[str, str]) -> Receiver:
    """Give the receiver to which the catalogue's routes lead an alert."""
    for route in routes.ROUTES:
        if all(_matches(matcher, labels) for matcher in route.matchers):
            return route.receiver
    return routes.DEFAULT_ROUTE.receiver


def expected_integrations(labels: Mapping[str, str], configured: Mapping[str, frozenset[str]]) -> tuple[str, ...]:
    """
    Name the integrations by which somebody must hear of an alert.

    Args:
        labels: of the alert.
        configured: what each receiver of the running Alertmanager has.

    """
    receiver = receiver_of(labels)
    return tuple(kind for kind in wanted(receiver) if kind in configured.get(receiver.name, frozenset()))


def configured_integrations(alertmanager_url: str) -> dict[str, frozenset[str]]:
    """
    Ask a running Alertmanager which integrations each of its receivers has.

    Raises:
        AlertmanagerError: it cannot be asked.

    """
    try:
        text = json.loads(ask(f"{alertmanager_url.rstrip('/')}/api/v2/status"))["config"]["original"]
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise AlertmanagerError(f"Alertmanager at {alertmanager_url} cannot be asked ({error}): is it up?") from error
    return _receivers(text)


def delivered(alertmanager_url: str) -> dict[str, float]:
    """
    Ask Alertmanager how many notifications went out by each integration, those that failed left out.

    Raises:
        AlertmanagerError: it cannot be asked.

    """
    counts = dict.fromkeys(INTEGRATIONS, 0.0)
    for integration, total, failed in _notifications(alertmanager_url):
        if integration in counts:
            counts[integration] += total - failed
    return counts


def failures(alertmanager_url: str) -> dict[str, float]:
    """
    Ask Alertmanager how many notifications failed by each integration.

    Raises:
        AlertmanagerError: it cannot be asked.

    """
    counts = dict.fromkeys(INTEGRATIONS, 0.0)
    for integration, _, failed in _notifications(alertmanager_url):
        if integration in counts:
            counts[integration] += failed
    return counts


class Inbox:
    """
    Read what arrived at the stand-ins, as it arrives.

    Args:
        file: their JSON lines.

    """

    def __init__(self, file: Path) -> None:
        self._file = file
        self._offset = file.stat().st_size if file.exists() else 0
        self.arrivals: list[Arrival] = []

    def read(self) -> None:
        """Read on to the end."""
        if not self._file.exists():
            return
        with self._file.open("rb") as opened:
            opened.seek(self._offset)
            for line in opened:
                if not line.endswith(b"\n"):
                    return
                self._offset += len(line)
                self._take(line.decode("utf-8", "replace"))

    def _take(self, line: str) -> None:
        found = json.loads(line)
        for integration, stand_in in STAND_IN_OF.items():
            if found["receiver"] == stand_in and found["accepted"]:
                self.arrivals.append(Arrival(integration, float(found["at"]), line))


def _matches(matcher: Matcher, labels: Mapping[str, str]) -> bool:
    value = labels.get(matcher.label, "")
    if matcher.operator in ("=", "!="):
        return (value == matcher.value) == (matcher.operator == "=")
    return bool(re.fullmatch(matcher.value, value)) == (matcher.operator == "=~")


def _receivers(text: str) -> dict[str, frozenset[str]]:
    found: dict[str, frozenset[str]] = {}
    name, kinds = "", set[str]()
    inside = False
    for line in text.splitlines():
        if not line.startswith((" ", "-")):
            inside = line.startswith("receivers:")
        elif inside and (started := re.match(r'^(?:  )?- name: "?([\w-]+)"?$', line)):
            name, kinds = started[1], set()
            found[name] = frozenset()
        elif inside and name and (kind := re.match(r"^\s+(\w+)_configs:", line)):
            kinds.add(kind[1])
            found[name] = frozenset(kinds)
    return found


def _notifications(alertmanager_url: str) -> Iterator[tuple[str, float, float]]:
    try:
        text = ask(f"{alertmanager_url.rstrip('/')}/metrics").decode("utf-8", "replace")
    except (OSError, ValueError) as error:
        raise AlertmanagerError(f"Alertmanager at {alertmanager_url} cannot be asked ({error}): is it up?") from error
    for failed, integration, value in _METRIC.findall(text):
        yield (integration, 0.0, float(value)) if failed else (integration, float(value), 0.0)
