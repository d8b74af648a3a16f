"""Break long expressions at their operators, so that a change shows as the line that it is."""

from __future__ import annotations

import re

_BREAK = re.compile(r" (?=(?:and|or|unless)\b)")
WIDTH = 100


def laid_out(expression: str) -> list[str]:
    """
    Give the lines of an expression.

    Args:
        expression: PromQL on one line.

    """
    if len(expression) <= WIDTH:
        return [expression]
    lines = []
    start = 0
    depth = 0
    for position, character in enumerate(expression):
        depth += {"(": 1, "{": 1, ")": -1, "}": -1}.get(character, 0)
        if depth == 0 and character == " " and _BREAK.match(expression, position):
            lines.append(expression[start:position])
            start = position + 1
    lines.append(expression[start:])
    return lines
