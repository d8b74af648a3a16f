"""Recording rules written out, so that an expression can be asked of a Prometheus that never recorded them."""

from __future__ import annotations

import functools
import re

from anclora_otel.catalogue.alerts.registry import RECORDS_BY_NAME
from anclora_otel.catalogue.alerts.scope import Scope

_RECORD = re.compile(
    r"(?<![\w:])(?P<name>\w+:\w+(?::\w+)?)(?![\w:])"
    r"(?P<matchers>\{[^}]*\})?"
    r"(?P<range>\[[^\]]*\])?"
    r"(?P<offset> offset \w+)?"
)


def expanded(expression: str, scope: Scope, step: str) -> str:
    """
    Write out every recording rule of an expression.

    A record that is narrowed by matchers stays as it is: what would be left of its series is not known beforehand.

    Args:
        expression: PromQL that reads records.
        scope: settings and clock of the records.
        step: how far apart the values of a record are where a range of it is read.

    """

    def write(found: re.Match[str]) -> str:
        record = RECORDS_BY_NAME.get(found["name"])
        if record is None or found["matchers"]:
            return found[0]
        inner = f"({expanded(record.expression(scope), scope, step)})"
        span, offset = found["range"], found["offset"] or ""
        if span:
            span = span if ":" in span else f"{span[:-1]}:{step}]"
            return f"{inner}{span}{offset}"
        # Only a range may be moved in time.
        return f"last_over_time({inner}[{step}:{step}]{offset})" if offset else inner

    return _RECORD.sub(write, expression)


@functools.lru_cache(maxsize=1024)
def records_in(expression: str) -> tuple[str, ...]:
    """Name the recording rules that an expression reads, each once, in their order."""
    found = (match["name"] for match in _RECORD.finditer(expression))
    return tuple(dict.fromkeys(name for name in found if name in RECORDS_BY_NAME))
