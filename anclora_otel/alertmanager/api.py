"""Alertmanager's API v2: alerts and silences of a running one."""

from __future__ import annotations

import http.client
import json
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from anclora_otel.errors import AlertmanagerError

_MAX_ANSWER_BYTES = 16 * 1024 * 1024


@dataclass(frozen=True)
class ReceivedAlert:
    """
    An alert as Alertmanager has it.

    Args:
        labels: its labels.
        annotations: its annotations.
        starts_at: since when it fires, RFC 3339.
        state: ``active``, ``suppressed`` or ``unprocessed``.
        silenced_by: ids of silences.
        inhibited_by: fingerprints of alerts that mute it.
        muted_by: names of time intervals that mute it.
        receivers: names of the receivers that it is routed to.
        fingerprint: identity of its labels.

    """

    labels: Mapping[str, str]
    annotations: Mapping[str, str]
    starts_at: str
    state: str
    silenced_by: tuple[str, ...]
    inhibited_by: tuple[str, ...]
    muted_by: tuple[str, ...]
    receivers: tuple[str, ...]
    fingerprint: str


@dataclass(frozen=True)
class Silence:
    """
    A silence as Alertmanager has it.

    Args:
        id: its identity.
        matchers: as they would be written, such as ``alertname="HighQueueLatency"``.
        starts_at: RFC 3339.
        ends_at: RFC 3339.
        author: who made it.
        comment: why.
        state: ``active``, ``pending`` or ``expired``.

    """

    id: str
    matchers: tuple[str, ...]
    starts_at: str
    ends_at: str
    author: str
    comment: str
    state: str


class Alertmanager:
    """
    A running Alertmanager.

    Args:
        url: its address, such as ``http://127.0.0.1:9093``.
        timeout_seconds: how long an answer may take.

    """

    def __init__(self, url: str, timeout_seconds: float = 10.0) -> None:
        self._url = url.rstrip("/")
        self._timeout_seconds = timeout_seconds

    def alerts(self) -> list[ReceivedAlert]:
        """
        List the alerts, muted ones too.

        Raises:
            AlertmanagerError: it cannot be reached, or answers with something else.

        """
        alerts: list[ReceivedAlert] = self._parsed("/api/v2/alerts", _alert)
        # Which time interval mutes an alert is told of groups alone.
        groups: list[dict[str, tuple[str, ...]]] = self._parsed("/api/v2/alerts/groups", _muted_of_group)
        muted_by = {fingerprint: names for group in groups for fingerprint, names in group.items()}
        return [replace(each, muted_by=muted_by.get(each.fingerprint, ())) for each in alerts]

    def post_alerts(self, alerts: Sequence[Mapping[str, Any]]) -> None:
        """
        Hand alerts over, as Prometheus does.

        Args:
            alerts: each with ``labels``, and ``annotations``, ``startsAt``, ``endsAt`` and ``generatorURL`` at will.

        Raises:
            AlertmanagerError: it cannot be reached, or refuses them.

        """
        self._ask("POST", "/api/v2/alerts", list(alerts))

    def silences(self) -> list[Silence]:
        """
        List the silences, expired ones too.

        Raises:
            AlertmanagerError: it cannot be reached, or answers with something else.

        """
        return self._parsed("/api/v2/silences", _silence)

    def add_silence(self, silence: Mapping[str, Any]) -> str:
        """
        Make a silence and give its id.

        Args:
            silence: as the API takes it: ``matchers``, ``startsAt``, ``endsAt``, ``createdBy``, ``comment``.

        Raises:
            AlertmanagerError: it cannot be reached, or refuses the silence.

        """
        answer = self._ask("POST", "/api/v2/silences", dict(silence))
        return str(answer["silenceID"])

    def expire_silence(self, silence_id: str) -> None:
        """
        End a silence.

        Args:
            silence_id: its identity.

        Raises:
            AlertmanagerError: there is no such silence, it is expired already, or Alertmanager cannot be reached.

        """
        self._ask("DELETE", f"/api/v2/silence/{urllib.parse.quote(silence_id, safe='')}")

    def _parsed(self, path: str, parse: Any) -> list[Any]:
        answer = self._ask("GET", path)
        try:
            return [parse(each) for each in answer]
        except (KeyError, TypeError, AttributeError) as error:
            raise AlertmanagerError(f"{self._url} gave an answer that is none of Alertmanager's API v2") from error

    def _ask(self, method: str, path: str, body: object = None) -> Any:
        parts = urllib.parse.urlsplit(self._url)
        if parts.scheme not in {"http", "https"} or not parts.hostname:
            raise AlertmanagerError(
                f"Alertmanager's address is {self._url!r}: expected one such as http://127.0.0.1:9093"
            )
        data = None if body is None else json.dumps(body).encode()
        # Only http and https come as far as this.
        request = urllib.request.Request(  # noqa: S310
            self._url + path, data, {"content-type": "application/json"}, method=method
        )
        # A proxy of the environment cannot reach this machine's loopback.
        proxies: dict[str, str] | None = {} if is_loopback_host(parts.hostname) else None
        opener = urllib.request.build_opener(urllib.request.ProxyHandler(proxies))
        try:
            with opener.open(request, timeout=self._timeout_seconds) as response:
                text = response.read(_MAX_ANSWER_BYTES)
            return json.loads(text) if text else None
        except urllib.error.HTTPError as error:
            with error:
                reason = error.read(300).decode("utf-8", "replace").strip().replace("\n", " ")
            raise AlertmanagerError(f"Alertmanager at {self._url} answered {error.code}: {reason}") from error
        except json.JSONDecodeError as error:
            raise AlertmanagerError(f"{self._url} gave an answer that is no JSON: is it Alertmanager?") from error
        except (OSError, ValueError, http.client.HTTPException) as error:
            reason = str(getattr(error, "reason", error)) or type(error).__name__
            raise AlertmanagerError(f"Alertmanager at {self._url} cannot be reached ({reason}): is it up?") from error


def is_loopback_host(host: str) -> bool:
    """Say whether a host is this machine."""
    return host in {"127.0.0.1", "localhost", "::1"}


def _alert(found: Mapping[str, Any]) -> ReceivedAlert:
    status = found["status"]
    return ReceivedAlert(
        labels=dict(found["labels"]),
        annotations=dict(found["annotations"]),
        starts_at=str(found["startsAt"]),
        state=str(status["state"]),
        silenced_by=tuple(status["silencedBy"]),
        inhibited_by=tuple(status["inhibitedBy"]),
        muted_by=(),
        receivers=tuple(each["name"] for each in found["receivers"]),
        fingerprint=str(found["fingerprint"]),
    )


def _muted_of_group(found: Mapping[str, Any]) -> dict[str, tuple[str, ...]]:
    return {each["fingerprint"]: tuple(each["status"].get("mutedBy") or ()) for each in found["alerts"]}


def _silence(found: Mapping[str, Any]) -> Silence:
    return Silence(
        id=str(found["id"]),
        matchers=tuple(_matcher_text(each) for each in found["matchers"]),
        starts_at=str(found["startsAt"]),
        ends_at=str(found["endsAt"]),
        author=str(found["createdBy"]),
        comment=str(found["comment"]),
        state=str(found["status"]["state"]),
    )


def _matcher_text(matcher: Mapping[str, Any]) -> str:
    equal = matcher.get("isEqual", True)
    operator = ("=~" if equal else "!~") if matcher["isRegex"] else ("=" if equal else "!=")
    return f"{matcher['name']}{operator}{json.dumps(matcher['value'], ensure_ascii=False)}"
