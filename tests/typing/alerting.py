"""How the settings of the receivers of alerts are read by an application that renders them itself."""

from __future__ import annotations

import os

from anclora_otel.settings import AlertingSettings, load_alerting_settings


def receivers_of_this_process() -> AlertingSettings:
    """Read the settings and stop where one is wrong."""
    settings, problems = load_alerting_settings(os.environ)
    for problem in problems:
        raise ValueError(f"{problem.name}: {problem.expected}")
    return settings


def who_gets_mail(settings: AlertingSettings) -> tuple[str, ...]:
    """Give the addresses, and nobody where no mail server is named."""
    recipients: tuple[str, ...] = settings.email_to
    return recipients if settings.smtp_host and settings.reaches_anyone else ()
