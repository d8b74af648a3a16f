"""Prometheus' HTTP API, as far as drills, `explain` and the backtest ask it."""

from __future__ import annotations

import http.client
import json
import urllib.error
import urllib.parse
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from anclora_otel.catalogue.alerts import alerts_named
from anclora_otel.catalogue.alerts.durations import milliseconds
from anclora_otel.drills.http import ask
from anclora_otel.errors import PrometheusError

_CLOCK_ALERT = "CollectorDown"
"""An alert whose ``for`` tells by how much the rules of a Prometheus are shortened."""


@dataclass(frozen=True)
class Sample:
    """
    One value of a vector.

    Args:
        labels: of its series.
        value: the number.

    """

    labels: Mapping[str, str]
    value: float


@dataclass(frozen=True)
class Line:
    """
    The values of one series over time.

    Args:
        labels: of the series.
        points: Unix time in seconds and value, in their order.

    """

    labels: Mapping[str, str]
    points: tuple[tuple[float, float], ...]


class Prometheus:
    """
    A running Prometheus.

    Args:
        url: its address, such as ``http://127.0.0.1:9090``.

    """

    def __init__(self, url: str) -> None:
        self.url = url.rstrip("/")

    def query(self, expression: str) -> list[Sample]:
        """
        Ask for a vector as it is now.

        Raises:
            PrometheusError: it cannot be asked, or the expression is wrong.

        """
        result = self._ask("query", {"query": expression})["result"]
        return [Sample(each["metric"], float(each["value"][1])) for each in result]

    def query_range(self, expression: str, start: float, end: float, step_seconds: float) -> list[Line]:
        """
        Ask for a vector over time.

        Args:
            expression: PromQL.
            start: Unix time in seconds.
            end: Unix time in seconds.
            step_seconds: between two evaluations.

        Raises:
            PrometheusError: as `query`.

        """
        parameters = {"query": expression, "start": f"{start:.3f}", "end": f"{end:.3f}", "step": f"{step_seconds:g}"}
        found = self._ask("query_range", parameters)["result"]
        return [
            Line(each["metric"], tuple((float(at), float(value)) for at, value in each["values"])) for each in found
        ]

    def alerts(self) -> list[Mapping[str, Any]]:
        """
        List the pending and firing alerts.

        Raises:
            PrometheusError: it cannot be asked.

        """
        alerts: list[Mapping[str, Any]] = self._ask("alerts", {})["alerts"]
        return alerts

    def scale(self) -> float:
        """
        Tell the factor by which its rules are shortened; 1 for those of the checkout.

        Raises:
            PrometheusError: it cannot be asked, or has none of our rules.

        """
        expected = milliseconds(alerts_named(_CLOCK_ALERT)[0].hold) / 1000
        for group in self._ask("rules", {"type": "alert"})["groups"]:
            for rule in group["rules"]:
                if rule["name"] == _CLOCK_ALERT and rule["duration"]:
                    return float(expected / rule["duration"])
        raise PrometheusError(f"Prometheus at {self.url} has no alert {_CLOCK_ALERT}: expected the rules of rules/")

    def _ask(self, path: str, parameters: Mapping[str, str]) -> Any:
        query = f"?{urllib.parse.urlencode(parameters)}" if parameters else ""
        try:
            return json.loads(ask(f"{self.url}/api/v1/{path}{query}"))["data"]
        except urllib.error.HTTPError as error:
            with error:
                reason = error.read(500).decode("utf-8", "replace")
            raise PrometheusError(f"Prometheus at {self.url} answered {error.code}: {_reason(reason)}") from error
        except (OSError, ValueError, KeyError, TypeError, http.client.HTTPException) as error:
            reason = str(getattr(error, "reason", error)) or type(error).__name__
            raise PrometheusError(f"Prometheus at {self.url} cannot be asked ({reason}): is it up?") from error


def _reason(body: str) -> str:
    try:
        return str(json.loads(body)["error"])
    except (ValueError, KeyError, TypeError):
        return body.strip()[:200]
