"""The contract's alerts and routes, as the tests of routing read them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

CONTRACT = Path(__file__).parent / "contract"
SECTIONS = ("queue", "analytics", "whatsapp", "redis", "system", "business", "slo", "telemetry")
RANKS = {"critical": 2, "warning": 1, "info": 0, "none": -1}


@dataclass(frozen=True)
class ContractAlert:
    """An alert of the contract, one for each severity that it can have."""

    name: str
    severity: str
    category: str
    family: str
    section: str

    @property
    def labels(self) -> dict[str, str]:
        """Give the labels by which it is routed."""
        return {
            "alertname": self.name,
            "severity": self.severity,
            "category": self.category,
            "family": self.family,
        }


def contract_alerts() -> list[ContractAlert]:
    """List every alert of the contract."""
    document: dict[str, Any] = yaml.safe_load((CONTRACT / "alerts.yaml").read_text())
    return [
        ContractAlert(each["name"], severity, each.get("category", section), each["family"], section)
        for section in SECTIONS
        for each in document[section]
        for severity in re.findall(r"critical|warning|info|none", each["severity"])
    ]


def contract_routing() -> dict[str, Any]:
    """Give the routing contract."""
    document: dict[str, Any] = yaml.safe_load((CONTRACT / "routing.yaml").read_text())
    return document


def expected_receiver(alert: ContractAlert) -> str:
    """Say who hears of an alert, by the first of the contract's routes that matches."""
    for route in contract_routing()["routes"]:
        label, _, value = route["match"].partition(" = ")
        if alert.labels.get(label.strip()) == value.strip() or route["match"] == "anything else":
            return str(route["receiver"])
    raise AssertionError(alert)


ROOT_CAUSES = {
    "NoActiveInstances": {
        "HighWhatsAppAPILatency",
        "WhatsAppAPIErrors",
        "LowDeliveryRate",
        "CriticalDeliveryRate",
    },
    "ServiceDown": {"QueueProcessingStopped", "NoConversionsToday"},
    "RedisDown": {each.name for each in contract_alerts() if each.section == "queue"},
}
"""Which alerts the contract's words mean by the symptoms of each root cause."""


def expected_muting(source: ContractAlert, target: ContractAlert) -> bool:
    """Say whether one alert mutes another of the same service, environment and queue."""
    if target.name in ROOT_CAUSES.get(source.name, ()):
        return True
    graded = source.severity in ("critical", "warning") and target.severity in ("warning", "info")
    return graded and source.family == target.family and RANKS[source.severity] > RANKS[target.severity]
