"""
Measure what the watch of the event loop costs.

Run with ``python -m benchmarks.event_loop_lag``; takes four times ``--seconds``, 20 unless given. An idle loop in a
process of its own, with and without the watch; prints the share of one core that the watch takes, for asyncio and for
uvloop, and fails where it is 0.1 % or more.
"""

from __future__ import annotations

import argparse
import asyncio
import subprocess
import sys
import time
from collections.abc import Callable

LIMIT_PERCENT = 0.1
"""What the watch may take of one core."""


def new_loop(kind: str) -> asyncio.AbstractEventLoop:
    """Make a loop of ``asyncio`` or of ``uvloop``."""
    if kind == "asyncio":
        return asyncio.new_event_loop()
    import uvloop

    make: Callable[[], asyncio.AbstractEventLoop] = uvloop.new_event_loop
    return make()


def idle(kind: str, seconds: float, *, watched: bool) -> None:
    """Let a loop wait, and print the CPU seconds of the process meanwhile."""
    from anclora_otel.recorders.event_loop_lag import event_loop_lag

    loop = new_loop(kind)
    loop.run_until_complete(asyncio.sleep(0.1))
    before = time.process_time()
    if watched:
        event_loop_lag.watch(loop)
    loop.run_until_complete(asyncio.sleep(seconds))
    print(time.process_time() - before)


def measured(kind: str, seconds: float, *, watched: bool) -> float:
    """Give the CPU seconds that a process took with an idle loop."""
    command = [sys.executable, "-m", "benchmarks.event_loop_lag", "--idle", kind, "--seconds", str(seconds)]
    done = subprocess.run(
        [*command, *(["--watched"] if watched else [])],
        capture_output=True,
        text=True,
        timeout=seconds + 60,
        check=True,
    )
    return float(done.stdout)


def main() -> int:
    """Measure both kinds of loops."""
    parser = argparse.ArgumentParser(description="What the watch of the event loop costs.")
    parser.add_argument("--seconds", type=float, default=20.0, help="seconds that each loop waits")
    parser.add_argument("--idle", choices=("asyncio", "uvloop"), help=argparse.SUPPRESS)
    parser.add_argument("--watched", action="store_true", help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.idle:
        idle(arguments.idle, arguments.seconds, watched=arguments.watched)
        return 0
    worst = 0.0
    for kind in ("asyncio", "uvloop"):
        without = measured(kind, arguments.seconds, watched=False)
        watched = measured(kind, arguments.seconds, watched=True)
        percent = (watched - without) / arguments.seconds * 100
        worst = max(worst, percent)
        print(f"{kind:8} idle {without * 1000:6.2f} ms, watched {watched * 1000:6.2f} ms: {percent:.4f} % of one core")
    return 0 if worst < LIMIT_PERCENT else 1


if __name__ == "__main__":
    sys.exit(main())
