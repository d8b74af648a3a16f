"""The rules that follow from the catalogue."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from anclora_otel.catalogue.rules import render_legacy_rules, rendered_files

PROJECT = Path(__file__).parents[3]
CONTRACT = yaml.safe_load((PROJECT / "tests" / "contract" / "metrics.yaml").read_text())


@pytest.mark.parametrize("name", sorted(rendered_files()))
def test_committed_file_follows_from_the_catalogue(name: str) -> None:
    """A committed rules file is what the catalogue renders; `anclora-otel rules render` repairs it."""
    committed = (PROJECT / "rules" / name).read_text()

    assert rendered_files()[name] == committed


def test_legacy_names_are_those_of_the_contract() -> None:
    """The recording rules answer exactly the legacy names of the contract, by the metrics that it names."""
    groups = yaml.safe_load(render_legacy_rules())["groups"]
    recorded = {rule["record"]: rule["expr"] for group in groups for rule in group["rules"]}

    assert CONTRACT["legacy_names"] == recorded
