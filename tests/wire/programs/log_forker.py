"""
Log, and fork children that log, while the parent goes on.

Usage: log_forker.py CHILDREN LINES
"""

import logging
import os
import sys

import anclora_otel

anclora_otel.configure()
log = logging.getLogger("queue")
children, lines = int(sys.argv[1]), int(sys.argv[2])


def work(name: str) -> None:
    """Log numbered lines, and wait until they are written."""
    for number in range(1, lines + 1):
        log.info("line", extra={"writer": name, "number": number})
    report = anclora_otel.flush(200).log_files
    if report is None or not report.finished or report.dropped or report.written != lines:
        sys.stderr.write(f"{name}: {report}\n")
        os._exit(1)


running = []
for child in range(children):
    log.info("before the fork", extra={"writer": "parent", "number": -child})
    pid = os.fork()
    if not pid:
        work(f"child {child}")
        os._exit(0)
    running.append(pid)
for number in range(1, lines + 1):
    log.info("line", extra={"writer": "parent", "number": number})
sys.exit(any(os.waitpid(pid, 0)[1] for pid in running))
