"""A service that logs, as its author types it."""

from __future__ import annotations

import logging

from anclora_otel.logs import (
    JSONFormatter,
    Logger,
    PrettyFormatter,
    analytics_logger,
    api_logger,
    bot_logger,
    get_logger,
    levels,
    log_error,
    logger,
    queue_logger,
    reset_level,
    set_level,
    whatsapp_logger,
)


def write() -> None:
    """Use every level, with what the standard library's methods take."""
    own: Logger = get_logger("payments")
    plain: logging.Logger = own
    plain.error("a logger of the standard library")
    own.fatal("out of %s", "memory", exc_info=True)
    own.error("failed", exc_info=ValueError("x"))
    own.warn("slow: %.1f s", 2.5, stack_info=True)
    own.info("started", extra={"job_id": "17"})
    own.http("GET /properties %d", 200, stacklevel=2)
    own.debug("details")
    own.trace("step %s", 1)
    for component in (logger, queue_logger, analytics_logger, whatsapp_logger, bot_logger, api_logger):
        component.trace("here")


def fail(error: Exception) -> None:
    """Log an error with its context."""
    log_error(error)
    log_error(error, {"component": "queue", "attempt": 2})
    log_error("a text", None)


def change() -> str:
    """Change levels at run time."""
    set_level("queue", "debug")
    reset_level("queue")
    reset_level()
    found: dict[str, str] = levels()
    return found["all"]


def configure() -> list[logging.Handler]:
    """Use the formatters on handlers of one's own."""
    handlers: list[logging.Handler] = [logging.StreamHandler(), logging.StreamHandler()]
    formatters: list[logging.Formatter] = [JSONFormatter(), PrettyFormatter(colours=True)]
    for handler, formatter in zip(handlers, formatters, strict=True):
        handler.setFormatter(formatter)
    return handlers
