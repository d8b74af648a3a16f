"""
Which rules repeat a template, so that the mutants of one stand for those of all.

Objectives have the same records and alerts for each of their windows, and the alerts on lost telemetry the same
alternative for each signal. Their tests take windows of days; test_templates.py proves that they are the same.
"""

from __future__ import annotations

import promql_parser as parser

from tests.rules.mutations import written

PAIRS = {"critical": (("1h", "5m"), ("6h", "30m")), "warning": (("1d", "2h"), ("3d", "6h"))}
"""Long and short windows of the alternatives of an objective's alert, by severity."""

OBJECTIVES = {
    "QueueSuccess": "environment_queue:slo_queue_success",
    "MessageDelivery": "environment:slo_message_delivery",
    "WhatsAppAPI": "service:slo_whatsapp_api",
}
"""By the beginning of an alert's name, how its records begin."""

MUTATED_ALTERNATIVES = ("QueueSuccessBudgetBurn critical", "CollectorDroppingData", "CollectorExportFailing")
"""Alerts of which the first alternative is mutated, and each alternative dropped."""

MUTATED_RATIOS = ("environment_queue:slo_queue_success_bad:ratio1h", "environment_queue:slo_queue_success_bad:ratio5m")
"""The pair of windows that is mutated; the rates that objectives are made of are mutated for each."""


def is_mutated(key: str) -> bool:
    """Say whether a rule is mutated itself, and not by way of the one whose template it repeats."""
    if "slo_" in key or "BudgetBurn" in key:
        return key.endswith(":rate5m") or key in MUTATED_RATIOS or key in MUTATED_ALTERNATIVES
    return True


def condition(expression: str) -> str:
    """Give a rule's expression without what gives an alert its labels, which stands on the first and the last line."""
    lines = expression.split("\n")
    return "\n".join(line.strip() for line in lines[1:-1]) if _is_labelled(lines) else expression


def labelled_as(expression: str, changed: str) -> str:
    """Give a changed condition the labels that the unchanged expression gives."""
    lines = expression.split("\n")
    return f"{lines[0]} {changed} {lines[-1]}" if _is_labelled(lines) else changed


def _is_labelled(lines: list[str]) -> bool:
    return lines[0] == "label_join(label_join("


def alternatives(expression: str) -> list[str]:
    """Give what an expression joins by `or`, in order."""
    found: list[str] = []
    node = parser.parse(expression)
    while isinstance(node, parser.BinaryExpr) and str(node.op) == "or":
        found.insert(0, written(node.rhs.prettify()))
        node = node.lhs
    return [written(node.prettify()), *found]
