"""Queue files before the collector starts: those that it could not open are put aside, others are left."""

from __future__ import annotations

import os
import random
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from anclora_otel.stack import Places, Toolbox, tools
from tests.wire.guarded_collector import COMMITTED, PROJECT, guarded_collector
from tests.wire.otlp_bytes import post

NAME = "exporter_otlp_http_loki_logs"
PAGE_BYTES = 4096
SEED = 7

Damage = Callable[[bytes], bytes]


def _seeded() -> random.Random:
    return random.Random(SEED)  # noqa: S311  a seed makes the test repeatable


def _flipped(count: int) -> Damage:
    def flip(data: bytes) -> bytes:
        places, changed = _seeded(), bytearray(data)
        for _ in range(count):
            changed[places.randrange(2 * PAGE_BYTES, len(changed))] ^= 1
        return bytes(changed)

    return flip


def _overwritten(start: int, text: bytes) -> Damage:
    return lambda data: data[:start] + text + data[start + len(text) :]


UNUSABLE: dict[str, Damage] = {
    "both meta pages are zero": _overwritten(0, bytes(2 * PAGE_BYTES)),
    "both meta pages are noise": _overwritten(0, _seeded().randbytes(2 * PAGE_BYTES)),
    "everything is noise": lambda data: _seeded().randbytes(len(data)),
    "everything behind the meta pages is zero": lambda data: data[: 2 * PAGE_BYTES] + bytes(len(data) - 2 * PAGE_BYTES),
    "pages of the tree are zero": _overwritten(2 * PAGE_BYTES, bytes(16 * PAGE_BYTES)),
    "half of it is cut off": lambda data: data[: len(data) // 2],
    "all but three pages is cut off": lambda data: data[: 3 * PAGE_BYTES],
    "all but a few bytes is cut off": lambda data: data[:100],
    "it is another file": lambda _: b"SQLite format 3\0" + bytes(2 * PAGE_BYTES),
    "thousands of bits are flipped": _flipped(4000),
}
USABLE: dict[str, Damage] = {
    "nothing": lambda data: data,
    "it is empty": lambda _: b"",
    "the first meta page is torn": _overwritten(0, bytes(PAGE_BYTES)),
    "the second meta page is torn": _overwritten(PAGE_BYTES, bytes(PAGE_BYTES)),
    "the last bytes are torn": lambda data: data[:-100],
}


@pytest.fixture(scope="module")
def queue(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """Give a queue as a killed collector leaves it."""
    folder = tmp_path_factory.mktemp("queue")
    with guarded_collector(folder, [COMMITTED / "config.yaml"]) as collector:
        for number in range(40):
            body = b'{"resourceLogs":[{"scopeLogs":[{"logRecords":[{"body":{"stringValue":"%s"}}]}]}]}'
            text = body % (b"%d " % number + b"x" * 30_000)
            assert post(collector.ports.otlp_http, "logs", text, content_type="application/json").taken
        collector.process.kill()
        collector.process.wait()
    return (folder / "queue" / NAME).read_bytes()


def _run(folder: Path, *command: str) -> subprocess.CompletedProcess[str]:
    program = Toolbox(Places.choose(PROJECT, os.environ).tools, PROJECT).executable(tools.QUEUE_CHECK)
    return subprocess.run(
        [str(program), str(folder), *command], capture_output=True, text=True, timeout=60, check=False
    )


@pytest.mark.parametrize("damage", UNUSABLE.values(), ids=UNUSABLE)
def test_unusable_queues_are_put_aside(tmp_path: Path, queue: bytes, damage: Damage) -> None:
    """A file that would end the collector is renamed as it is, which one line says, and the collector starts."""
    file, damaged = tmp_path / NAME, damage(queue)
    file.write_bytes(damaged)
    done = _run(tmp_path, "/bin/echo", "started")

    (aside,) = tmp_path.glob("*.corrupt-*")
    assert (done.returncode, done.stdout) == (0, "started\n")
    assert not file.exists()
    assert aside.read_bytes() == damaged
    (line,) = done.stderr.splitlines()
    assert line.startswith(f"queuecheck: {file} was corrupt (")
    assert f"put aside as {aside}; what waited in it is not sent" in line


@pytest.mark.parametrize("damage", USABLE.values(), ids=USABLE)
def test_usable_queues_are_left(tmp_path: Path, queue: bytes, damage: Damage) -> None:
    """A file that the collector opens stays as it is, without a word."""
    file, damaged = tmp_path / NAME, damage(queue)
    file.write_bytes(damaged)
    done = _run(tmp_path, "/bin/echo", "started")

    assert (done.returncode, done.stdout, done.stderr) == (0, "started\n", "")
    assert file.read_bytes() == damaged
    assert {each.name for each in tmp_path.iterdir()} == {NAME, "reserve"}


def test_a_queue_in_use_is_left(tmp_path: Path) -> None:
    """The files of a collector that runs are not touched."""
    with guarded_collector(tmp_path, [COMMITTED / "config.yaml"]) as collector:
        before = {each.name for each in (tmp_path / "queue").iterdir()}
        done = _run(tmp_path / "queue")

        assert collector.is_alive
        assert "is left as it is, it could not be looked at" in done.stderr
        assert {each.name for each in (tmp_path / "queue").iterdir()} == before | {"reserve"}


def test_what_has_no_meaning(tmp_path: Path) -> None:
    """A folder in the place of a file is put aside too; one that is put aside already stays; a wrong call is told."""
    (tmp_path / NAME).mkdir()
    (tmp_path / f"{NAME}.corrupt-20260101T000000.000Z").write_bytes(b"old")
    done = _run(tmp_path)
    program = Toolbox(Places.choose(PROJECT, os.environ).tools, PROJECT).executable(tools.QUEUE_CHECK)
    called = subprocess.run([str(program)], capture_output=True, text=True, check=False)

    assert "was corrupt (it is no file)" in done.stderr
    assert len(list(tmp_path.glob("*.corrupt-*"))) == 2
    assert (called.returncode, called.stderr) == (2, "usage: queuecheck FOLDER [COLLECTOR [ARGUMENT...]]\n")
