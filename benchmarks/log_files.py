"""
Log files of one and of four processes, beside `logging.FileHandler` in the same run.

Run with ``python -m benchmarks.log_files``. Each way of logging is measured in turn, several rounds each, and the best
of each is compared, since machines are noisy. ``FileHandler`` neither rotates nor masks anything; with our formatter it
writes the same lines, without one their message alone.
"""

from __future__ import annotations

import logging
import multiprocessing
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from multiprocessing.synchronize import Barrier
from pathlib import Path
from typing import TYPE_CHECKING

from anclora_otel.logs import JSONFormatter
from anclora_otel.logs.bridge import bridge
from anclora_otel.logs.files import FileSink

if TYPE_CHECKING:
    from multiprocessing.queues import Queue

LINES = 50_000
BURST_LINES = 5_000
"""Lines of a burst: fewer than may wait, so that the thread that logs is measured and not the disk."""
BURSTS = 10
ROUNDS = 3
MAX_BYTES = 20 * 1024 * 1024

logger = logging.getLogger("benchmark")


@dataclass(frozen=True)
class Figures:
    """
    What one process measured.

    Args:
        started: monotonic time in seconds at its first line.
        ended: monotonic time in seconds when all its lines were written.
        microseconds_per_line: processor time of the thread that logs, in its cheapest burst.

    """

    started: float
    ended: float
    microseconds_per_line: float


def use_files(folder: Path) -> Callable[[], object]:
    """Log into the daily files; give what waits until all is written."""
    sink = FileSink(folder, MAX_BYTES, "benchmark")
    bridge.put("files", sink)
    return lambda: sink.finish(sink.mark(), 600.0)


def use_same_lines(folder: Path) -> Callable[[], object]:
    """Log the same lines by a FileHandler."""
    handler = logging.FileHandler(folder / "same.log")
    handler.setFormatter(JSONFormatter())
    logger.addHandler(handler)
    return handler.flush


def use_plain(folder: Path) -> Callable[[], object]:
    """Log the message alone by a FileHandler."""
    handler = logging.FileHandler(folder / "plain.log")
    logger.addHandler(handler)
    return handler.flush


WAYS = {"daily files": use_files, "FileHandler, same lines": use_same_lines, "FileHandler, message": use_plain}
"""What is compared, by the name that is printed."""


def log_lines(way: str, folder: Path, together: Barrier, figures: Queue[Figures]) -> None:
    """Measure one process."""
    logger.setLevel(logging.INFO)
    logger.propagate = False
    finish = WAYS[way](folder)
    log(100)
    finish()
    together.wait()
    started = time.monotonic()
    log(LINES)
    finish()
    ended = time.monotonic()
    together.wait()
    bursts = []
    for _ in range(BURSTS):
        before = time.thread_time()
        log(BURST_LINES)
        bursts.append(time.thread_time() - before)
        finish()
    figures.put(Figures(started, ended, min(bursts) / BURST_LINES * 1e6))


def log(lines: int) -> None:
    """Log lines such as a worker writes."""
    for number in range(lines):
        logger.info("message %d sent", number, extra={"queue": "messages", "attempt": 1})


def measure(way: str, processes: int) -> tuple[float, float]:
    """Give the lines a second of so many processes, and the microseconds that a line costs the thread that logs."""
    context = multiprocessing.get_context("spawn")
    together, figures = context.Barrier(processes), context.Queue()
    with tempfile.TemporaryDirectory() as folder:
        arguments = (way, Path(folder), together, figures)
        running = [context.Process(target=log_lines, args=arguments) for _ in range(processes)]
        for process in running:
            process.start()
        found = [figures.get() for _ in running]
        for process in running:
            process.join()
    seconds = max(each.ended for each in found) - min(each.started for each in found)
    return processes * LINES / seconds, min(each.microseconds_per_line for each in found)


def main() -> int:
    """Measure all ways in turn and print one line for each."""
    for processes in (1, 4):
        best: dict[str, tuple[float, float]] = {}
        for _ in range(ROUNDS):
            for way in WAYS:
                lines, microseconds = measure(way, processes)
                known = best.get(way, (0.0, float("inf")))
                best[way] = (max(known[0], lines), min(known[1], microseconds))
        print(f"{processes} process{'es' if processes > 1 else ''}")
        own_lines, own_microseconds = best["daily files"]
        for way, (lines, microseconds) in best.items():
            ratios = f"{own_lines / lines:5.2f} of its lines, {own_microseconds / microseconds:5.2f} of its time"
            print(f"  {way:24} {lines:8.0f} lines/s {microseconds:6.1f} us a line; daily files: {ratios}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
