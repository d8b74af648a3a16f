"""Start to send errors to Sentry."""

from __future__ import annotations

import atexit
import logging
import os
from collections.abc import Sequence
from typing import TYPE_CHECKING

from anclora_otel._guard import report_fault
from anclora_otel.sentry.noise import NoiseRule
from anclora_otel.sentry.reporting import witness
from anclora_otel.sentry.state import state
from anclora_otel.settings import Settings, load_settings
from anclora_otel.settings.sentry import DSN_EXPECTED, SentryDsn

if TYPE_CHECKING:
    from anclora_otel.sentry.client import BeforeSend

logger = logging.getLogger("anclora_otel")

_EXIT_SECONDS = 1.0


class _Exit:
    """Whether fork and end of the process are hooked."""

    hooked = False


def init_sentry(
    dsn: str | None = None,
    environment: str | None = None,
    release: str | None = None,
    enabled: bool = True,
    *,
    noise: Sequence[str | NoiseRule] | None = None,
    before_send: BeforeSend | None = None,
) -> bool:
    """
    Start to send errors to Sentry; never raises.

    Not needed where ``SENTRY_DSN`` is set, since `anclora_otel.configure` and ``anclora-otel run`` do the same. A call
    with other values starts anew with them. Errors are never sampled, local variables never sent.

    Args:
        dsn: the DSN of the project; that of the settings unless given.
        environment: of the issues; that of the settings unless given.
        release: of the issues; that of the settings unless given.
        enabled: False sends nothing and says nothing.
        noise: names of groups of `NOISE_RULES`, of exception classes, and rules of your own, for errors that become no
            issue; those of the settings unless given.
        before_send: may change an event before personal data is taken out of it, or give None to leave it out.

    Returns:
        Whether errors are sent from now on.

    """
    state.close(0)
    if not enabled:
        return False
    settings, problems = load_settings()
    for problem in problems:
        if "SENTRY" in problem.name:
            logger.warning("%s", problem)
    if not (dsn or settings.sentry_dsn):
        logger.info("errors do not go to Sentry: SENTRY_DSN is not set; log and trace have them")
        return False
    chosen = tuple(settings.sentry_noise if noise is None else noise)
    return _start(
        dsn or settings.sentry_dsn,
        _environment(settings, environment),
        _release(settings, release),
        chosen,
        before_send,
    )


def start_from(settings: Settings) -> bool:
    """Start as the settings say, unless the application has; says nothing where they name no DSN."""
    if not settings.sentry_dsn or state.client is not None:
        return False
    return _start(
        settings.sentry_dsn, _environment(settings, None), _release(settings, None), settings.sentry_noise, None
    )


def _start(
    dsn: str, environment: str, release: str, noise: Sequence[str | NoiseRule], before_send: BeforeSend | None
) -> bool:
    try:
        address = SentryDsn.parse(dsn).text
    except (ValueError, AttributeError, TypeError):
        logger.warning("errors do not go to Sentry: the DSN is something else, expected %s", DSN_EXPECTED)
        return False
    try:
        from anclora_otel.sentry.client import SentryClient, SentryOptions
    except ImportError:
        logger.warning("errors do not go to Sentry: sentry-sdk is not installed; run pip install sentry-sdk")
        return False
    try:
        options = SentryOptions(address, environment, release, tuple(noise), before_send, witness)
        state.client = SentryClient(options)
    except Exception as error:
        report_fault("init_sentry", error)
        return False
    if not _Exit.hooked:
        _Exit.hooked = True
        atexit.register(_end)
        if hasattr(os, "register_at_fork"):
            os.register_at_fork(after_in_child=state.after_fork)
    return True


def _end() -> None:
    # A pipeline sends the last errors beside the other signals, under the same deadline.
    if not state.ended_by_pipeline:
        state.close(_EXIT_SECONDS)


def _environment(settings: Settings, given: str | None) -> str:
    return given or settings.sentry_environment or settings.environment


def _release(settings: Settings, given: str | None) -> str:
    return given or settings.sentry_release or settings.resource_attributes.get("service.version", "")
