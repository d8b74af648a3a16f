"""Who listens on a port, as Linux tells it under /proc."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from pathlib import Path

_PROC = Path("/proc")
_LISTEN_STATE = "0A"


def port_owner(port: int) -> str | None:
    """
    Name the process that listens on a TCP port of this machine.

    Returns:
        For example ``redis-server (pid 812)``, or `None` where nobody does or it cannot be seen.

    """
    inodes = set(_listening_inodes(port))
    if not inodes:
        return None
    for process in _PROC.iterdir():
        if process.name.isdigit() and inodes & set(_socket_inodes(process)):
            return f"{_name(process)} (pid {process.name})"
    return None


def named_owner(port: int) -> str:
    """Name who holds a TCP port of this machine, for a message; also where it cannot be seen."""
    return port_owner(port) or "a process that this user may not see"


def _listening_inodes(port: int) -> Iterator[str]:
    suffix = f":{port:04X}"
    for table in ("tcp", "tcp6"):
        with contextlib.suppress(OSError):
            for line in (_PROC / "net" / table).read_text().splitlines()[1:]:
                columns = line.split()
                if columns[1].endswith(suffix) and columns[3] == _LISTEN_STATE:
                    yield columns[9]


def _socket_inodes(process: Path) -> Iterator[str]:
    with contextlib.suppress(OSError):
        for descriptor in (process / "fd").iterdir():
            with contextlib.suppress(OSError):
                target = str(descriptor.readlink())
                if target.startswith("socket:["):
                    yield target[len("socket:[") : -1]


def _name(process: Path) -> str:
    try:
        return (process / "comm").read_text().strip()
    except OSError:
        return "a process"
