"""Files of variables."""

from __future__ import annotations

from pathlib import Path

import pytest

from anclora_otel.errors import AncloraOtelError
from anclora_otel.settings.env_file import read_env_file


def test_lines_are_read(tmp_path: Path) -> None:
    """Values are read with and without quotes, comments and blank lines are passed over."""
    file = tmp_path / ".env.monitoring"
    file.write_text("# comment\n\nA=1\nexport B='two words'\nC=\"x#y\"\nD=z # comment\nE=\nF=a=b#c\n")

    assert read_env_file(file) == {"A": "1", "B": "two words", "C": "x#y", "D": "z", "E": "", "F": "a=b#c"}


def test_a_line_that_is_none(tmp_path: Path) -> None:
    """A line that is no variable is named by its number and never repeated."""
    file = tmp_path / "env"
    file.write_text("A=1\ns3cret\n")

    with pytest.raises(AncloraOtelError) as caught:
        read_env_file(file)

    assert str(caught.value) == f"{file}, line 2: expected NAME=value, or # and a comment"


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    """A missing file is one clear line."""
    with pytest.raises(AncloraOtelError, match=r"--env-file .*nowhere cannot be read \(No such file"):
        read_env_file(tmp_path / "nowhere")
