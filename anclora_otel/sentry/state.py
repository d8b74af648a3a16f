"""What is in use in this process."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from typing import TYPE_CHECKING

from anclora_otel._guard import report_fault

if TYPE_CHECKING:
    from anclora_otel.sentry.client import SentryClient


class SentryState:
    """Holds the client, or None while errors go nowhere; and whether a pipeline ends it at the exit."""

    def __init__(self) -> None:
        self.client: SentryClient | None = None
        self.ended_by_pipeline = False

    def flush(self, timeout_seconds: float) -> bool:
        """Send what waits, and say whether nothing waits any more."""
        return self.client is None or self.client.flush(timeout_seconds)

    def close(self, timeout_seconds: float) -> None:
        """Send what waits and end; afterwards errors go nowhere."""
        client, self.client = self.client, None
        if client is not None:
            client.close(timeout_seconds)

    def after_fork(self) -> None:
        """Make the client of a forked child its own."""
        if self.client is not None:
            try:
                self.client.after_fork()
            except Exception as error:
                self.client = None
                report_fault("Sentry after a fork", error)

    @contextlib.contextmanager
    def isolated(self) -> Iterator[None]:
        """Keep user and breadcrumbs of a request or a job to itself."""
        if self.client is None:
            yield
        else:
            with self.client.isolated():
                yield


state = SentryState()
"""The state of this process."""
