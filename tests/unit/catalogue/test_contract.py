"""The catalogue against the contract: names, kinds, units, labels, values, buckets, budgets, recorders."""

from __future__ import annotations

import ast
import copy
import inspect
import itertools
import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest
import yaml

import anclora_otel
from anclora_otel.catalogue import (
    BY_NAME,
    DOMAINS,
    LEGACY_NAMES,
    METRICS,
    SISTERS,
    Label,
    Metric,
    initial_label_values,
    initial_metrics,
)
from anclora_otel.catalogue.labels import DEFAULT_SERIES_PER_METRIC

Contract = dict[str, Any]
Mutation = Callable[[Contract, dict[str, Any]], bool]

CONTRACT_FOLDER = Path(__file__).parents[2] / "contract"
CONTRACT: Contract = yaml.safe_load((CONTRACT_FOLDER / "metrics.yaml").read_text(encoding="utf-8"))

# The contract has several closed sets for one label key; these say which belongs to which metric.
ENTRIES = {
    ("anclora.analytics.handoffs", "reason"): "handoff_reason",
    ("anclora.redis.operations", "status"): "redis_status",
    ("anclora.business.appointments.scheduled", "type"): "appointment_type",
    ("anclora.telemetry.items", "reason"): "drop_reason",
    ("anclora.telemetry.label.violations", "reason"): "violation_reason",
}
READ_AT_COLLECTION = {"runtime"}
"""Domains whose counters are read at each collection, so that they need no zero to begin with."""


def differences(contract: Contract, domains: Mapping[str, Sequence[Metric]]) -> list[str]:
    """Say in one line each where the code's catalogue is not what the contract says."""
    found = []
    for domain in [*contract["metrics"], *(set(domains) - set(contract["metrics"]))]:
        wanted = {entry["otel"]: entry for entry in contract["metrics"].get(domain, ())}
        present = {metric.name: metric for metric in domains.get(domain, ())}
        found += [f"{name}: not in domain {domain} of the code" for name in wanted if name not in present]
        found += [f"{name}: not in domain {domain} of the contract" for name in present if name not in wanted]
        for name in [name for name in wanted if name in present]:
            lines = _metric_differences(contract, wanted[name], present[name])
            found += [f"{name}: {line}" for line in lines]
    return found


def _metric_differences(contract: Contract, wanted: dict[str, Any], metric: Metric) -> Iterator[str]:
    for what, expected, actual in (
        ("prometheus", wanted["prometheus"], metric.prometheus_name),
        ("kind", wanted["kind"], metric.kind.value),
        ("unit", wanted["unit"], metric.unit),
        ("labels", tuple(wanted["labels"]), metric.label_keys),
        ("buckets", tuple(wanted.get("buckets", ())), metric.buckets),
        ("series budget", contract["label_budgets"]["default_series_per_metric"], DEFAULT_SERIES_PER_METRIC),
    ):
        if expected != actual:
            yield f"{what} is {actual!r}, the contract says {expected!r}"
    for label in metric.labels:
        yield from _label_differences(contract, metric, label)


def _label_differences(contract: Contract, metric: Metric, label: Label) -> Iterator[str]:
    entry_name = ENTRIES.get((metric.name, label.key), label.key)
    if metric.name.startswith("http."):
        return
    entry = contract["labels"].get(entry_name)
    if entry is None or entry.get("label", entry_name) != label.key:
        yield f"label {label.key} has no entry in the contract"
        return
    values = tuple(str(value) for value in entry["closed"]) if "closed" in entry else None
    fallback = "unknown" if label.key == "error_type" else "other"
    for what, expected, actual in (
        ("values", values, label.values),
        ("budget", contract["label_budgets"].get(label.key), label.budget),
        ("fallback", fallback if values is None or fallback in values else None, label.fallback),
    ):
        if expected != actual:
            yield f"{what} of {label.key} is {actual!r}, the contract says {expected!r}"


