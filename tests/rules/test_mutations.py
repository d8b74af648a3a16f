"""The tests of the rules notice when a rule is changed: every mutant that means something else is killed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from functools import cache
from pathlib import Path
from typing import Any, TypeGuard

import promql_parser
import pytest
import yaml

from anclora_otel.catalogue.alerts.durations import milliseconds
from tests.rules.batching import CONTROL, killed
from tests.rules.mutations import Mutant, mutants, written
from tests.rules.narrowing import TESTS, committed_groups, key_of, needed_by, promtool
from tests.rules.templates import MUTATED_ALTERNATIVES, alternatives, condition, is_mutated, labelled_as
from tests.rules.test_rules import DOCUMENTS

SURVIVORS: dict[str, dict[str, str]] = yaml.safe_load((TESTS / "survivors.yml").read_text())
"""Mutants that no test can or need kill: by rule and change, the reason."""

Judged = Mapping[str, Future[set[str]]]

PROCESSES = 2


@cache
def _read_by_alerts() -> list[str]:
    groups = committed_groups()
    everything = needed_by({rule["alert"] for group in groups for rule in group["rules"] if "alert" in rule}, groups)
    return [key for group in everything for rule in group["rules"] if is_mutated(key := key_of(rule))]


def _expression(key: str) -> str:
    return next(str(rule["expr"]) for group in committed_groups() for rule in group["rules"] if key_of(rule) == key)


def _mutants(key: str) -> list[Mutant]:
    """Give the mutants of a rule; where it repeats one alternative, those of the first and without each."""
    if key not in MUTATED_ALTERNATIVES:
        return list(mutants(_expression(key)))
    expression = _expression(key)
    every = alternatives(condition(expression))
    changed = [Mutant(mutant.change, " or ".join((mutant.expression, *every[1:]))) for mutant in mutants(every[0])]
    for number, dropped in enumerate(every):
        left = " or ".join(text for text in every if text != dropped)
        changed.append(Mutant(f"alternative {number} dropped", left))
    return [Mutant(mutant.change, labelled_as(expression, mutant.expression)) for mutant in changed]


@cache
def _alerts_reading(key: str) -> frozenset[str]:
    groups = committed_groups()
    if ":" not in key:
        return frozenset({key.partition(" ")[0]})
    alerts = {rule["alert"] for group in groups for rule in group["rules"] if "alert" in rule}
    return frozenset(
        alert
        for alert in alerts
        if any(key_of(rule) == key for group in needed_by({alert}, groups) for rule in group["rules"])
    )


def _stages(alerts: frozenset[str]) -> list[dict[str, Any]]:
    """Give the tests of these alerts one by one: those that fire first, since they kill most, and short ones first."""
    stages: list[dict[str, Any]] = []
    for document in DOCUMENTS.values():
        for test in document["tests"]:
            checks = [check for check in test["alert_rule_test"] if check["alertname"] in alerts]
            if checks:
                # A mutant that one test killed is not there in the next.
                stages.append({**document, "tests": [{**test, "alert_rule_test": checks}]})
    return sorted(stages, key=lambda document: (not _fires(document), _evaluations(document)))


def _fires(document: dict[str, Any]) -> bool:
    return any(check.get("exp_alerts") for check in document["tests"][0]["alert_rule_test"])


def _evaluations(document: dict[str, Any]) -> float:
    until = max(milliseconds(str(check["eval_time"])) for check in document["tests"][0]["alert_rule_test"])
    return until / milliseconds(str(document["evaluation_interval"]))


def _survivors(key: str, folder: Path) -> set[str]:
    """Give the mutants of a rule that no test kills."""
    expression = written(_expression(key))
    alive = dict(enumerate(_mutants(key), CONTROL + 1))
    for number, document in enumerate(_stages(_alerts_reading(key))):
        if not alive:
            break
        expressions = {CONTROL: expression} | {number: mutant.expression for number, mutant in alive.items()}
        dead = killed(
            document, key, expressions, committed_groups(), folder / f"{_read_by_alerts().index(key)}-{number}"
        )
        alive = {number: mutant for number, mutant in alive.items() if number not in dead}
    return {mutant.change for mutant in alive.values()}


@pytest.fixture(scope="module")
def judged(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Judged]:
    """Judge the rules that this run asks for, two at a time, and give the survivors of each."""
    asked = {item.callspec.params["key"] for item in request.session.items if _asks_for_mutants(item)}
    folder = tmp_path_factory.mktemp("mutants")
    pool = ThreadPoolExecutor(PROCESSES)
    yield {key: pool.submit(_survivors, key, folder) for key in _read_by_alerts() if key in asked}
    pool.shutdown(cancel_futures=True)


def _asks_for_mutants(item: pytest.Item) -> TypeGuard[pytest.Function]:
    return isinstance(item, pytest.Function) and item.originalname == "test_mutants_of_a_rule_are_killed"


@pytest.mark.parametrize("key", _read_by_alerts())
def test_mutants_of_a_rule_are_killed(key: str, judged: Judged) -> None:
    """Each mutant of a rule is killed by a test, or is listed with the reason why it need not be."""
    assert judged[key].result() == set(SURVIVORS.get(key, {}))


def test_the_mutants_are_counted(judged: Judged, capsys: pytest.CaptureFixture[str]) -> None:
    """The run says how many mutants there were, how many were killed and how many are listed as survivors."""
    made = sum(len(_mutants(key)) for key in judged)
    alive = sum(len(answer.result()) for answer in judged.values())
    listed = sum(len(SURVIVORS.get(key, {})) for key in judged)
    with capsys.disabled():
        print(f"\nmutants: {made}, killed {made - alive}, listed survivors {listed}")  # noqa: T201

    assert alive == listed


def test_every_listed_survivor_is_a_mutant_with_a_reason() -> None:
    """The list of survivors names mutants that exist, of rules that exist, each with a reason."""
    for key, reasons in SURVIVORS.items():
        assert key in _read_by_alerts()
        assert set(reasons) <= {mutant.change for mutant in _mutants(key)}
        assert all(reasons.values())


@pytest.mark.parametrize("key", _read_by_alerts())
def test_unchanged_expression_means_the_same(key: str) -> None:
    """What writes mutants writes an unchanged expression so that it parses to the same tree."""
    expression = _expression(key)

    assert promql_parser.parse(written(expression)).prettify() == promql_parser.parse(expression).prettify()


def test_a_mutant_is_a_valid_rule(tmp_path: Path) -> None:
    """Promtool accepts every mutant, so that none is killed by being no PromQL at all."""
    rules = [
        {"record": f"m:{number}", "expr": mutant.expression}
        for number, mutant in enumerate(
            mutant for group in committed_groups() for rule in group["rules"] for mutant in mutants(rule["expr"])
        )
    ]
    file = tmp_path / "mutants.yaml"
    file.write_text(yaml.safe_dump({"groups": [{"name": "mutants", "rules": rules}]}))

    answer = promtool("check", "rules", "--lint=none", str(file))

    assert answer.returncode == 0, answer.stdout + answer.stderr
