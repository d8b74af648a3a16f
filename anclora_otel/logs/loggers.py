"""
Loggers with a method for each of the seven levels.

They are loggers of the standard library under plain names (``queue``, ``bot`` …), so `logging.getLogger`,
``dictConfig`` and handlers of the application's own work on them.
"""

from __future__ import annotations

import logging
import logging.config
import sys
import threading
from collections.abc import Mapping
from types import TracebackType
from typing import Any, TypeAlias

from anclora_otel._guard import complaints, report_fault
from anclora_otel.catalogue.levels import LEVELS_BY_NAME
from anclora_otel.pipeline.plain_values import safe_text
from anclora_otel.pipeline.records import register_component

ExceptionInformation: TypeAlias = (
    bool
    | tuple[type[BaseException], BaseException, TracebackType | None]
    | tuple[None, None, None]
    | BaseException
    | None
)
"""What ``exc_info`` takes, as in the standard library."""

SERVICE_LOGGER = "service"
"""Name of the service's own logger."""

OWN_LOGGER = "anclora_otel"
"""Name of the logger on which telemetry speaks of itself."""

HTTP = LEVELS_BY_NAME["http"].stdlib
TRACE = LEVELS_BY_NAME["trace"].stdlib

_CONFIGURATION_FILE = logging.config.__file__
_lock = threading.Lock()


class Logger(logging.Logger):
    """
    A logger of the standard library with all seven levels; `get_logger` gives one.

    ``dictConfig`` and ``fileConfig`` do not disable it, as they do by default with loggers that they do not name.
    Fields given by ``extra`` that the standard library refuses, such as ``name`` and ``message``, are kept under
    ``extra_name`` and ``extra_message``.
    """

    @property
    def disabled(self) -> bool:
        """Whether the logger was switched off by ``logger.disabled = True``."""
        return bool(self.__dict__.get("disabled", False))

    @disabled.setter
    def disabled(self, value: bool) -> None:
        # Telemetry makes this logger before the application configures logging, so that the default of
        # disable_existing_loggers would swallow it.
        by_configuration = sys._getframe(1).f_code.co_filename == _CONFIGURATION_FILE  # noqa: SLF001
        self.__dict__["disabled"] = bool(value) and not by_configuration

    def fatal(
        self,
        msg: object,
        *args: object,
        exc_info: ExceptionInformation = None,
        stack_info: bool = False,
        stacklevel: int = 1,
        extra: Mapping[str, object] | None = None,
    ) -> None:
        """
        Log what ends the service; level 0.

        Args:
            msg: the message, or its format.
            args: fill the format in.
            exc_info: an exception, or whether to take the one that is being handled.
            stack_info: whether to add the stack.
            stacklevel: how many callers up the line is said to come from.
            extra: fields of the line.

        """
        self.log(logging.FATAL, msg, *args, **_given(exc_info, stack_info, stacklevel, extra))

    def warn(
        self,
        msg: object,
        *args: object,
        exc_info: ExceptionInformation = None,
        stack_info: bool = False,
        stacklevel: int = 1,
        extra: Mapping[str, object] | None = None,
    ) -> None:
        """
        Log what may become an error; level 2.

        Args:
            msg: the message, or its format.
            args: fill the format in.
            exc_info: an exception, or whether to take the one that is being handled.
            stack_info: whether to add the stack.
            stacklevel: how many callers up the line is said to come from.
            extra: fields of the line.

        """
        self.log(logging.WARNING, msg, *args, **_given(exc_info, stack_info, stacklevel, extra))

    def http(
        self,
        msg: object,
        *args: object,
        exc_info: ExceptionInformation = None,
        stack_info: bool = False,
        stacklevel: int = 1,
        extra: Mapping[str, object] | None = None,
    ) -> None:
        """
        Log a request or an answer; level 4.

        Args:
            msg: the message, or its format.
            args: fill the format in.
            exc_info: an exception, or whether to take the one that is being handled.
            stack_info: whether to add the stack.
            stacklevel: how many callers up the line is said to come from.
            extra: fields of the line.

        """
        self.log(HTTP, msg, *args, **_given(exc_info, stack_info, stacklevel, extra))

    def trace(
        self,
        msg: object,
        *args: object,
        exc_info: ExceptionInformation = None,
        stack_info: bool = False,
        stacklevel: int = 1,
        extra: Mapping[str, object] | None = None,
    ) -> None:
        """
        Log what is only of use to follow the code step by step; level 6.

        Args:
            msg: the message, or its format.
            args: fill the format in.
            exc_info: an exception, or whether to take the one that is being handled.
            stack_info: whether to add the stack.
            stacklevel: how many callers up the line is said to come from.
            extra: fields of the line.

        """
        self.log(TRACE, msg, *args, **_given(exc_info, stack_info, stacklevel, extra))

    def makeRecord(self, *args: Any, **kwargs: Any) -> logging.LogRecord:  # noqa: N802 - of the standard library
        """Make a record; fields that would shadow its own lose nothing and raise nothing."""
        try:
            return super().makeRecord(*args, **kwargs)
        except (KeyError, TypeError, AttributeError, ValueError):
            return self._make_with_renamed_fields(list(args), kwargs)

    def _make_with_renamed_fields(self, args: list[Any], kwargs: dict[str, Any]) -> logging.LogRecord:
        # The ninth argument is `extra`.
        given = kwargs.pop("extra", None) if len(args) < 9 else args[8]
        if len(args) >= 9:
            args[8] = None
        record = super().makeRecord(*args, **kwargs)
        fields = given if isinstance(given, Mapping) else {"extra": given}
        taken = {*vars(record), "message", "asctime"}
        for key, value in fields.items():
            name = safe_text(key)
            record.__dict__[f"extra_{name}" if name in taken else name] = value
        complaints.say(
            f"extra of {self.name}",
            f"logger {self.name} was given fields that a log record has already or that are no mapping: they are kept "
            "as extra_…; give other names",
        )
        return record


