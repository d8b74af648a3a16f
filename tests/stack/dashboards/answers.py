"""What the live stack answers to the queries of the dashboards."""

from __future__ import annotations

import json
import re
import time
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Mapping
from typing import Any

from anclora_otel.stack import Stack
from dashboards.builders.queries import expanded
from tests.dashboard_files import DASHBOARDS, Target, chosen_values

WINDOWS = {"__rate_interval": "1m", "__interval": "15s", "__range": "10m", "__auto": "1m"}
"""What Grafana would put in for a dashboard of the last ten minutes."""

_VALUES = re.compile(r"label_values\((.+), (\w+)\)")


def values_of(target: Target, chosen: Mapping[str, str] | None = None) -> dict[str, str]:
    """Give the values of all variables of a query: those chosen, else all."""
    return {**chosen_values(DASHBOARDS[target.dashboard]), **WINDOWS, **(chosen or {})}


def series_with_data(stack: Stack, target: Target, chosen: Mapping[str, str] | None = None) -> int:
    """Ask for a panel's query over the last ten minutes and count the series that have a number, or the log lines."""
    text = expanded(target.text, values_of(target, chosen))
    if target.source == "loki":
        return _loki(stack, text)
    if target.query["instant"]:
        return len(_numbers(prometheus(stack, "query", query=text)))
    now = time.time()
    return len(_numbers(prometheus(stack, "query_range", query=text, start=now - 600, end=now, step=15)))


def offered_values(stack: Stack, query: str, values: Mapping[str, str]) -> list[str]:
    """Ask for the values that a variable offers."""
    match = _VALUES.fullmatch(query)
    assert match is not None, query
    selector = expanded(match[1], values)
    answer = _get(f"{stack.url('prometheus')}/api/v1/label/{match[2]}/values", {"match[]": selector})
    return [str(value) for value in answer]


def prometheus(stack: Stack, kind: str, **parameters: Any) -> Any:
    """Ask Prometheus and give the result."""
    return _get(f"{stack.url('prometheus')}/api/v1/{kind}", parameters)["result"]


def exemplars(stack: Stack, query: str) -> list[dict[str, Any]]:
    """Ask for the exemplars of the last ten minutes behind a query."""
    now = time.time()
    parameters = {"query": query, "start": now - 600, "end": now}
    answer = _get(f"{stack.url('prometheus')}/api/v1/query_exemplars", parameters)
    return [exemplar for series in answer for exemplar in series["exemplars"]]


def _loki(stack: Stack, text: str) -> int:
    parameters = {"query": text, "since": "10m", "step": "60s", "limit": 100}
    return len(_get(f"{stack.url('loki')}/loki/api/v1/query_range", parameters)["result"])


def _get(url: str, parameters: Mapping[str, Any]) -> Any:
    try:
        with urllib.request.urlopen(f"{url}?{urllib.parse.urlencode(parameters)}", timeout=30) as response:
            return json.load(response)["data"]
    except urllib.error.HTTPError as error:
        raise AssertionError(f"{parameters}: {error.code} {error.read()[:500]!r}") from error


def _numbers(result: list[dict[str, Any]]) -> list[dict[str, Any]]:
    found = []
    for series in result:
        samples = series["values"] if "values" in series else [series["value"]]
        if any(value != "NaN" for _, value in samples):
            found.append(series)
    return found
