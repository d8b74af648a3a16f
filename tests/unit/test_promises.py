"""What the pages on reliability and security promise is what is tested and configured."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

PROJECT = Path(__file__).parents[2]
COLLECTOR = PROJECT / "collector"
RELIABILITY = (PROJECT / "docs" / "reliability.md").read_text(encoding="utf-8")
SECURITY = (PROJECT / "docs" / "security.md").read_text(encoding="utf-8")
PROOFS = re.findall(r"`(tests/[\w/.:]+)` \|$", RELIABILITY, re.MULTILINE)


def _load(name: str) -> dict[str, Any]:
    loaded: dict[str, Any] = yaml.safe_load((COLLECTOR / name).read_text(encoding="utf-8"))
    return loaded


def _leaves(value: object) -> Iterator[tuple[str, str]]:
    if isinstance(value, dict):
        for key, inner in value.items():
            if isinstance(inner, dict):
                yield from _leaves(inner)
            else:
                yield key, re.sub(r"\$\{env:\w+:-(.*)\}", r"\1", str(inner))


def test_every_promise_has_a_proof() -> None:
    """Each row of the page on reliability names one."""
    rows = [line for line in RELIABILITY.splitlines() if line.startswith("| ") and "| proof |" not in line]

    assert len(rows) == len(PROOFS) > 15


@pytest.mark.parametrize("proof", PROOFS)
def test_every_proof_is_there(proof: str) -> None:
    """The test that a promise names exists."""
    file, _, name = proof.partition("::")

    assert f"def {name or 'test_'}" in (PROJECT / file).read_text(encoding="utf-8")


def test_limits_are_those_of_the_collector() -> None:
    """The table of limits has every limit of the receivers, with its value."""
    table = dict(re.findall(r"^\| `(\w+)`[^|]*\| (\S+) \|", SECURITY, re.MULTILINE))
    configured = dict(_leaves(_load("config.yaml")["receivers"]["otlp"]["protocols"]))
    del configured["endpoint"]

    assert configured == table


def test_the_token_is_asked_for_beside_what_there_is() -> None:
    """Lists replace each other when files are merged: the extensions with the token repeat those without it."""
    extensions = _load("config.yaml")["service"]["extensions"]

    assert [*extensions, "bearertokenauth"] == _load("auth.yaml")["service"]["extensions"]


@pytest.mark.parametrize(("file", "setting"), [("auth.yaml", "auth"), ("tls.yaml", "tls")])
def test_both_protocols_are_guarded_alike(file: str, setting: str) -> None:
    """What gRPC asks of a sender, HTTP asks too."""
    protocols = _load(file)["receivers"]["otlp"]["protocols"]

    assert set(protocols) == {"grpc", "http"}
    assert protocols["grpc"][setting] == protocols["http"][setting]
