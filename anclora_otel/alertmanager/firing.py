"""What fires now: from Alertmanager, and from Prometheus what Alertmanager does not have."""

from __future__ import annotations

import http.client
import json
import urllib.error
import urllib.request
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import urlsplit

from anclora_otel.alertmanager.api import ReceivedAlert, is_loopback_host
from anclora_otel.catalogue import routes
from anclora_otel.errors import AlertmanagerError

SEVERITIES = (routes.CRITICAL, routes.WARNING, routes.INFO)
"""In the order in which alerts are shown."""

_MAX_ANSWER_BYTES = 16 * 1024 * 1024


@dataclass(frozen=True)
class FiringAlert:
    """
    An alert as it is shown.

    Args:
        name: of the alert.
        severity: ``critical``, ``warning``, ``info``, or what it says.
        state: ``firing``; ``silenced``, ``inhibited`` or ``out of hours`` where it is muted; ``pending`` while its
            condition has not held long enough; ``not delivered`` where Prometheus has it and Alertmanager has not.
        since: RFC 3339.
        labels: its labels.
        summary: what it says.
        runbook_url: what to do.
        muted_by: ids of silences, names of alerts or of time intervals.
        receivers: who hears of it.

    """

    name: str
    severity: str
    state: str
    since: str
    labels: Mapping[str, str]
    summary: str
    runbook_url: str
    muted_by: tuple[str, ...] = ()
    receivers: tuple[str, ...] = ()

    @property
    def demands_attention(self) -> bool:
        """Say whether somebody should look: it fires unmuted, or was never delivered, and is not Watchdog."""
        return self.state in ("firing", "not delivered") and self.name != routes.WATCHDOG


def firing_alerts(
    received: Iterable[ReceivedAlert], prometheus: Iterable[Mapping[str, Any]] = ()
) -> tuple[FiringAlert, ...]:
    """
    Put both views together, the most severe and the oldest first.

    Args:
        received: what Alertmanager has.
        prometheus: what Prometheus has, from `prometheus_alerts`.

    """
    received = tuple(received)
    names = {each.fingerprint: each.labels.get("alertname", "") for each in received}
    found = [_from_alertmanager(each, names) for each in received]
    known = {frozenset(each.labels.items()) for each in received}
    for alert in prometheus:
        labels = dict(alert["labels"])
        if frozenset(labels.items()) not in known:
            state = "pending" if alert["state"] == "pending" else "not delivered"
            found.append(_shown(labels, dict(alert["annotations"]), state, str(alert["activeAt"])))
    return tuple(sorted(found, key=_order))


def prometheus_alerts(url: str, timeout_seconds: float = 10.0) -> list[Mapping[str, Any]]:
    """
    Read the pending and the firing alerts of a Prometheus.

    Args:
        url: its address, such as ``http://127.0.0.1:9090``.
        timeout_seconds: how long the answer may take.

    Raises:
        AlertmanagerError: it cannot be reached, or answers with something else.

    """
    parts = urlsplit(url)
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        raise AlertmanagerError(f"Prometheus' address is {url!r}: expected one such as http://127.0.0.1:9090")
    proxies: dict[str, str] | None = {} if is_loopback_host(parts.hostname) else None
    opener = urllib.request.build_opener(urllib.request.ProxyHandler(proxies))
    try:
        with opener.open(f"{url.rstrip('/')}/api/v1/alerts", timeout=timeout_seconds) as response:
            alerts: list[Mapping[str, Any]] = json.loads(response.read(_MAX_ANSWER_BYTES))["data"]["alerts"]
            return alerts
    except (OSError, ValueError, KeyError, TypeError, http.client.HTTPException) as error:
        reason = str(getattr(error, "reason", error)) or type(error).__name__
        raise AlertmanagerError(f"Prometheus at {url} cannot be asked ({reason}): is it up?") from error


def _from_alertmanager(alert: ReceivedAlert, names: Mapping[str, str]) -> FiringAlert:
    labels, annotations = dict(alert.labels), dict(alert.annotations)
    shown = _shown(labels, annotations, "firing", alert.starts_at)
    if alert.silenced_by:
        shown = replace(shown, state="silenced", muted_by=alert.silenced_by)
    elif alert.inhibited_by:
        muting = tuple(names.get(each, each) for each in alert.inhibited_by)
        shown = replace(shown, state="inhibited", muted_by=muting)
    elif alert.muted_by:
        shown = replace(shown, state="out of hours", muted_by=alert.muted_by)
    return replace(shown, receivers=alert.receivers)


def _shown(labels: dict[str, str], annotations: dict[str, str], state: str, since: str) -> FiringAlert:
    return FiringAlert(
        name=labels.get("alertname", ""),
        severity=labels.get("severity", ""),
        state=state,
        since=since,
        labels=labels,
        summary=annotations.get("summary", ""),
        runbook_url=annotations.get("runbook_url", ""),
    )


def _order(alert: FiringAlert) -> tuple[int, int, str, str]:
    rank = SEVERITIES.index(alert.severity) if alert.severity in SEVERITIES else len(SEVERITIES)
    return (0 if alert.demands_attention else 1, rank, alert.since, alert.name)
