"""Our lines from handlers of the application's own."""

from __future__ import annotations

import io
import json
import logging
import logging.config

from anclora_otel.logs import JSONFormatter, PrettyFormatter

RECORD = logging.LogRecord("queue", logging.WARNING, __file__, 1, "to %s", ("ana@example.org",), None)


def test_json() -> None:
    """One object, masked."""
    written = json.loads(JSONFormatter().format(RECORD))

    assert (written["level"], written["component"]) == ("warn", "queue")
    assert "ana@" not in written["message"]


def test_pretty() -> None:
    """A line for people, coloured where it is asked for."""
    assert "warn  queue to " in PrettyFormatter().format(RECORD)
    assert "\x1b[33m" in PrettyFormatter(colours=True).format(RECORD)


def test_dict_config() -> None:
    """Both can be named in a configuration of the standard library."""
    stream = io.StringIO()
    logging.config.dictConfig(
        {
            "version": 1,
            "disable_existing_loggers": False,
            "formatters": {"json": {"()": "anclora_otel.logs.JSONFormatter"}},
            "handlers": {"own": {"class": "logging.StreamHandler", "stream": stream, "formatter": "json"}},
            "loggers": {"formatters.own": {"handlers": ["own"], "level": "INFO"}},
        }
    )
    logging.getLogger("formatters.own").info("hello")

    assert json.loads(stream.getvalue())["message"] == "hello"
