"""All stand-ins in one process, and the settings that lead to them."""

from __future__ import annotations

import ssl
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING

from anclora_otel.settings import AlertingSettings
from anclora_otel.stack.ports import HOST
from anclora_otel.stack.receivers.deadman import LIMIT_SECONDS, Deadman
from anclora_otel.stack.receivers.inbox import Inbox, Notification
from anclora_otel.stack.receivers.mail import MailSink
from anclora_otel.stack.receivers.web import DEADMAN_PATH, PAGERDUTY_PATH, SLACK_PATH, WebStandIns

if TYPE_CHECKING:
    from typing_extensions import Self

_KEY = "standin" * 4 + "0000"
"""Of the length that an integration key has; it opens nothing."""


def stand_in_settings(port: int, smtp_port: int) -> AlertingSettings:
    """
    Give settings by which every notification goes to the stand-ins.

    Args:
        port: theirs for HTTP.
        smtp_port: theirs for mail.

    """
    base = f"http://{HOST}:{port}"
    return AlertingSettings(
        slack_webhooks={"default": f"{base}{SLACK_PATH}T0/B0/stand-in"},
        email_to=("oncall@anclora.test",),
        email_from="alertmanager@anclora.test",
        smtp_host=HOST,
        smtp_port=smtp_port,
        smtp_require_tls=False,
        pagerduty_routing_key=_KEY,
        pagerduty_url=f"{base}{PAGERDUTY_PATH}",
        deadman_url=f"{base}{DEADMAN_PATH}stand-in",
    )


class Receivers:
    """
    Run all stand-ins.

    Args:
        port: for Slack, PagerDuty and the dead man's switch.
        smtp_port: for mail.
        file: JSON lines of what arrives, or None for none.
        notify: is called with each notification.
        tls: certificate and key for STARTTLS.
        login: user and password that the mail server demands.
        deadman_limit_seconds: silence after which the dead man's switch counts as late.

    """

    def __init__(
        self,
        port: int,
        smtp_port: int,
        *,
        file: Path | None = None,
        notify: Callable[[Notification], None] | None = None,
        tls: ssl.SSLContext | None = None,
        login: tuple[str, str] | None = None,
        deadman_limit_seconds: float = LIMIT_SECONDS,
    ) -> None:
        self.inbox = Inbox(file, notify)
        self.deadman = Deadman(deadman_limit_seconds)
        self.settings = stand_in_settings(port, smtp_port)
        self._web = WebStandIns(self.inbox, self.deadman, port)
        self._mail = MailSink(self.inbox, smtp_port, tls, login)

    def start(self) -> None:
        """
        Listen on both ports.

        Raises:
            StackError: a port is taken, or aiosmtpd is not installed.

        """
        self._mail.start()
        try:
            self._web.start()
        except BaseException:
            self._mail.stop()
            raise

    def stop(self) -> None:
        """Listen no longer."""
        self._web.stop()
        self._mail.stop()

    def __enter__(self) -> Self:
        """Start the stand-ins."""
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        """Stop them."""
        self.stop()
