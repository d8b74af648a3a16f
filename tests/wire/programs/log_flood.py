"""
Log more lines than can wait, and tell what became of them.

Usage: log_flood.py LINES
"""

import logging
import sys

import anclora_otel

anclora_otel.configure()
for number in range(int(sys.argv[1])):
    logging.getLogger("queue").info("line %d", number)
report = anclora_otel.shutdown(1).log_files
assert report is not None
print(report.written, report.waiting, report.dropped, report.finished)  # noqa: T201 - the test reads it
