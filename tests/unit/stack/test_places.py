"""The folders of a stack."""

from __future__ import annotations

from pathlib import Path

import pytest

from anclora_otel.errors import StackError
from anclora_otel.stack import places
from anclora_otel.stack.places import Places, find_project

PROJECT = Path(__file__).parents[3]


def test_project_is_found_from_within() -> None:
    """The project is found from any folder in it."""
    assert find_project(PROJECT / "tests" / "unit") == PROJECT


def test_missing_project_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where neither the folder nor the package lies in a checkout, the remedy is told."""
    monkeypatch.setattr(places, "__file__", str(tmp_path / "site" / "anclora_otel" / "stack" / "places.py"))

    with pytest.raises(StackError, match="or pass --project-dir"):
        find_project(tmp_path)


def test_folders_lie_in_the_project_unless_given(tmp_path: Path) -> None:
    """State and tools lie in the project, unless an argument or a variable says otherwise."""
    plain = Places.choose(tmp_path, {})
    moved = Places.choose(tmp_path, {"ANCLORA_TOOLS_DIR": str(tmp_path / "elsewhere")}, state=tmp_path / "own")

    assert (plain.state, plain.tools) == (tmp_path / ".state", tmp_path / ".tools")
    assert (moved.state, moved.tools) == (tmp_path / "own", tmp_path / "elsewhere")