def test_catalogue_is_the_contract() -> None:
    """Code and contract agree on every metric."""
    found = differences(CONTRACT, DOMAINS)

    assert found == []


def test_order_is_the_contracts() -> None:
    """Domains and metrics stand in the order of the contract, so that the reference reads like it."""
    expected = [(domain, [entry["otel"] for entry in entries]) for domain, entries in CONTRACT["metrics"].items()]

    assert expected == [(domain, [metric.name for metric in metrics]) for domain, metrics in DOMAINS.items()]


def _change(key: str, value: object) -> Mutation:
    def mutate(_: Contract, entry: dict[str, Any]) -> bool:
        entry[key] = value
        return True

    return mutate


def _edit_list(key: str, edit: Callable[[list[Any]], None], at_least: int) -> Mutation:
    def mutate(_: Contract, entry: dict[str, Any]) -> bool:
        if len(entry.get(key, ())) < at_least:
            return False
        edit(entry[key])
        return True

    return mutate


def _edit_values(edit: Callable[[list[Any]], None]) -> Mutation:
    def mutate(contract: Contract, entry: dict[str, Any]) -> bool:
        for key in entry["labels"]:
            label = contract["labels"].get(ENTRIES.get((entry["otel"], key), key), {})
            if "closed" in label:
                edit(label["closed"])
                return True
        return False

    return mutate


def _change_budget(contract: Contract, entry: dict[str, Any]) -> bool:
    for key in entry["labels"]:
        if key in contract["label_budgets"]:
            contract["label_budgets"][key] += 1
            return True
    return False


def _change_series_budget(contract: Contract, _: dict[str, Any]) -> bool:
    contract["label_budgets"]["default_series_per_metric"] += 1
    return True


def _move_domain(contract: Contract, entry: dict[str, Any]) -> bool:
    for entries in contract["metrics"].values():
        if entry in entries:
            entries.remove(entry)
    contract["metrics"]["elsewhere"] = [entry]
    return True


def _remove(contract: Contract, entry: dict[str, Any]) -> bool:
    for entries in contract["metrics"].values():
        if entry in entries:
            entries.remove(entry)
    return True


MUTATIONS: dict[str, Mutation] = {
    "name changed": lambda _, entry: bool(entry.update(otel=entry["otel"] + ".changed") or True),
    "prometheus name changed": _change("prometheus", "changed"),
    "unit changed": _change("unit", "{changed}"),
    "kind changed": _change("kind", "changed"),
    "label dropped": _edit_list("labels", lambda labels: labels.pop(), 1),
    "label added": _edit_list("labels", lambda labels: labels.append("changed"), 0),
    "labels reordered": _edit_list("labels", lambda labels: labels.reverse(), 2),
    "value dropped": _edit_values(lambda values: values.pop(0)),
    "value added": _edit_values(lambda values: values.append("changed")),
    "values reordered": _edit_values(lambda values: values.reverse()),
    "bucket changed": _edit_list("buckets", lambda buckets: buckets.__setitem__(0, buckets[0] / 2), 1),
    "bucket dropped": _edit_list("buckets", lambda buckets: buckets.pop(), 1),
    "bucket added": _edit_list("buckets", lambda buckets: buckets.append(math.inf), 1),
    "budget changed": _change_budget,
    "series budget changed": _change_series_budget,
    "domain changed": _move_domain,
    "metric removed": _remove,
}


@pytest.mark.parametrize("mutation", MUTATIONS)
def test_every_mutation_of_the_contract_is_noticed(mutation: str) -> None:
    """Whatever changes in a metric of the contract, the comparison names that metric."""
    tried = 0
    for name in BY_NAME:
        contract = copy.deepcopy(CONTRACT)
        entry = next(entry for entry in itertools.chain(*contract["metrics"].values()) if entry["otel"] == name)
        if not MUTATIONS[mutation](contract, entry):
            continue
        tried += 1

        assert any(line.startswith(f"{name}: ") for line in differences(contract, DOMAINS)), name

    assert tried > 0


