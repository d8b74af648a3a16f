"""Who hears of every alert of the contract, as Alertmanager's own routing says."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.alert_contract import ContractAlert, contract_alerts, expected_receiver
from tests.unit.alertmanager.amtool import STRICT, amtool, written


@pytest.fixture(scope="module")
def configuration(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Write a configuration with every integration."""
    return written(tmp_path_factory.mktemp("alertmanager"))


def _verify(configuration: Path, receiver: str, labels: dict[str, str]) -> str:
    texts = [f'{name}="{value}"' for name, value in labels.items()]
    command = ["config", "routes", "test", f"--config.file={configuration}", f"--verify.receivers={receiver}"]
    done = amtool(STRICT, *command, *texts)
    return "" if done.returncode == 0 else done.stdout + done.stderr


@pytest.mark.parametrize("alert", contract_alerts(), ids=lambda each: f"{each.name}-{each.severity}")
def test_alert_goes_where_the_contract_says(configuration: Path, alert: ContractAlert) -> None:
    """Each alert reaches the receiver of the contract's first route that matches, in any service."""
    labels = {**alert.labels, "service": "worker", "environment": "production", "queue": "outgoing"}

    assert _verify(configuration, expected_receiver(alert), labels) == ""


@pytest.mark.parametrize(
    ("labels", "receiver"),
    [
        ({"alertname": "Whatever"}, "default"),
        ({"alertname": "Whatever", "severity": "page"}, "default"),
        ({"alertname": "HighValueSale", "severity": "critical", "category": "business"}, "business"),
        ({"alertname": "HighValueSale", "severity": "info", "category": "queue"}, "info"),
        ({"alertname": "Watchdog", "severity": "critical"}, "deadman"),
        ({"alertname": "HighQueueLatency", "severity": "warning", "test": "true"}, "warning"),
    ],
)
def test_odd_labels(configuration: Path, labels: dict[str, str], receiver: str) -> None:
    """Unknown severities reach the default, business wins over severity, drills go where the real one goes."""
    assert _verify(configuration, receiver, labels) == ""


def test_a_wrong_expectation_is_seen(configuration: Path) -> None:
    """Amtool tells when an alert goes elsewhere, so the tests above can fail."""
    assert _verify(configuration, "info", {"alertname": "Whatever", "severity": "critical"}) != ""
