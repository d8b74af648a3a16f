"""
Write numbered lines into a log file and rotate it as logrotate does, at the commands on standard input.

It knows nothing of telemetry: standard library, ``open`` and ``write``. Commands, one a line, each answered by
``done``: ``write COUNT``; ``rotate`` (rename and create; the file before is compressed one rotation later, as by
delaycompress); ``rotate-compress`` (rename and create, compressed at once).
"""

from __future__ import annotations

import gzip
import shutil
import sys
from datetime import datetime
from pathlib import Path


class NumberedLines:
    """A program that logs, and its logrotate."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self._stream = file.open("a", encoding="utf-8")
        self._number = 0
        self._rotations = 0

    def write(self, count: int) -> None:
        """Write further lines."""
        for _ in range(count):
            clock = datetime.now().astimezone().strftime("%Y-%m-%d %H:%M:%S,%f")[:-3]
            self._stream.write(f"{clock} INFO number {self._number}\n")
            self._number += 1
        self._stream.flush()

    def rotate(self, *, compress: bool) -> None:
        """Rename the files, the oldest first, create the live one anew, and compress what is due."""
        for number in range(self._rotations, 0, -1):
            packed = self._aside(number, ".gz")
            if packed.exists():
                packed.rename(self._aside(number + 1, ".gz"))
        if self._aside(1).exists():
            self._compress(self._aside(1).rename(self._aside(2)))
        self._file.rename(self._aside(1))
        self._rotations += 1
        self._stream.close()
        self._stream = self._file.open("x", encoding="utf-8")
        if compress:
            self._compress(self._aside(1))

    def _aside(self, number: int, ending: str = "") -> Path:
        return Path(f"{self._file}.{number}{ending}")

    def _compress(self, file: Path) -> None:
        with file.open("rb") as plain, gzip.open(f"{file}.gz", "wb") as packed:
            shutil.copyfileobj(plain, packed)
        file.unlink()


def main() -> None:
    """Do what the commands say."""
    lines = NumberedLines(Path(sys.argv[1]))
    for command in sys.stdin:
        name, *arguments = command.split()
        if name == "write":
            lines.write(int(arguments[0]))
        else:
            lines.rotate(compress=name == "rotate-compress")
        sys.stdout.write("done\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