def test_metric_that_only_the_contract_has_is_noticed() -> None:
    """A metric added to the contract is named until the code has it."""
    contract = copy.deepcopy(CONTRACT)
    contract["metrics"]["queue"].append({**contract["metrics"]["queue"][0], "otel": "anclora.queue.added"})

    assert differences(contract, DOMAINS) == ["anclora.queue.added: not in domain queue of the code"]


def test_series_that_only_the_code_has_are_noticed() -> None:
    """Each metric of the code is named when the contract does not know it."""
    lines = differences({**CONTRACT, "metrics": {}}, DOMAINS)

    assert len(METRICS) == len(lines)


def test_sisters_are_the_contracts() -> None:
    """The families of metrics whose series come into being together are those of the contract."""
    families = [[metric.name for metric in family] for family in SISTERS]

    assert CONTRACT["sisters"] == families


def test_legacy_names_are_the_contracts() -> None:
    """The names of the Node.js service are answered by the metrics that the contract names."""
    answered = {old: metric.prometheus_name for old, metric in LEGACY_NAMES.items()}

    assert CONTRACT["legacy_names"] == answered


def test_labels_of_the_contract_are_all_used() -> None:
    """Every label that the contract lists occurs in a metric of the code."""
    used = {ENTRIES.get((metric.name, key), key) for metric in METRICS for key in metric.label_keys}

    assert set() == set(CONTRACT["labels"]) - used


def _initial_series_count(entry: dict[str, Any]) -> int:
    count = 1
    for key in entry["labels"]:
        label = CONTRACT["labels"].get(ENTRIES.get((entry["otel"], key), key), {})
        known_values = 1 if key in {"queue", "campaign_id"} else 0
        count *= len(label.get("closed", ())) or known_values
    return count


def test_small_counters_start_at_zero() -> None:
    """Exactly the counters of at most 20 series start at zero, all series that their closed sets give."""
    expected = {
        entry["otel"]: _initial_series_count(entry)
        for domain, entries in CONTRACT["metrics"].items()
        for entry in entries
        if entry["kind"] == "counter" and domain not in READ_AT_COLLECTION
        if 0 < _initial_series_count(entry) <= 20
    }
    initial = initial_metrics(frozenset(DOMAINS))

    assert expected == {metric.name: len(set(initial_label_values(metric))) for metric in initial}


def test_analytics_bring_high_value_sales() -> None:
    """A process that only uses analytics has the counter of high-value sales at zero, too."""
    assert BY_NAME["anclora.business.high_value.sales"] in initial_metrics(frozenset({"analytics"}))


RECORDERS = [(domain, text.split("#")[0].strip()) for domain, texts in CONTRACT["recorders"].items() for text in texts]


@pytest.mark.parametrize(("domain", "text"), RECORDERS, ids=[text for _, text in RECORDERS])
def test_recorder_has_the_contracts_signature(domain: str, text: str) -> None:
    """A recorder takes what the contract says, in that order; one of the queue also takes its name."""
    tree = ast.parse(f"def {text}: ...").body[0]
    assert isinstance(tree, ast.FunctionDef)
    namespace: dict[str, Any] = {}
    exec(f"def {text}: ...", namespace)  # noqa: S102  text of the contract, which stands beside this test
    expected = inspect.signature(namespace[tree.name]).parameters
    actual = dict(inspect.signature(getattr(anclora_otel, tree.name)).parameters)
    if domain == "queue" and tree.name != "observe_queue":
        assert actual.pop("queue").kind is inspect.Parameter.KEYWORD_ONLY

    assert [(p.name, p.kind, p.default) for p in expected.values()] == [
        (p.name, p.kind, p.default) for p in actual.values()
    ]
