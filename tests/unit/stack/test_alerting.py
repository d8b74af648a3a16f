"""Where the native stack's Alertmanager sends notifications."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from anclora_otel.errors import SettingsError
from anclora_otel.stack import Alerting, Places, Ports
from anclora_otel.stack.alerting import alertmanager_folder

PROJECT = Path(__file__).parents[3]
SLACK = "https://hooks.slack.com/services/T024BE7LH/B024BE7LJ/aWq8kL2mN"


def test_stand_ins_where_nothing_is_named() -> None:
    """An environment that names no receiver leads to the stand-ins, without a warning."""
    alerting = Alerting.from_environment({"PATH": "/bin", "SMTP_RELAY": "x"})

    assert (alerting, alerting.warnings) == (Alerting(), ())


def test_receivers_of_the_environment() -> None:
    """An environment that names a receiver leads there alone, and those that reach nobody are named."""
    alerting = Alerting.from_environment({"SLACK_WEBHOOK_URL": SLACK})

    assert alerting.settings is not None
    assert alerting.settings.slack_webhooks == {"default": SLACK}
    assert [line.split()[1] for line in alerting.warnings] == ["deadman"]


def test_a_time_zone_alone_is_no_receiver() -> None:
    """A variable that is no receiver leaves the stand-ins in place."""
    assert Alerting.from_environment({"ALERT_TIMEZONE": "Europe/Lisbon"}).settings is None


def test_wrong_receiver_is_refused() -> None:
    """A receiver that cannot be used stops the start with its line."""
    with pytest.raises(SettingsError, match="SLACK_WEBHOOK_URL is a placeholder"):
        Alerting.from_environment({"SLACK_WEBHOOK_URL": f"{SLACK}/YOUR/WEBHOOK"})


def test_folder_leads_to_the_stand_ins(tmp_path: Path) -> None:
    """Without settings every file of the folder leads to the stand-ins of this stack's ports."""
    ports = Ports(receivers=19095, receivers_smtp=11025)
    files = alertmanager_folder(Places.choose(PROJECT, {}, state=tmp_path), ports, Alerting(), tmp_path)
    configuration = yaml.safe_load(files[tmp_path / "alertmanager.yml"])

    assert configuration["global"]["smtp_smarthost"] == "127.0.0.1:11025"
    assert files[tmp_path / "secrets" / "slack_webhook_default"].startswith("http://127.0.0.1:19095/services/")
    assert {file.suffix for file in files if file.parent.name == "templates"} == {".tmpl"}


@pytest.mark.parametrize(("scale", "expected"), [(1, "60s"), (6, "10s"), (3600, "1s")])
def test_start_delay_is_scaled(scale: float, expected: str) -> None:
    """A started Alertmanager waits as long as Prometheus takes to send all again, by the same scale."""
    assert Alerting(scale=scale).start_delay == expected
