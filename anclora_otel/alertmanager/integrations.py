"""How each receiver is notified: one entry for each integration that is configured."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from anclora_otel.alertmanager.yaml_text import Yaml
from anclora_otel.catalogue.routes import Receiver
from anclora_otel.settings import AlertingSettings

INTEGRATIONS = ("slack", "email", "pagerduty", "webhook")
"""Every kind of integration, by the name that it has in Alertmanager's metrics."""

SMTP_PASSWORD_FILE = "smtp_password"  # noqa: S105 - the name of the file
PAGERDUTY_FILE = "pagerduty_routing_key"
DEADMAN_FILE = "deadman_url"


@dataclass
class Secrets:
    """
    The secrets that the configuration refers to, each as a file.

    Args:
        folder: path of the folder as Alertmanager sees it.
        files: content by file name.

    """

    folder: str
    files: dict[str, str] = field(default_factory=dict)

    def file(self, name: str, content: str) -> str:
        """Take a secret and give the path at which Alertmanager reads it."""
        self.files[name] = content
        return f"{self.folder.rstrip('/')}/{name}"


def wanted(receiver: Receiver) -> tuple[str, ...]:
    """List the integrations that a receiver has once everything is configured."""
    flags = (bool(receiver.slack_channel), receiver.email, receiver.pagerduty, receiver.deadman)
    return tuple(kind for kind, there in zip(INTEGRATIONS, flags, strict=True) if there)


def integrations(receiver: Receiver, settings: AlertingSettings, secrets: Secrets) -> dict[str, Yaml]:
    """Give the configured integrations of a receiver, as Alertmanager reads them."""
    found: dict[str, Yaml] = {}
    webhook_of = receiver.name if receiver.name in settings.slack_webhooks else "default"
    webhook = settings.slack_webhooks.get(webhook_of)
    if receiver.slack_channel and webhook:
        found["slack_configs"] = [_slack(receiver, secrets.file(f"slack_webhook_{webhook_of}", webhook))]
    if receiver.email and settings.email_to:
        found["email_configs"] = [_email(settings)]
    if receiver.pagerduty and settings.pagerduty_routing_key:
        path = secrets.file(PAGERDUTY_FILE, settings.pagerduty_routing_key)
        found["pagerduty_configs"] = [_pagerduty(path, settings.pagerduty_url)]
    if receiver.deadman and settings.deadman_url:
        path = secrets.file(DEADMAN_FILE, settings.deadman_url)
        found["webhook_configs"] = [{"url_file": path, "send_resolved": False}]
    return found


def mail_server(settings: AlertingSettings, secrets: Secrets) -> dict[str, Yaml]:
    """Give the settings of the mail server, or nothing where no mail is configured."""
    if not settings.email_to:
        return {}
    found: dict[str, Yaml] = {
        "smtp_smarthost": f"{settings.smtp_host}:{settings.smtp_port}",
        "smtp_from": settings.email_from,
        "smtp_require_tls": settings.smtp_require_tls,
    }
    if settings.smtp_username:
        found["smtp_auth_username"] = settings.smtp_username
        found["smtp_auth_password_file"] = secrets.file(SMTP_PASSWORD_FILE, settings.smtp_password)
    return found


def _template(name: str) -> str:
    return '{{ template "anclora.' + name + '" . }}'


def _slack(receiver: Receiver, path: str) -> Mapping[str, Yaml]:
    buttons = {"Runbook": "link.runbook", "Dashboard": "link.dashboard", "Silence": "link.silence"}
    return {
        "send_resolved": True,
        "api_url_file": path,
        "channel": receiver.slack_channel,
        "username": "Alertmanager",
        "color": _template("slack.color"),
        "title": _template("title"),
        "title_link": _template("link.alerts"),
        "text": _template("slack.text"),
        "fallback": _template("title"),
        "footer": _template("slack.footer"),
        "mrkdwn_in": ["text"],
        "actions": [{"type": "button", "text": text, "url": _template(link)} for text, link in buttons.items()],
    }


def _email(settings: AlertingSettings) -> Mapping[str, Yaml]:
    return {
        "send_resolved": True,
        "to": ", ".join(settings.email_to),
        "headers": {"Subject": _template("title")},
        "html": _template("email.html"),
        "text": _template("email.text"),
    }


def _pagerduty(path: str, url: str) -> Mapping[str, Yaml]:
    links = {"Runbook": "link.runbook", "Dashboard": "link.dashboard", "Silence": "link.silence"}
    return {
        "send_resolved": True,
        "routing_key_file": path,
        "url": url,
        "description": _template("title"),
        "severity": _template("pagerduty.severity"),
        "source": _template("pagerduty.source"),
        "class": _template("pagerduty.class"),
        "component": _template("pagerduty.component"),
        "group": _template("pagerduty.group"),
        "client": "Alertmanager",
        "client_url": _template("link.alerts"),
        # The defaults of these two hold every label and annotation of every alert.
        "details": {"firing": _template("pagerduty.firing"), "resolved": _template("pagerduty.resolved")},
        "links": [{"href": _template(link), "text": text} for text, link in links.items()],
    }
