"""Read what the operating system and the allocator know of this process."""

from __future__ import annotations

import ctypes
import os
from collections.abc import Callable
from pathlib import Path

_PROC = Path("/proc")


def heap_used_bytes() -> float | None:
    """
    Give the bytes in use by the C heap (glibc's mallinfo2), else the private data of the process.

    Objects of up to 512 bytes are not in it: Python keeps them in arenas of its own, which glibc does not see.
    """
    if _mallinfo2 is not None:
        info = _mallinfo2()
        return float(info.uordblks + info.hblkhd)
    fields = _read("self/statm").split()
    return float(fields[5]) * _page_size() if len(fields) > 5 else None


def resident_memory_bytes() -> float | None:
    """Give the resident memory of the process."""
    fields = _read("self/statm").split()
    return float(fields[1]) * _page_size() if len(fields) > 1 else None


def start_time_seconds() -> float | None:
    """Give the Unix time at which the process started."""
    stat = _read("self/stat").rpartition(")")[2].split()
    boot = [line for line in _read("stat").splitlines() if line.startswith("btime ")]
    if not stat or not boot:
        return None
    return float(boot[0].split()[1]) + float(stat[19]) / os.sysconf("SC_CLK_TCK")


def open_files() -> float | None:
    """Give the number of open file descriptors."""
    try:
        # One of them is that of the folder while it is listed.
        return float(len(os.listdir(_PROC / "self" / "fd")) - 1)
    except OSError:
        return None


def _read(name: str) -> str:
    try:
        return (_PROC / name).read_text(encoding="ascii", errors="replace")
    except OSError:
        return ""


def _page_size() -> int:
    return os.sysconf("SC_PAGE_SIZE")


class _Mallinfo2(ctypes.Structure):
    _fields_ = [
        (name, ctypes.c_size_t)
        for name in (
            "arena",
            "ordblks",
            "smblks",
            "hblks",
            "hblkhd",
            "usmblks",
            "fsmblks",
            "uordblks",
            "fordblks",
            "keepcost",
        )
    ]


def _find_mallinfo2() -> Callable[[], _Mallinfo2] | None:
    try:
        function = ctypes.CDLL(None).mallinfo2
    except (OSError, AttributeError, TypeError):
        return None
    function.restype = _Mallinfo2
    found: Callable[[], _Mallinfo2] = function
    return found


_mallinfo2 = _find_mallinfo2()
