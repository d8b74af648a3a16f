"""Prove each route: an alert marked as a test goes in, a notification comes out by each integration."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from typing import Any

from anclora_otel.alertmanager import Alertmanager
from anclora_otel.catalogue import routes
from anclora_otel.catalogue.routes import TEST_LABEL, WATCHDOG, Matcher, Route
from anclora_otel.drills.feeds import SERVICE
from anclora_otel.drills.receiving import (
    Inbox,
    configured_integrations,
    delivered,
    expected_integrations,
    failures,
    receiver_of,
)
from anclora_otel.drills.running import Target

_LOOK_SECONDS = 0.5
_MARK = "[TEST]"


@dataclass(frozen=True)
class RouteResult:
    """
    What became of the test alert of one route and one integration.

    Args:
        receiver: of the route.
        integration: by Alertmanager's name.
        seconds: until it was proven, or None where it was not.
        proof: ``metrics`` or ``metrics and sink``.
        reason: why it was not.

    """

    receiver: str
    integration: str
    seconds: float | None
    proof: str = "metrics"
    reason: str = ""


def test_labels(route: Route, run: str) -> dict[str, str]:
    """Give labels of a test alert that takes a route, at any hour."""
    labels = {"alertname": f"Drill{route.receiver.name.capitalize()}", "family": "Drill"}
    for matcher in (*route.matchers, *route.exceptions[:1]):
        labels[matcher.label] = matcher.value
    return {**labels, "service": SERVICE, "environment": f"{run}-{route.receiver.name}", TEST_LABEL: "true"}


def drill_routing(target: Target, wait_seconds: float, say: Callable[[str], None]) -> list[RouteResult]:
    """
    Post a test alert for each route and follow it to every integration.

    Args:
        target: a running Alertmanager, and the stand-ins' file where there are any.
        wait_seconds: after it, what did not arrive is missing.
        say: is told what goes on.

    Raises:
        AlertmanagerError: Alertmanager cannot be asked.

    """
    posting = _Posting(target)
    posting.post(timedelta(seconds=wait_seconds + 60))
    say(f"posted {len(posting.labels)} alerts marked {_MARK}")
    try:
        return posting.follow(wait_seconds, say)
    finally:
        posting.post(timedelta(0))


class _Posting:
    """The test alerts of one run."""

    def __init__(self, target: Target) -> None:
        self._url = target.alertmanager_url
        self._alertmanager = Alertmanager(self._url)
        self._began = time.time()
        every = (*routes.ROUTES, Route(routes.DEFAULT_ROUTE.receiver, (Matcher("severity", "=", "drill"),), 0, 0, 0))
        self.labels = [test_labels(route, f"drill-{int(self._began)}") for route in every]
        configured = configured_integrations(self._url)
        self._expected = {
            (receiver_of(labels).name, kind): labels["environment"]
            for labels in self.labels
            for kind in expected_integrations(labels, configured)
        }
        self._unheard = [
            RouteResult(receiver_of(labels).name, "none", None, "", "no integration is configured")
            for labels in self.labels
            if not expected_integrations(labels, configured)
        ]
        self._inbox = Inbox(target.notifications) if target.notifications else None
        self._before, self._failed = delivered(self._url), failures(self._url)

    def post(self, lasts: timedelta) -> None:
        """Post the alerts, which last for some time, or are over."""
        now = datetime.now(timezone.utc)
        alerts: list[Mapping[str, Any]] = [
            {
                "labels": labels,
                "annotations": {
                    "summary": "A drill of the routes.",
                    "description": "Nothing is wrong: this proves that notifications arrive.",
                },
                "startsAt": datetime.fromtimestamp(self._began, timezone.utc).isoformat(),
                "endsAt": (now + lasts).isoformat(),
            }
            for labels in self.labels
        ]
        self._alertmanager.post_alerts(alerts)

    def follow(self, wait_seconds: float, say: Callable[[str], None]) -> list[RouteResult]:
        """Look until everything is proven or the time is over."""
        proven: dict[tuple[str, str], RouteResult] = {}
        deadline = time.monotonic() + wait_seconds
        while len(proven) < len(self._expected) and time.monotonic() < deadline:
            for key in self._arrived():
                if key not in proven:
                    proof = "metrics and sink" if self._inbox else "metrics"
                    proven[key] = RouteResult(*key, time.time() - self._began, proof)
                    say(f"{key[0]} heard of it by {key[1]} after {time.time() - self._began:.1f} s")
            if len(proven) < len(self._expected):
                time.sleep(_LOOK_SECONDS)
        return [proven.get(key) or self._missing(*key) for key in self._expected] + self._unheard

    def _arrived(self) -> list[tuple[str, str]]:
        """Name what Alertmanager counts as delivered and, where there is a sink, what lies in it."""
        now = delivered(self._url)
        needed = Counter(kind for _, kind in self._expected)
        counted = {kind for kind, count in needed.items() if now[kind] - self._before[kind] >= count}
        if self._inbox is None:
            return [key for key in self._expected if key[1] in counted]
        self._inbox.read()
        texts = {(each.integration, each.text) for each in self._inbox.arrivals if each.at >= self._began}
        return [
            key
            for key, environment in self._expected.items()
            if key[1] in counted and any(kind == key[1] and _is_ours(kind, environment, text) for kind, text in texts)
        ]

    def _missing(self, receiver: str, integration: str) -> RouteResult:
        failed = failures(self._url)[integration] - self._failed[integration]
        reason = f"{failed:.0f} notifications failed: see Alertmanager's log" if failed else "nothing was sent"
        return RouteResult(receiver, integration, None, "", reason)


def _is_ours(integration: str, environment: str, text: str) -> bool:
    # The dead man's switch gets the name alone, and any ping proves it.
    return WATCHDOG in text if integration == "webhook" else environment in text and _MARK in text
