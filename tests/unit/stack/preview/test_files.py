"""The dashboards of a folder, and what is said of files that are none."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from anclora_otel.errors import StackError
from anclora_otel.stack.preview import Dashboards
from tests.dashboard_files import DASHBOARDS, FOLDER

BROKEN = {
    "no JSON": ('{"uid": "a",\n "title": }', "broken.json, line 2: no JSON"),
    "a list": ("[]", "broken.json is no dashboard: expected an object, got a list"),
    "no panels": ('{"uid": "a", "title": "A"}', "broken.json is no dashboard of Grafana: panels is missing"),
    "another format": ('{"apiVersion": "dashboard.grafana.app/v2"}', "no dashboard of Grafana: uid is missing"),
    "no UTF-8": ("\udcff", "broken.json: no UTF-8"),
}
"""What stands in the file, and what the line says."""


def test_the_committed_ones() -> None:
    """All of them, the overview first."""
    found, problems = Dashboards(FOLDER).all()

    assert next(iter(found)) == "anclora-overview"
    assert set(found) == {dashboard["uid"] for dashboard in DASHBOARDS.values()}
    assert problems == []


@pytest.mark.parametrize("name", BROKEN)
def test_a_broken_file_is_one_line(tmp_path: Path, name: str) -> None:
    """The file, the line where there is one, and what is wrong."""
    text, expected = BROKEN[name]
    (tmp_path / "broken.json").write_bytes(text.encode(errors="surrogateescape"))
    with pytest.raises(StackError) as caught:
        Dashboards(tmp_path).check()

    (line,) = str(caught.value).splitlines()
    assert expected in line


def test_a_uid_belongs_to_one_dashboard(tmp_path: Path) -> None:
    """The second file of the same uid is named; the first one is there."""
    for name in ("one", "two"):
        (tmp_path / f"{name}.json").write_text(json.dumps(DASHBOARDS["queue"]))
    found, problems = Dashboards(tmp_path).all()

    assert list(found) == ["anclora-queue"]
    assert "two.json: the uid anclora-queue is another dashboard's" in problems[0]


def test_an_empty_folder(tmp_path: Path) -> None:
    """It is said how dashboards come there."""
    with pytest.raises(StackError, match="has no dashboard: run: anclora-otel dashboards render"):
        Dashboards(tmp_path).check()
