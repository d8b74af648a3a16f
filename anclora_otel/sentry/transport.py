"""Send envelopes as the SDK does, and keep count of what becomes of them."""

from __future__ import annotations

import logging
from typing import Any

from opentelemetry.instrumentation.utils import suppress_instrumentation
from sentry_sdk.envelope import Envelope
from sentry_sdk.transport import HttpTransport

from anclora_otel._guard import complaints
from anclora_otel.pipeline.accounting import ExportAccount

_REMEDIES = {
    "status_401": "its key is not accepted: check SENTRY_DSN",
    "status_403": "its key is not accepted: check SENTRY_DSN",
    "status_404": "there is no such project: check SENTRY_DSN",
    "status_413": "the event is too large: give capture_exception less extra",
    "status_429": "the rate is limited: errors are left out until Sentry takes them again",
    "self_rate_limits": "the rate is limited: errors are left out until Sentry takes them again",
    "full_queue": "too many errors wait to be sent",
    "network": "it cannot be reached",
}


SENDING_THREAD = "sentry-sdk.BackgroundWorker"
"""Name of the thread of the SDK that sends."""


class _NotOfTheSendingThread(logging.Filter):
    """Leave out what the HTTP library says of each try; what becomes of an error is said once by us."""

    def filter(self, record: logging.LogRecord) -> bool:
        return record.threadName != SENDING_THREAD


def quieten_http() -> None:
    """Keep the HTTP library from a line for each try while Sentry cannot be reached."""
    library = logging.getLogger("urllib3.connectionpool")
    if not any(isinstance(known, _NotOfTheSendingThread) for known in library.filters):
        library.addFilter(_NotOfTheSendingThread())


class CountingTransport(HttpTransport):
    """
    The SDK's transport with an account.

    Args:
        options: the options of the SDK's client.
        account: counts the errors, by `use_account`.

    """

    account: ExportAccount | None = None

    def __init__(self, options: dict[str, Any]) -> None:
        super().__init__(options)
        self._dropped = False

    def capture_envelope(self, envelope: Envelope) -> None:
        """Queue an envelope."""
        account = self.account
        if account is not None:
            for _ in range(_errors_in(envelope)):
                account.enter()
        super().capture_envelope(envelope)

    def on_dropped_event(self, reason: str) -> None:
        """Say once for each reason that errors do not arrive; the SDK calls it, in the thread that sends."""
        if reason != "full_queue":
            self._dropped = True
        remedy = _REMEDIES.get(reason, f"it answered with {reason}")
        complaints.say(f"sentry: {remedy}", f"Sentry does not take errors: {remedy}; log and trace have them")

    def _send_envelope(self, envelope: Envelope) -> None:
        account, items = self.account, _errors_in(envelope)

        def send() -> None:
            self._dropped = False
            with suppress_instrumentation():
                super(CountingTransport, self)._send_envelope(envelope)

        if account is None or not items:
            send()
        else:
            account.export(items, send, lambda _: not self._dropped)


def _errors_in(envelope: Envelope) -> int:
    return sum(1 for item in envelope.items if item.data_category == "error")
