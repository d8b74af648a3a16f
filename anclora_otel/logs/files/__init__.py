"""
Daily log files as JSON lines, written by any number of processes at once.

A folder holds ``anclora-DATE.log`` (every line), ``anclora-error-DATE.log`` (error and fatal) and
``anclora-http-DATE.log`` (requests), kept for 14, 30 and 7 days after their own; DATE is a day in UTC.
"""

from anclora_otel.logs.files.line_queue import Mark
from anclora_otel.logs.files.sink import FileCounts, FileSink

__all__ = ["FileCounts", "FileSink", "Mark"]