def get_logger(name: str = SERVICE_LOGGER) -> Logger:
    """
    Give the logger of a component; what it and the loggers below it write has the attribute ``component``.

    Args:
        name: name of the component, such as ``queue`` or ``payments``; the service's own logger unless given.

    """
    if name not in (SERVICE_LOGGER, OWN_LOGGER):
        register_component(name)
    return _adopt(name)


def log_error(error: object, context: Mapping[str, object] | None = None) -> None:
    """
    Log an error once, with its stack trace and what was going on; never raises, whatever it is given.

    Args:
        error: the exception; anything else is logged by its text.
        context: fields of the line, such as ``{"component": "queue", "job_id": "17"}``.

    """
    try:
        fields = context if isinstance(context, Mapping) or context is None else {"context": context}
        if isinstance(error, BaseException):
            message = f"{type(error).__name__}: {safe_text(error)}"
            logger.error("%s", message, exc_info=error, extra=fields, stacklevel=2)
        else:
            logger.error("%s", safe_text(error), extra=fields, stacklevel=2)
    except Exception as fault:
        report_fault("log_error", fault)


def _given(
    exc_info: ExceptionInformation, stack_info: bool, stacklevel: int, extra: Mapping[str, object] | None
) -> dict[str, Any]:
    return {"exc_info": exc_info, "stack_info": stack_info, "stacklevel": stacklevel + 1, "extra": extra}


def _adopt(name: str) -> Logger:
    """Make a logger of ours, or turn the one of this name that exists into ours."""
    with _lock:
        found = logging.getLogger(name)
        if isinstance(found, Logger):
            return found
        kind = type(found)
        found.__class__ = Logger if kind is logging.Logger else type("Logger", (Logger, kind), {})
        found.__dict__["disabled"] = False
        return found  # type: ignore[return-value]


def _register_level_names() -> None:
    for level, text in ((TRACE, "TRACE"), (HTTP, "HTTP")):
        # A name that the application has given stays.
        if logging.getLevelName(level).startswith("Level "):
            logging.addLevelName(level, text)


_register_level_names()
_adopt(OWN_LOGGER)

logger: Logger = get_logger()
"""The service's own logger."""

queue_logger: Logger = get_logger("queue")
"""The logger of the message queue."""

analytics_logger: Logger = get_logger("analytics")
"""The logger of analytics."""

whatsapp_logger: Logger = get_logger("whatsapp")
"""The logger of the WhatsApp API and its webhooks."""

bot_logger: Logger = get_logger("bot")
"""The logger of the bot."""

api_logger: Logger = get_logger("api")
"""The logger of the HTTP API."""
