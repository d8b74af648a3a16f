"""The rendered configuration."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import yaml

from anclora_otel.alertmanager import render_configuration
from anclora_otel.settings import AlertingSettings
from tests.unit.alertmanager.amtool import EVERYTHING, STRICT, amtool, written


def _document(settings: AlertingSettings, scale: float = 1.0) -> dict[str, Any]:
    document: dict[str, Any] = yaml.safe_load(render_configuration(settings, folder="/etc/am", scale=scale).text)
    return document


def _receivers(settings: AlertingSettings) -> dict[str, set[str]]:
    return {each["name"]: set(each) - {"name"} for each in _document(settings)["receivers"]}


@pytest.mark.parametrize("scale", [1, 7, 3600])
def test_alertmanager_accepts_it(tmp_path: Path, scale: float) -> None:
    """Amtool finds the configuration valid, with everything configured and at any scale."""
    done = amtool(STRICT, "check-config", str(written(tmp_path, scale)))

    assert done.returncode == 0, done.stdout + done.stderr
    assert "6 receivers" in done.stdout


def test_alertmanager_accepts_it_with_nothing_configured(tmp_path: Path) -> None:
    """Amtool finds a configuration valid whose receivers reach nobody."""
    file = tmp_path / "alertmanager.yml"
    file.write_text(render_configuration(AlertingSettings(), folder=str(tmp_path)).text)

    assert amtool(STRICT, "check-config", str(file)).returncode == 0


def test_no_secret_stands_in_it() -> None:
    """Every secret is a file of its own, and the text holds none of them."""
    settings = replace(EVERYTHING, smtp_username="mailer", smtp_password="pass-word-1")
    rendered = render_configuration(settings, folder="/etc/am")

    secrets = [*settings.slack_webhooks.values(), "pass-word-1", settings.pagerduty_routing_key, settings.deadman_url]
    assert set(rendered.secrets.values()) == set(secrets)
    assert [secret for secret in secrets if secret in rendered.text] == []
    assert [name for name in rendered.secrets if f"/etc/am/secrets/{name}" not in rendered.text] == []
    assert "standin" not in repr(settings)


def test_only_what_is_configured_is_there() -> None:
    """A receiver has the integrations that are configured, and no others."""
    slack = AlertingSettings(slack_webhooks={"default": "https://hooks.slack.com/services/T/B/x"})

    assert _receivers(slack) == {
        "deadman": set(),
        **{name: {"slack_configs"} for name in ("business", "critical", "warning", "info", "default")},
    }
    assert _receivers(EVERYTHING)["critical"] == {"slack_configs", "email_configs", "pagerduty_configs"}
    assert "global" not in _document(slack)


def test_receivers_that_reach_nobody_are_named() -> None:
    """Each receiver without integration is a warning with its name and the variable that mends it."""
    warnings = render_configuration(AlertingSettings(), folder="/").warnings

    names = ["deadman", "business", "critical", "warning", "info", "default"]
    assert [line.split()[1] for line in warnings] == names
    assert all("REACHES NOBODY" in line for line in warnings)
    assert "DEADMAN_URL" in warnings[0]
    assert "PAGERDUTY_ROUTING_KEY" in warnings[2]


def test_mail_without_tls_is_said() -> None:
    """TLS is on unless it was switched off, and then there is a warning that names the server."""
    plain = render_configuration(EVERYTHING, folder="/")
    secure = render_configuration(replace(EVERYTHING, smtp_require_tls=True), folder="/")

    assert ["MAIL MAY BE SENT WITHOUT TLS to 127.0.0.1:1025" in line for line in plain.warnings] == [True]
    assert secure.warnings == ()
    assert yaml.safe_load(secure.text)["global"]["smtp_require_tls"] is True


def test_each_severity_can_have_its_webhook() -> None:
    """A webhook of its own wins over the common one, which serves the others."""
    webhooks = {"default": "https://h/services/T/B/0", "critical": "https://h/services/T/B/1"}
    rendered = render_configuration(AlertingSettings(slack_webhooks=webhooks), folder="/am")
    receivers = {each["name"]: each for each in yaml.safe_load(rendered.text)["receivers"]}

    def file(name: str) -> str:
        return str(receivers[name]["slack_configs"][0]["api_url_file"])

    assert (file("critical"), file("warning")) == (
        "/am/secrets/slack_webhook_critical",
        "/am/secrets/slack_webhook_default",
    )
    assert rendered.secrets["slack_webhook_critical"] == webhooks["critical"]


@pytest.mark.parametrize(
    ("scale", "expected"),
    [(1, ("10s", "5m", "1h")), (7, ("1429ms", "42857ms", "514286ms")), (60, ("1s", "5s", "1m"))],
)
def test_scale_divides_every_interval(scale: float, expected: tuple[str, str, str]) -> None:
    """Intervals are divided by the scale, down to a second."""
    route = next(each for each in _document(EVERYTHING, scale)["route"]["routes"] if each["receiver"] == "critical")

    assert (route["group_wait"], route["group_interval"], route["repeat_interval"]) == expected


def test_high_value_sale_is_sent_at_any_hour() -> None:
    """Business alerts wait for office hours in the time zone of the settings; a high-value sale does not."""
    document = _document(replace(EVERYTHING, timezone="Atlantic/Canary"))
    business = next(each for each in document["route"]["routes"] if each["receiver"] == "business")

    assert business["active_time_intervals"] == ["office_hours"]
    assert business["routes"] == [{"receiver": "business", "matchers": ['alertname="HighValueSale"']}]
    assert document["time_intervals"][0]["time_intervals"][0]["location"] == "Atlantic/Canary"


def test_deadman_hears_nothing_of_resolving() -> None:
    """The dead man's switch gets pings alone."""
    deadman = next(each for each in _document(EVERYTHING)["receivers"] if each["name"] == "deadman")

    assert deadman["webhook_configs"][0]["send_resolved"] is False
