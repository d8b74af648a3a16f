"""
Log numbered lines as fast as it can.

After each `ACKNOWLEDGED` lines it waits until they are written and prints their number; at the end it prints what the
flush reports as written and dropped.

Usage: log_writer.py NAME LINES
"""

import logging
import sys

import anclora_otel

ACKNOWLEDGED = 5_000


def main(name: str, lines: int) -> None:
    """Log."""
    anclora_otel.configure()
    log = logging.getLogger("queue")
    for number in range(1, lines + 1):
        level = {0: logging.ERROR, 1: logging.INFO - 5}.get(number % 10, logging.INFO)
        log.log(level, "line", extra={"writer": name, "number": number})
        if number % ACKNOWLEDGED == 0 and anclora_otel.flush(200).finished:
            print(number, flush=True)  # noqa: T201 - the test reads it
    report = anclora_otel.flush(200).log_files
    assert report is not None
    print("end", report.written, report.dropped, flush=True)  # noqa: T201


main(sys.argv[1], int(sys.argv[2]))
