"""The part of the collector's configuration that follows from the redaction policy."""

from __future__ import annotations

import json
from pathlib import Path

from anclora_otel.errors import StackError
from anclora_otel.redaction.patterns import PATTERNS

FILE = Path("collector") / "config.yaml"
"""The collector's configuration, from the project's folder."""

_BEGIN = "    # begin: rendered from anclora_otel/redaction/patterns.py by `anclora-otel rules render`\n"
_END = "    # end\n"


def render_redaction(configuration: str) -> str:
    """
    Put the policy's expressions between the two marks of the configuration.

    The collector's processor masks a whole match by `****`, while the SDK keeps the ends of a number: both find the
    same, and leave something else.

    Args:
        configuration: the whole text of `collector/config.yaml`.

    Raises:
        StackError: the marks are missing.

    """
    before, begin, rest = configuration.partition(_BEGIN)
    _, end, after = rest.partition(_END)
    if not (begin and end):
        raise StackError(f"{FILE} lacks a mark: expected the lines {_BEGIN.strip()!r} and {_END.strip()!r}")
    lines = ["    blocked_values:\n"]
    for pattern in PATTERNS:
        # A dollar sign would begin a variable of the configuration; JSON's quotes are YAML's, and show every character.
        expression = json.dumps(pattern.expression.replace("$", "$$"))
        lines.append(f"      # {pattern.name}\n      - {expression}\n")
    return before + begin + "".join(lines) + end + after
