"""The texts of notifications, rendered by Alertmanager's own tool."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import pytest

from tests.unit.alertmanager.amtool import PROJECT, amtool

TEMPLATES = PROJECT / "compose" / "alertmanager" / "templates" / "*.tmpl"
LABELS = {
    "alertname": "HighQueueLatency",
    "severity": "warning",
    "category": "queue",
    "family": "QueueLatency",
    "service": "whats app & co",
    "environment": "production",
}
ANNOTATIONS = {
    "summary": "Messages take <long>",
    "description": "P99 is 0.7 s, above 0.5 s.",
    "runbook_url": "https://docs.anclora.test/runbooks/highqueuelatency/",
    "dashboard_url": "https://grafana.anclora.test/d/queue?var-queue=out",
}
PRIVATE = {"phone": "+34612345678", "remote_jid": "34612345678@s.whatsapp.net", "customer": "Ana"}


def alert(status: str = "firing", **labels: str) -> dict[str, Any]:
    """Make an alert as Alertmanager hands it to a template."""
    return {
        "status": status,
        "labels": {**LABELS, **labels},
        "annotations": {**ANNOTATIONS},
        "startsAt": "2026-11-25T09:00:00Z",
        "endsAt": "2026-11-25T09:30:00Z" if status == "resolved" else "0001-01-01T00:00:00Z",
        "generatorURL": "http://prometheus/graph",
        "fingerprint": "0123",
    }


def data(*alerts: dict[str, Any]) -> dict[str, Any]:
    """Make the data of a group."""
    common = dict(set.intersection(*(set(each["labels"].items()) for each in alerts)))
    group = {name: common[name] for name in ("alertname", "service", "environment") if name in common}
    return {
        "receiver": "critical",
        "status": "firing" if any(each["status"] == "firing" for each in alerts) else "resolved",
        "alerts": list(alerts),
        "groupLabels": group,
        "commonLabels": common,
        "commonAnnotations": dict(ANNOTATIONS),
        "externalURL": "http://alertmanager.anclora.test:9093",
    }


@pytest.fixture
def render(tmp_path: Path) -> Any:
    """Give a function that renders a template for a group."""

    def rendered(name: str, group: dict[str, Any], kind: str = "text") -> str:
        file = tmp_path / "data.json"
        file.write_text(json.dumps(group))
        text = '{{ template "anclora.' + name + '" . }}'
        arguments = [f"--template.glob={TEMPLATES}", f"--template.text={text}", f"--template.data={file}"]
        done = amtool("template", "render", *arguments, f"--template.type={kind}")
        assert done.returncode == 0, done.stderr
        return done.stdout.removesuffix("\n")

    return rendered


NAMES = [
    ("title", "text"),
    ("slack.color", "text"),
    ("slack.text", "text"),
    ("slack.footer", "text"),
    ("link.runbook", "text"),
    ("link.dashboard", "text"),
    ("link.silence", "text"),
    ("link.alerts", "text"),
    ("email.html", "html"),
    ("email.text", "text"),
    ("pagerduty.severity", "text"),
    ("pagerduty.source", "text"),
    ("pagerduty.class", "text"),
    ("pagerduty.group", "text"),
    ("pagerduty.firing", "text"),
]


@pytest.mark.parametrize(("name", "kind"), NAMES)
def test_nothing_private_leaves(render: Any, name: str, kind: str) -> None:
    """A label that is not on the list stays inside, whatever it holds."""
    text = render(name, data(alert(**PRIVATE), alert(queue="b", **PRIVATE)), kind)

    assert text.strip()
    assert [value for value in PRIVATE.values() if value in text] == []
    assert "<no value>" not in text


def test_title_of_one_alert(render: Any) -> None:
    """The title has severity, name, service and environment in one line."""
    expected = "WARNING HighQueueLatency · whats app & co · production"

    assert expected == render("title", data(alert()))


def test_title_of_several_alerts(render: Any) -> None:
    """Several alerts are counted, those that ended apart."""
    title = render("title", data(alert(queue="a"), alert("resolved", queue="b"), alert(queue="c")))

    assert title == "WARNING HighQueueLatency · whats app & co · production (2 firing, 1 resolved)"


def test_title_of_what_has_ended(render: Any) -> None:
    """The title of a group that has ended says so in its first word."""
    assert render("title", data(alert("resolved"))).startswith("RESOLVED HighQueueLatency")


@pytest.mark.parametrize("name", ["title", "slack.text", "email.text", "pagerduty.firing"])
def test_a_drill_is_marked(render: Any, name: str) -> None:
    """A drill is marked wherever somebody reads of it, a real alert nowhere."""
    assert "[TEST] " in render(name, data(alert(test="true")))
    assert "[TEST]" not in render(name, data(alert(), alert(queue="a")))


def test_a_drill_beside_a_real_alert(render: Any) -> None:
    """Where a drill is grouped with a real alert, the title is not marked and the drill's own line is."""
    group = data(alert(test="true", queue="a"), alert(queue="b"))

    assert "[TEST]" not in render("title", group)
    assert render("slack.text", group).count("[TEST] ") == 1


