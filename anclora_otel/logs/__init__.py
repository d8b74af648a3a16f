"""
Logs: seven levels, a logger for each component, one line of JSON with the trace, and levels that change at run time.

Use `logger`, `get_logger` or any logger of the standard library; handlers of your own stay as they are. `set_level`
changes a level in all processes of the service. `JSONFormatter` and `PrettyFormatter` are for handlers of your own.
"""

from anclora_otel.logs.current import levels, reset_level, set_level
from anclora_otel.logs.formatters import JSONFormatter, PrettyFormatter
from anclora_otel.logs.loggers import (
    Logger,
    analytics_logger,
    api_logger,
    bot_logger,
    get_logger,
    log_error,
    logger,
    queue_logger,
    whatsapp_logger,
)

__all__ = [
    "JSONFormatter",
    "Logger",
    "PrettyFormatter",
    "analytics_logger",
    "api_logger",
    "bot_logger",
    "get_logger",
    "levels",
    "log_error",
    "logger",
    "queue_logger",
    "reset_level",
    "set_level",
    "whatsapp_logger",
]
