"""
Find how many cores a process may use: the quotas of its control groups, and its affinity.

Sources: the kernel's "Control Group v2" (cpu.max) and "CFS Bandwidth Control" (cpu.cfs_quota_us), and
proc_pid_mountinfo(5).
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path, PurePosixPath
from typing import NamedTuple


class _Mount(NamedTuple):
    """A hierarchy of control groups, as it is mounted here."""

    root: str
    folder: str


def cpu_limit(root: Path = Path("/")) -> float:
    """
    Give the number of cores that the process may use: the least of all quotas above it, and its affinity.

    Args:
        root: where ``proc`` and the mounts are looked for.

    """
    return min([*_quotas(root), float(_affinity())])


def _affinity() -> int:
    affinity = getattr(os, "sched_getaffinity", None)
    return len(affinity(0)) if affinity else os.cpu_count() or 1


def _quotas(root: Path) -> Iterator[float]:
    """Give the quotas of the process's own group and of every group above it, in both versions."""
    mounts = dict(_mounts(root))
    for line in _read(root / "proc/self/cgroup").splitlines():
        number, _, rest = line.partition(":")
        controllers, _, group = rest.partition(":")
        if number == "0" and not controllers and "cgroup2" in mounts:
            yield from _quotas_above(root, mounts["cgroup2"], group, _quota_v2)
        elif "cpu" in controllers.split(",") and "cpu" in mounts:
            yield from _quotas_above(root, mounts["cpu"], group, _quota_v1)


def _mounts(root: Path) -> Iterator[tuple[str, _Mount]]:
    for line in _read(root / "proc/self/mountinfo").splitlines():
        before, _, after = line.partition(" - ")
        fields, kind = before.split(), after.split()
        if len(fields) < 5 or len(kind) < 3:
            continue
        mount = _Mount(fields[3], fields[4])
        if kind[0] == "cgroup2":
            yield "cgroup2", mount
        elif kind[0] == "cgroup" and "cpu" in kind[2].split(","):
            yield "cpu", mount


def _quotas_above(root: Path, mount: _Mount, group: str, quota: Callable[[Path], float | None]) -> Iterator[float]:
    top = root / mount.folder.lstrip("/")
    folder = top / _below(group, mount.root)
    for level in (folder, *folder.parents):
        cores = quota(level)
        if cores is not None:
            yield cores
        if level == top:
            return


def _below(group: str, mounted: str) -> PurePosixPath:
    """Give the path of a group within a mount, which in a container shows a part of the hierarchy."""
    path = PurePosixPath(group)
    # With dots, the group is outside of what the namespace shows.
    if ".." in path.parts or not path.is_relative_to(mounted):
        return PurePosixPath()
    return path.relative_to(mounted)


def _quota_v2(folder: Path) -> float | None:
    return _cores(*_read(folder / "cpu.max").split()[:2])


def _quota_v1(folder: Path) -> float | None:
    return _cores(_read(folder / "cpu.cfs_quota_us").strip(), _read(folder / "cpu.cfs_period_us").strip())


def _cores(quota: str = "", period: str = "") -> float | None:
    """Give the quota in cores; None where there is none, which v2 writes as max and v1 as -1."""
    if not quota.isdecimal() or not period.isdecimal() or int(quota) == 0 or int(period) == 0:
        return None
    return int(quota) / int(period)


def _read(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8", errors="replace")
    except OSError:
        return ""
