"""Recording rules written out in expressions."""

from __future__ import annotations

import promql_parser
import pytest

from anclora_otel.catalogue.alerts import ALERTS, RECORDS_BY_NAME, Alert, Scope
from anclora_otel.catalogue.alerts.expansion import expanded, records_in
from anclora_otel.catalogue.alerts.queue import WAITING
from anclora_otel.catalogue.alerts.whatsapp import ERRORS

SCOPE = Scope()
INNER = f"({WAITING.expression(SCOPE)})"


@pytest.mark.parametrize("alert", ALERTS, ids=lambda alert: f"{alert.name}-{alert.severity.value}")
def test_every_alert_can_be_written_out(alert: Alert) -> None:
    """Of each alert nothing is left that must have been recorded, and the result is PromQL."""
    text = expanded(alert.expression(SCOPE), SCOPE, "60s")

    promql_parser.parse(text)
    assert [name for name in RECORDS_BY_NAME if name in text] == []


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (f"{WAITING.name} > 5", f"{INNER} > 5"),
        (f"deriv({WAITING.name}[10m])", f"deriv({INNER}[10m:60s])"),
        (f"sum_over_time({WAITING.name}[1h:5m])", f"sum_over_time({INNER}[1h:5m])"),
        (f"{WAITING.name} offset 10m", f"last_over_time({INNER}[60s:60s] offset 10m)"),
        (f'{WAITING.name}{{queue="a"}}', f'{WAITING.name}{{queue="a"}}'),
        ("level:unknown:rate", "level:unknown:rate"),
    ],
)
def test_forms(text: str, expected: str) -> None:
    """A range becomes a subquery, an offset moves one, and what has matchers or is unknown stays."""
    assert expanded(text, SCOPE, "60s") == expected


def test_records_in() -> None:
    """The records of an expression are named once, in their order."""
    text = f"{ERRORS.name} > 1 and {WAITING.name} > {ERRORS.name}"

    assert records_in(text) == (ERRORS.name, WAITING.name)
