"""Asking a component of the stack over HTTP, without a proxy of the environment."""

from __future__ import annotations

import http.client
import json
import urllib.parse
from typing import Any

from anclora_otel.errors import StackError
from anclora_otel.stack.ports import HOST

_MAX_ANSWER_BYTES = 16 * 1024 * 1024


def ask(name: str, port: int, path: str, method: str = "GET", timeout_seconds: float = 10.0) -> str:
    """
    Give the answer of a component on this machine.

    Args:
        name: the component, for the message.
        port: its port.
        path: path and query.
        method: of HTTP.
        timeout_seconds: how long the answer may take.

    Raises:
        StackError: it does not answer, or with another status than 200; the text has what it said.

    """
    connection = http.client.HTTPConnection(HOST, port, timeout=timeout_seconds)
    try:
        connection.request(method, path)
        response = connection.getresponse()
        text = response.read(_MAX_ANSWER_BYTES).decode("utf-8", "replace")
    except (OSError, http.client.HTTPException) as error:
        reason = str(error) or type(error).__name__
        raise StackError(
            f"{name} on port {port} does not answer ({reason}): is it up? anclora-otel stack status"
        ) from None
    finally:
        connection.close()
    if response.status != http.client.OK:
        raise StackError(f"{name} answered {response.status}: {_reason(text)}")
    return text


def prometheus_result(port: int, query: str) -> list[dict[str, Any]]:
    """
    Give the vector that a PromQL query gives now; a scalar becomes one sample without labels.

    Args:
        port: of Prometheus.
        query: in PromQL.

    Raises:
        StackError: Prometheus does not answer, or refuses the query.

    """
    path = f"/api/v1/query?{urllib.parse.urlencode({'query': query})}"
    data = json.loads(ask("prometheus", port, path))["data"]
    if data["resultType"] == "scalar":
        return [{"metric": {}, "value": data["result"]}]
    if data["resultType"] != "vector":
        raise StackError(f"the query gives a {data['resultType']}: expected one value a series, without a range")
    result: list[dict[str, Any]] = data["result"]
    return result


def _reason(text: str) -> str:
    try:
        return str(json.loads(text)["error"])
    except (ValueError, KeyError, TypeError):
        return " ".join(text.split())[:300] or "no reason is told"
