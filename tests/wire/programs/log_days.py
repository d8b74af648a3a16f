"""
Write lines while a day ends: the clock stands on the first day until a file is there, then on the second.

It prints the day of its first line, that of its first line on the second day, and in the end what became of all.

Usage: log_days.py FOLDER NAME FLAGS
"""

import logging
import sys
from datetime import datetime, timezone
from pathlib import Path

from anclora_otel.logs.files import FileSink

folder, name, flags = Path(sys.argv[1]), sys.argv[2], Path(sys.argv[3])
days = [datetime(2026, 3, day, 12, tzinfo=timezone.utc).timestamp() for day in (1, 2)]
sink = FileSink(folder, 65_536, name, clock=lambda: days[(flags / "second day").exists()])
number = 0
told = ""
while not (flags / "end").exists():
    day = "second" if (flags / "second day").exists() else "first"
    for _ in range(100):
        number += 1
        sink.emit(logging.makeLogRecord({"name": name, "levelno": logging.INFO, "msg": str(number)}))
    if sink.finish(sink.mark(), 200) and day != told:
        print(day, flush=True)  # noqa: T201 - the test reads it
        told = day
finished = sink.finish(sink.end(), 200)
print(number, finished, sink.counts().dropped)  # noqa: T201
