"""What an application calls by itself: capture, user, breadcrumb, flush."""

from __future__ import annotations

import logging
import sys
from collections.abc import Mapping
from typing import Literal

from anclora_otel._guard import report_fault
from anclora_otel.catalogue.levels import LEVELS_BY_NAME, LevelName
from anclora_otel.pipeline.plain_values import safe_text
from anclora_otel.sentry.levels import sentry_level
from anclora_otel.sentry.reporting import Report, report
from anclora_otel.sentry.state import state

MessageLevel = Literal["fatal", "error", "warn", "warning", "info", "http", "debug", "trace"]
"""The levels of our loggers, and ``warning`` as Sentry spells it."""


def capture_exception(
    error: object = None, tags: Mapping[str, object] | None = None, extra: Mapping[str, object] | None = None
) -> str | None:
    """
    Report an error that goes no further: an issue of Sentry, a log line and an event of the current span, each once.

    An error that was reported on its way is not reported again. Without Sentry the line and the event remain. Never
    raises.

    Args:
        error: the exception; that being handled unless given. Anything else is reported by its text.
        tags: short values by which issues are searched, such as ``{"queue": "whatsapp-messages"}``.
        extra: further values.

    Returns:
        The id of the event that was sent, or None.

    """
    found = sys.exc_info()[1] if error is None else error
    if isinstance(found, BaseException):
        return report(found, Report(tags=tags if isinstance(tags, Mapping) else {}, extra=extra))
    return None if found is None else capture_message(safe_text(found), "error")


def capture_message(message: str, level: MessageLevel = "info") -> str | None:
    """
    Send a message as an issue of Sentry, and write it to the log; never raises.

    Args:
        message: one line, without personal data.
        level: a level of our loggers; ``info`` stands for any other.

    Returns:
        The id of the event that was sent, or None.

    """
    try:
        text = safe_text(message)
        name = _level_name(level)
        client = state.client
        event_id = client.capture_message(text, sentry_level(LEVELS_BY_NAME[name].stdlib)) if client else None
        logging.getLogger("service").log(LEVELS_BY_NAME[name].stdlib, "%s", text)
        return event_id
    except Exception as fault:
        report_fault("capture_message", fault)
        return None


def set_user(user: object) -> None:
    """
    Say whom the errors of the current request or job concern; None says nobody.

    The id alone is kept: names, e-mail and IP addresses are left out, and an id that is a telephone number is masked.

    Args:
        user: an id, or a mapping with the key ``id``.

    """
    try:
        if state.client is not None:
            state.client.set_user(user)
    except Exception as fault:
        report_fault("set_user", fault)


def add_breadcrumb(
    message: str, category: str = "service", level: MessageLevel = "info", data: Mapping[str, object] | None = None
) -> None:
    """
    Remember what happened, for the issue of an error that may follow in the same request or job.

    Log lines of level info and above are breadcrumbs already.

    Args:
        message: one line.
        category: what it belongs to, such as ``queue``.
        level: a level of our loggers.
        data: further values.

    """
    try:
        if state.client is not None:
            found = sentry_level(LEVELS_BY_NAME[_level_name(level)].stdlib)
            state.client.add_breadcrumb(safe_text(message), safe_text(category), found, data)
    except Exception as fault:
        report_fault("add_breadcrumb", fault)


def flush_sentry(timeout_seconds: float = 2.0) -> bool:
    """
    Send the issues that wait, for example at the end of a job in a process that goes on.

    `anclora_otel.flush` and `anclora_otel.shutdown` do so as well.

    Args:
        timeout_seconds: how long to wait.

    Returns:
        Whether nothing waits any more.

    """
    try:
        return state.flush(timeout_seconds)
    except Exception as fault:
        report_fault("flush_sentry", fault)
        return False


def _level_name(level: MessageLevel) -> LevelName:
    if level == "warning":
        return "warn"
    return level if level in LEVELS_BY_NAME else "info"