def test_slack_text(render: Any) -> None:
    """Summary, description, since when and where stand in the text."""
    text = render("slack.text", data(alert(queue="out")))

    assert "*Messages take <long>*" in text
    assert "P99 is 0.7 s, above 0.5 s." in text
    assert "_since 2026-11-25 09:00:00 UTC service whats app & co environment production queue out_" in text


def test_many_alerts_are_cut(render: Any) -> None:
    """Ten alerts are told, and how many there are."""
    text = render("slack.text", data(*(alert(queue=f"q{number}") for number in range(25))))

    assert text.count("P99 is 0.7 s") == 10
    assert "The first 10 of 25 alerts" in text


@pytest.mark.parametrize(
    ("severity", "status", "colour"),
    [
        ("critical", "firing", "#d32f2f"),
        ("warning", "firing", "#f2a600"),
        ("info", "firing", "#1d9bd1"),
        ("critical", "resolved", "#2eb67d"),
    ],
)
def test_colour_tells_the_severity(render: Any, severity: str, status: str, colour: str) -> None:
    """Each severity has its colour, and what has ended is green."""
    assert colour == render("slack.color", data(alert(status, severity=severity)))


def test_silence_link_matches_the_group(render: Any) -> None:
    """The link opens a silence for the alert's group, with its values escaped."""
    link = render("link.silence", data(alert(queue="out")))

    assert link.startswith("http://alertmanager.anclora.test:9093/#/silences/new?filter=%7B")
    assert " " not in link
    assert '{alertname="HighQueueLatency", environment="production", service="whats app & co", queue="out"}' in unquote(
        link
    )


def test_links_without_annotations_lead_to_alertmanager(render: Any) -> None:
    """An alert without runbook or dashboard still has links that work."""
    bare = {**alert(), "annotations": {}}

    assert render("link.runbook", data(bare)) == render("link.alerts", data(bare))


def test_mail_escapes_what_it_shows(render: Any) -> None:
    """The HTML part shows annotations as text and links to runbook, dashboard and silence."""
    html = render("email.html", data(alert(queue="out"), alert("resolved", queue="b")), "html")

    assert "Messages take &lt;long&gt;" in html
    assert f'href="{ANNOTATIONS["runbook_url"]}"' in html
    assert "silences/new?filter=%7Balertname" in html
    assert "(resolved)" in html


@pytest.mark.parametrize(
    ("severity", "expected"), [("critical", "critical"), ("warning", "warning"), ("page", "error")]
)
def test_pagerduty_gets_a_severity_that_it_knows(render: Any, severity: str, expected: str) -> None:
    """A severity that PagerDuty does not have becomes error."""
    assert expected == render("pagerduty.severity", data(alert(severity=severity)))
