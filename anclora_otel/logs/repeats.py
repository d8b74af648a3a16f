"""Tell the second line about an error from the first."""

from __future__ import annotations

import copy
import logging

from anclora_otel import sightings
from anclora_otel.catalogue.levels import LEVELS_BY_NAME
from anclora_otel.pipeline.records import error_of

REPEAT_LEVEL = LEVELS_BY_NAME["debug"].stdlib
"""The level of further lines about an error that has its line."""


def without_repeat(record: logging.LogRecord) -> logging.LogRecord:
    """
    Give the record, or where its error has a line already one of level debug without the stack trace.

    One error is one line: when the application has logged an exception and raises it on, the web server logs it again.
    What the further line says is kept for those who look at level debug.
    """
    error = error_of(record)
    if error is None or record.levelno < logging.ERROR or sightings.first(error, "log"):
        return record
    repeat = copy.copy(record)
    repeat.levelno, repeat.levelname = REPEAT_LEVEL, logging.getLevelName(REPEAT_LEVEL)
    repeat.exc_info = repeat.exc_text = None
    return repeat
