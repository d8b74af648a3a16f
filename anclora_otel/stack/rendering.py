"""Prometheus' configuration for the native stack, from that of the compose stack."""

from __future__ import annotations

from pathlib import Path

from anclora_otel.errors import StackError
from anclora_otel.stack.places import Places
from anclora_otel.stack.ports import HOST, Ports

_COMPOSE_RULES = "/etc/prometheus/rules/"
_HEADER = "# Rendered from compose/prometheus/prometheus.yml by `anclora-otel stack up`.\n"


def prometheus_configuration(places: Places, ports: Ports, rules: Path | None = None) -> str:
    """
    Replace the names of the compose services and the folder of the rules by what they are on this machine.

    Args:
        places: the checkout holds the configuration.
        ports: of the stack.
        rules: folder of the rules, or None for those of the checkout.

    Raises:
        StackError: the configuration does not name what must be replaced.

    """
    source = places.project / "compose" / "prometheus" / "prometheus.yml"
    text = source.read_text()
    replacements = {
        "prometheus:9090": f"{HOST}:{ports.prometheus}",
        "collector:8888": f"{HOST}:{ports.collector_telemetry}",
        "loki:3100": f"{HOST}:{ports.loki}",
        "alertmanager:9093": f"{HOST}:{ports.alertmanager}",
        _COMPOSE_RULES: f"{rules or places.project / 'rules'}/",
    }
    for name, value in replacements.items():
        if name not in text:
            raise StackError(f"{source} does not name {name}: expected it, to put {value} in its place")
        text = text.replace(name, value)
    return _HEADER + text
