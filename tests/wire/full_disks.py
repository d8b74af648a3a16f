"""Disks that are full for a process, by the means that this machine has."""

from __future__ import annotations

import contextlib
import resource
import subprocess
from pathlib import Path


class SizeLimit:
    """The kernel's limit on the size of a process's files, which stands in for a full disk on every machine."""

    reason = "File too large"
    """What the kernel says."""

    def command(self, _folder: Path, *command: str) -> tuple[str, ...]:
        """Give the command that starts a program on the disk."""
        return command

    def seen_from_here(self, _process_id: int, folder: Path) -> Path:
        """Give the path by which the test sees the folder."""
        return folder

    def fill(self, process_id: int, _folder: Path) -> None:
        """Leave no room."""
        self._before = resource.prlimit(process_id, resource.RLIMIT_FSIZE, (100, resource.RLIM_INFINITY))

    def free(self, process_id: int, _folder: Path) -> None:
        """Make room again."""
        resource.prlimit(process_id, resource.RLIMIT_FSIZE, self._before)


class SmallDisk:
    """A disk of 1 MiB in memory, mounted for the program alone."""

    reason = "No space left on device"
    """What the kernel says."""

    def command(self, folder: Path, *command: str) -> tuple[str, ...]:
        """Give the command that starts a program on the disk."""
        mount = 'mount -t tmpfs -o size=1m tmpfs "$0" && exec "$@"'
        return ("unshare", "--map-root-user", "--mount", "sh", "-c", mount, str(folder), *command)

    def seen_from_here(self, process_id: int, folder: Path) -> Path:
        """Give the path by which the test sees the folder."""
        return Path(f"/proc/{process_id}/root{folder}")

    def fill(self, process_id: int, folder: Path) -> None:
        """Leave no room."""
        filler = self.seen_from_here(process_id, folder) / "filler"
        with filler.open("wb", buffering=0) as file, contextlib.suppress(OSError):
            while file.write(b"x" * 1024):
                pass

    def free(self, process_id: int, folder: Path) -> None:
        """Make room again."""
        (self.seen_from_here(process_id, folder) / "filler").unlink()

    def can_be_mounted(self) -> bool:
        """Say whether this machine lets the test mount one."""
        try:
            done = subprocess.run(self.command(Path("/tmp"), "true"), capture_output=True, check=False)
        except FileNotFoundError:
            return False
        return done.returncode == 0


FullDisk = SizeLimit | SmallDisk

FULL_DISKS: list[FullDisk] = [SizeLimit(), *([SmallDisk()] if SmallDisk().can_be_mounted() else [])]
"""All of them."""
