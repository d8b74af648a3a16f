"""
From an OpenTelemetry instrument to the name that Prometheus gives it.

Implements the translation strategy ``UnderscoreEscapingWithSuffixes``, the default of Prometheus and of its exporter.
Source: OpenTelemetry specification, "Prometheus and OpenMetrics compatibility".
"""

from __future__ import annotations

import functools
import re

_UNIT_SUFFIXES = {"s": "seconds", "ms": "milliseconds", "By": "bytes", "%": "percent"}
_NOT_ALLOWED = re.compile(r"[^a-zA-Z0-9]+")


@functools.lru_cache(maxsize=1024)
def prometheus_name(name: str, kind: str, unit: str) -> str:
    """
    Translate an instrument's name into the name of its series in Prometheus.

    Args:
        name: OpenTelemetry instrument name.
        kind: ``counter``, ``updown``, ``gauge`` or ``histogram``.
        unit: UCUM unit, or an annotation in braces, which adds nothing.

    """
    tokens = [token for token in _NOT_ALLOWED.split(name) if token]
    suffix = _unit_suffix(kind, unit)
    if kind == "counter":
        tokens = [word for word in tokens if word != "total"]
    if suffix and suffix not in tokens:
        tokens.append(suffix)
    if kind == "counter":
        tokens.append("total")
    return "_".join(tokens)


def prometheus_label(key: str) -> str:
    """
    Translate an attribute key into the name of a Prometheus label.

    Args:
        key: the key as OpenTelemetry writes it, such as ``http.route``.

    """
    return re.sub(r"[^a-zA-Z0-9_]", "_", key)


def _unit_suffix(kind: str, unit: str) -> str:
    if not unit or unit.startswith("{"):
        return ""
    if unit == "1":
        return "ratio" if kind == "gauge" else ""
    return _UNIT_SUFFIXES.get(unit, unit)
