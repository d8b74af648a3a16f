"""Every alert fires on what it describes and stays quiet on what it does not: the tests that promtool runs."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.rules.narrowing import TESTS, alerts_of, committed_groups, needed_by, run_tests

DOCUMENTS: dict[str, dict[str, Any]] = {
    file.stem: yaml.safe_load(file.read_text()) for file in sorted(TESTS.glob("*.yaml")) if file.stem != "exemptions"
}
CASES = [(name, index) for name, document in DOCUMENTS.items() for index in range(len(document["tests"]))]


def _case_name(case: tuple[str, int]) -> str:
    return f"{case[0]}: {DOCUMENTS[case[0]]['tests'][case[1]]['name']}"


@pytest.mark.parametrize("case", CASES, ids=_case_name)
def test_alerts_behave(case: tuple[str, int], tmp_path: Path) -> None:
    """Promtool sees the alerts of a case fire, or stay quiet, as the case says."""
    document = DOCUMENTS[case[0]]
    test = document["tests"][case[1]]
    groups = needed_by(alerts_of(test), committed_groups())

    answer = run_tests({**document, "tests": [test]}, groups, tmp_path, "case")

    assert answer.returncode == 0, answer.stdout + answer.stderr
