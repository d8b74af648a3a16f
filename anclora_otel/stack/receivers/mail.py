"""A mail server that keeps what it is sent and passes nothing on."""

from __future__ import annotations

import asyncio
import ssl
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import TYPE_CHECKING, Any

from anclora_otel.errors import StackError
from anclora_otel.stack.ports import HOST
from anclora_otel.stack.receivers.inbox import Inbox, Notification

if TYPE_CHECKING:
    from aiosmtpd.controller import Controller
    from aiosmtpd.smtp import SMTP, Envelope, Session

_LATE_SECONDS = 30.0
_REFUSALS = {
    "down": "421 4.3.2 Service not available, closing transmission channel",
    "error": "554 5.3.0 Transaction failed",
    "limited": "452 4.3.1 Too many messages, try later",
}


class MailSink:
    """
    Take mail on a port of this machine.

    Args:
        inbox: where it is kept.
        port: where it listens.
        tls: certificate and key for STARTTLS, or None for a server without it.
        login: user and password that are demanded, over TLS alone, or None for a server that asks nobody.

    """

    def __init__(
        self,
        inbox: Inbox,
        port: int,
        tls: ssl.SSLContext | None = None,
        login: tuple[str, str] | None = None,
    ) -> None:
        self._inbox = inbox
        self._port = port
        self._tls = tls
        self._login = login
        self._controller: Controller | None = None

    def start(self) -> None:
        """
        Listen.

        Raises:
            StackError: aiosmtpd is not installed, or the port is taken.

        """
        try:
            from aiosmtpd.controller import Controller
        except ModuleNotFoundError as error:
            raise StackError("aiosmtpd is not installed; run: pip install 'anclora-otel[drill]'") from error
        options: dict[str, Any] = {"tls_context": self._tls} if self._tls else {}
        if self._login is not None:
            options |= {"auth_required": True, "authenticator": self._authenticate}
            # aiosmtpd's prompts of LOGIN are not those that Alertmanager knows; PLAIN has none.
            options["auth_exclude_mechanism"] = ["LOGIN"]
        self._controller = Controller(_Handler(self._inbox), hostname=HOST, port=self._port, **options)
        try:
            self._controller.start()
        except OSError as error:
            raise StackError(f"port {self._port} of the mail stand-in cannot be opened: {error.strerror}") from error

    def _authenticate(self, _server: SMTP, _session: Session, _envelope: Envelope, _how: str, given: Any) -> Any:
        from aiosmtpd.smtp import AuthResult

        user, password = self._login or ("", "")
        known = (given.login, given.password) == (user.encode(), password.encode())
        return AuthResult(success=known, handled=False)

    def stop(self) -> None:
        """Listen no longer."""
        if self._controller is not None:
            self._controller.stop()
            self._controller = None


class _Handler:
    """What aiosmtpd calls; the names are its own."""

    def __init__(self, inbox: Inbox) -> None:
        self._inbox = inbox

    async def handle_DATA(self, _server: SMTP, _session: Session, envelope: Envelope) -> str:  # noqa: N802
        failure = self._inbox.failure("email")
        if failure == "slow":
            await asyncio.sleep(_LATE_SECONDS)
        elif failure in _REFUSALS:
            return _REFUSALS[failure]
        content = envelope.content or b""
        raw = content.encode() if isinstance(content, str) else content
        self._inbox.add(_notification(raw, list(envelope.rcpt_tos)))
        return "250 OK"


def _notification(raw: bytes, recipients: list[str]) -> Notification:
    message = message_from_bytes(raw, policy=policy.default)
    assert isinstance(message, EmailMessage)  # noqa: S101 - so says the policy
    parts = {kind: message.get_body((kind,)) for kind in ("plain", "html")}
    subject = str(message["Subject"])
    content = {
        "from": str(message["From"]),
        "to": recipients,
        "subject": subject,
        **{kind: part.get_content().replace("\r\n", "\n") if part is not None else "" for kind, part in parts.items()},
    }
    return Notification("email", True, "250 OK", ", ".join(recipients), subject, content)
