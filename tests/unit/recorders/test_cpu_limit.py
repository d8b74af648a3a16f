"""How many cores a process may use, in containers and out of them."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from anclora_otel.recorders.cpu_limit import cpu_limit

CORES = float(len(os.sched_getaffinity(0)))
V2_MOUNT = "31 23 0:26 {root} /sys/fs/cgroup ro,nosuid shared:9 - cgroup2 cgroup2 rw,nsdelegate"
V1_MOUNT = "32 31 0:29 {root} /sys/fs/cgroup/cpu,cpuacct ro - cgroup cgroup rw,cpu,cpuacct"
OTHER_MOUNTS = """\
23 28 0:21 / /proc rw,nosuid - proc proc rw
33 31 0:30 / /sys/fs/cgroup/cpuset ro - cgroup cgroup rw,cpuset
34 31 0:31 / /sys/fs/cgroup/memory ro - cgroup cgroup rw,memory
"""


def host(root: Path, cgroup: str, mount: str, files: dict[str, str]) -> Path:
    """Lay out what a process sees of its control groups."""
    write(root, "proc/self/cgroup", cgroup)
    write(root, "proc/self/mountinfo", f"{OTHER_MOUNTS}{mount}\n")
    for name, text in files.items():
        write(root, f"sys/fs/cgroup/{name}", text)
    return root


def write(root: Path, name: str, text: str) -> None:
    """Write a file with the folders above it."""
    path = root / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)


V2 = [
    ("0::/\n", "/", {"cpu.max": "50000 100000\n"}, 0.5),
    ("0::/\n", "/", {"cpu.max": "max 100000\n"}, CORES),
    ("0::/\n", "/", {}, CORES),
    ("0::/\n", "/", {"cpu.max": "garbage\n"}, CORES),
    ("0::/\n", "/", {"cpu.max": ""}, CORES),
    ("0::/\n", "/", {"cpu.max": "0 100000\n"}, CORES),
    ("0::/app.slice/web.service\n", "/", {"app.slice/web.service/cpu.max": "25000 100000"}, 0.25),
    (
        "0::/app.slice/web.service\n",
        "/",
        {"app.slice/web.service/cpu.max": "max 100000", "app.slice/cpu.max": "30000 100000"},
        0.3,
    ),
    (
        "0::/app.slice/web.service\n",
        "/",
        {"app.slice/web.service/cpu.max": "90000 100000", "app.slice/cpu.max": "30000 100000"},
        0.3,
    ),
    ("0::/docker/abc\n", "/docker/abc", {"cpu.max": "70000 100000"}, 0.7),
    ("0::/docker/abc/inner\n", "/docker/abc", {"inner/cpu.max": "60000 100000"}, 0.6),
    ("0::/../../other\n", "/", {"cpu.max": "50000 100000"}, 0.5),
    ("0::/\n", "/", {"cpu.max": "6400000 100000\n"}, CORES),
]

V1 = [
    ("4:cpu,cpuacct:/\n", "/", ("", "50000"), 0.5),
    ("4:cpu,cpuacct:/\n", "/", ("", "-1"), CORES),
    ("4:cpuacct,cpu:/user.slice\n3:cpuset:/\n0::/\n", "/", ("user.slice/", "20000"), 0.2),
    ("4:cpu,cpuacct:/docker/abc\n", "/docker/abc", ("", "70000"), 0.7),
    ("4:cpu,cpuacct:/kubepods/pod1/c1\n", "/", ("kubepods/pod1/", "40000"), 0.4),
    ("3:cpuset:/\n", "/", ("", "50000"), CORES),
]


@pytest.mark.parametrize(("cgroup", "mounted", "files", "expected"), V2)
def test_version_2(tmp_path: Path, cgroup: str, mounted: str, files: dict[str, str], expected: float) -> None:
    """The least quota of the process's group and of those above it; the affinity where there is none."""
    root = host(tmp_path, cgroup, V2_MOUNT.format(root=mounted), files)

    assert cpu_limit(root) == pytest.approx(min(expected, CORES))


@pytest.mark.parametrize(("cgroup", "mounted", "quota", "expected"), V1)
def test_version_1(tmp_path: Path, cgroup: str, mounted: str, quota: tuple[str, str], expected: float) -> None:
    """The same in the older hierarchy, where each controller has a mount of its own."""
    files = {
        f"cpu,cpuacct/{quota[0]}cpu.cfs_quota_us": f"{quota[1]}\n",
        f"cpu,cpuacct/{quota[0]}cpu.cfs_period_us": "100000\n",
    }
    root = host(tmp_path, cgroup, V1_MOUNT.format(root=mounted), files)

    assert cpu_limit(root) == pytest.approx(min(expected, CORES))


def test_without_control_groups(tmp_path: Path) -> None:
    """Where nothing can be read, the affinity holds."""
    assert cpu_limit(tmp_path) == CORES


def test_this_host() -> None:
    """Quota or affinity, whichever is less."""
    assert 0 < cpu_limit() <= CORES
