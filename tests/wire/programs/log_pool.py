"""
Log in the children of multiprocessing, which end without a flush of their own.

Usage: log_pool.py METHOD LINES
"""

import logging
import multiprocessing
import sys

log = logging.getLogger("queue")


def work(name: str, lines: int) -> None:
    """Log numbered lines."""
    for number in range(1, lines + 1):
        log.info("line", extra={"writer": name, "number": number})


if __name__ == "__main__":
    multiprocessing.set_start_method(sys.argv[1])
    children = [multiprocessing.Process(target=work, args=(name, int(sys.argv[2]))) for name in ("0", "1")]
    for child in children:
        child.start()
    for child in children:
        child.join()
