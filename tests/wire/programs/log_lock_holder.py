"""
Stop while holding the lock of a folder of log files, as a process does that is stopped while it writes.

Usage: log_lock_holder.py FOLDER
"""

import logging
import os
import signal
import sys
import time
from pathlib import Path

from anclora_otel.logs.files import FileSink


def stop_and_tell() -> float:
    """Stop this process; the clock is asked under the lock."""
    if not stopped:
        stopped.append(True)
        os.kill(os.getpid(), signal.SIGSTOP)
        # Another thread takes the signal: this one must not leave the lock before it is stopped, too.
        time.sleep(2)
    return time.time()


stopped: list[bool] = []
sink = FileSink(Path(sys.argv[1]), 1_000_000, "holder", clock=stop_and_tell)
sink.emit(logging.makeLogRecord({"name": "holder", "levelno": logging.INFO, "msg": "goes on"}))
sys.exit(not sink.finish(sink.end(), 200))
