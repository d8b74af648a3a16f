"""One process at a time, as long as the lock file bears its name."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest

from anclora_otel.logs.files.lock import FolderLock


def test_the_folder_is_made_for_its_owner_alone(tmp_path: Path) -> None:
    """The lock file and every folder above it are made when they are needed."""
    path = tmp_path / "a" / "b" / "lock"

    with FolderLock(path, 1.0).held():
        assert path.parent.stat().st_mode & 0o777 == 0o700
        assert path.stat().st_mode & 0o777 == 0o600


def test_a_lock_that_is_held_too_long_is_an_error_that_says_so(tmp_path: Path) -> None:
    """Nobody waits for ever for a process that was stopped."""
    path = tmp_path / "lock"

    with FolderLock(path, 1.0).held(), pytest.raises(TimeoutError) as raised, FolderLock(path, 0.01).held():
        pass
    assert (raised.value.strerror, raised.value.filename) == ("another process has held it for 0.01 s", str(path))
    with FolderLock(path, 0.01).held():
        pass


def test_who_waits_gets_the_lock(tmp_path: Path) -> None:
    """It is passed on when its holder is done."""
    path, events = tmp_path / "lock", list[str]()

    def wait() -> None:
        with FolderLock(path, 60.0).held():
            events.append("second")

    with FolderLock(path, 1.0).held():
        waiting = threading.Thread(target=wait)
        waiting.start()
        events.append("first")
    waiting.join()

    assert events == ["first", "second"]


def test_a_removed_lock_file_is_no_lock(tmp_path: Path) -> None:
    """Whoever waited for a file that was removed takes the one that has its name now."""
    path = tmp_path / "lock"
    lock = FolderLock(path, 60.0)
    acquired = threading.Event()

    def wait() -> None:
        with lock.held():
            acquired.set()

    with FolderLock(path, 1.0).held():
        waiting = threading.Thread(target=wait)
        waiting.start()
        path.unlink()
        assert acquired.wait(60)
    waiting.join()

    assert path.exists()


def test_a_removed_folder_is_made_again_and_that_is_said_once(tmp_path: Path, said: pytest.LogCaptureFixture) -> None:
    """Removing the folder of a running service is a mistake worth a line."""
    lock = FolderLock(tmp_path / "logs" / "lock", 1.0)
    for _ in range(3):
        with lock.held():
            pass
        (tmp_path / "logs" / "lock").unlink()
        (tmp_path / "logs").rmdir()

    line = (
        f"log folder {tmp_path / 'logs'} was removed with all its files: it is made again; leave it to the service, "
        "which removes old files itself (said once; later ones are counted)"
    )
    assert [message for message in said.messages if "was removed" in message] == [line]
