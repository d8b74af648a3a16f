"""Read back what stands in a folder of log files."""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from anclora_otel.logs.files.names import ALL, LogFileKind, LogFileName, parse_name


def file_names(folder: Path, kind: LogFileKind = ALL) -> list[LogFileName]:
    """
    Give the log files of a kind, the oldest first: those put aside by number, then the one written to.

    One that stands there twice, since a process ended while it compressed it, is given once.
    """
    read = [name for name in map(parse_name, (path.name for path in folder.iterdir())) if name and name.kind is kind]
    found = {(name.day, name.number): name for name in sorted(read, key=lambda name: name.compressed)}
    return sorted(found.values(), key=lambda name: (name.day, name.number or 10**9))


def content(folder: Path, name: LogFileName) -> bytes:
    """Give what stands in a log file."""
    raw = (folder / str(name)).read_bytes()
    return gzip.decompress(raw) if name.compressed else raw


def lines_of(folder: Path, kind: LogFileKind = ALL) -> Iterator[dict[str, Any]]:
    """Give all lines of a kind in the order of the files; each must be whole and valid JSON."""
    for name in file_names(folder, kind):
        text = content(folder, name)
        assert not text or text.endswith(b"\n"), f"{name} ends within a line: {text[-80:]!r}"
        for line in text.splitlines():
            yield json.loads(line)


def messages(folder: Path, kind: LogFileKind = ALL) -> list[str]:
    """Give the messages of all lines of a kind; none where there is no folder."""
    return [line["message"] for line in lines_of(folder, kind)] if folder.is_dir() else []
