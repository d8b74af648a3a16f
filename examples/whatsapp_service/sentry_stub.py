"""The project of Sentry that the demo sends errors to: the user's, or a stub on this machine."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager

from anclora_otel.stack.ports import is_free
from anclora_otel.stack.sentry_receiver import SentryReceiver

PORT = 9999
"""The stub's port, so that a stack that runs already need not be started anew; a free one where it is taken."""


@contextmanager
def project(environment: Mapping[str, str], say: Callable[[str], None]) -> Iterator[str]:
    """
    Give the DSN of the user's project, or of a stub that runs as long as it is used.

    Args:
        environment: may have ``SENTRY_DSN``.
        say: is told what came to the stub in the end.
    """
    given = environment.get("SENTRY_DSN", "").strip()
    if given:
        yield given
        return
    with SentryReceiver(port=PORT if is_free(PORT) else 0) as receiver:
        say(f"a stub of Sentry's server at {receiver.url}; what came is at {receiver.url}/received")
        yield receiver.dsn
        came = receiver.received()
        say(f"  Sentry's stub has {len(came['events'])} issues, {len(came['spans'])} spans, {len(came['logs'])} lines")
