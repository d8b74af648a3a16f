"""From the DSN to what the collector needs: it cannot take a DSN apart by itself."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from anclora_otel.environment_variables import SENTRY_DSN, SENTRY_DSN_FILE
from anclora_otel.errors import StackError
from anclora_otel.settings import load_settings
from anclora_otel.settings.sentry import SentryDsn

SENTRY_FILE = Path("collector") / "sentry.yaml"
"""The configuration that sends traces and logs to Sentry, from the project's folder."""

ENDPOINT, AUTH = "ANCLORA_COLLECTOR_SENTRY_ENDPOINT", "ANCLORA_COLLECTOR_SENTRY_AUTH"
"""The variables that it reads: where Sentry takes OTLP, and the header that says by which key."""


_OPTIONAL = ("ANCLORA_COLLECTOR_SENTRY_TRACES_PERCENT", "ANCLORA_COLLECTOR_SENTRY_QUEUE_BYTES")


def sentry_variables(environment: Mapping[str, str]) -> dict[str, str]:
    """
    Give the variables that `collector/sentry.yaml` reads, or none where no DSN is set.

    Args:
        environment: may have ``SENTRY_DSN`` or ``SENTRY_DSN_FILE``, and the share of the traces in percent and the size
            of the queue in bytes.

    Raises:
        StackError: the DSN cannot be used.

    """
    names = (SENTRY_DSN.name, SENTRY_DSN_FILE.name)
    settings, problems = load_settings({name: environment[name] for name in names if name in environment})
    if problems:
        raise StackError("\n".join(str(problem) for problem in problems))
    if not settings.sentry_dsn:
        return {}
    dsn = SentryDsn.parse(settings.sentry_dsn)
    chosen = {name: environment[name] for name in _OPTIONAL if name in environment}
    return {ENDPOINT: dsn.otlp_endpoint, AUTH: dsn.otlp_auth, **chosen}
