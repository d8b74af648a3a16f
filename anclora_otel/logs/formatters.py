"""Our lines for those who configure handlers themselves, for example by ``dictConfig``."""

from __future__ import annotations

import logging

from anclora_otel.logs.lines import read_record, to_json, to_pretty


class JSONFormatter(logging.Formatter):
    """
    Write each record as one JSON object, with its trace and with personal data masked; for a handler of your own.

    It needs no arguments; those of `logging.Formatter` are taken and left unused.
    """

    def format(self, record: logging.LogRecord) -> str:
        """Give the record as one line of JSON."""
        return to_json(read_record(record))


class PrettyFormatter(logging.Formatter):
    """
    Write each record for people, with personal data masked; for a handler of your own.

    Args:
        colours: whether to colour it for a terminal.

    """

    def __init__(self, *, colours: bool = False) -> None:
        super().__init__()
        self._colours = colours

    def format(self, record: logging.LogRecord) -> str:
        """Give the record as a line, its exception below it."""
        return to_pretty(read_record(record), colours=self._colours)
