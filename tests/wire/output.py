"""Read what a program prints while it runs, so that it never waits for a full pipe."""

from __future__ import annotations

import subprocess
import threading


class Output:
    """
    The lines that a program has printed so far.

    Args:
        process: the program, started with its output in a pipe, which is read here alone from now on.

    """

    def __init__(self, process: subprocess.Popen[str]) -> None:
        assert process.stdout is not None
        self._stream, process.stdout = process.stdout, None
        self.lines: list[str] = []
        self._reading = threading.Thread(target=self._read, daemon=True)
        self._reading.start()

    def rest(self) -> list[str]:
        """Wait for the end of the program's output, and give all of it."""
        self._reading.join()
        return self.lines

    def _read(self) -> None:
        with self._stream:
            for line in self._stream:
                self.lines.append(line)
