"""From a panel to the traces and the log lines of the same time and the same services."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from urllib.parse import quote

from dashboards.builders.model import Source

TAG = "anclora"
"""The tag by which the dashboards find each other."""

_HOLE = re.compile(r"\$\{[^}]+\}")


def traces() -> tuple[str, str]:
    """Give title and address of the traces of the time range, slowest services included."""
    query = {"query": '{resource.service.name=~"${service:pipe}"}', "queryType": "traceql", "limit": 50}
    return "Traces of this time", _explore(Source.TEMPO, query)


def log_lines() -> tuple[str, str]:
    """Give title and address of the log lines of the time range that belong to a trace."""
    query = {"expr": '{service_name=~".+", service_name=~"${service:pipe}"} | trace_id != ``'}
    return "Log lines of this time", _explore(Source.LOKI, query)


def _explore(source: Source, query: Mapping[str, object]) -> str:
    uid = f"${{{source.variable}}}"
    target = {"refId": "A", "datasource": {"type": source.value, "uid": uid}, **query}
    panes = {"a": {"datasource": uid, "queries": [target], "range": {"from": "${__from}", "to": "${__to}"}}}
    return f"/explore?schemaVersion=1&orgId=1&panes={_quoted(json.dumps(panes, separators=(',', ':')))}"


def _quoted(text: str) -> str:
    """Quote for an address and leave Grafana's variables as they are."""
    holes = _HOLE.findall(text)
    parts = [quote(part, safe="") for part in _HOLE.split(text)]
    return "".join(part + hole for part, hole in zip(parts, [*holes, ""], strict=True))
