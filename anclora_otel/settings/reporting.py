"""Say what is wrong with the settings, once for a process and all its children."""

from __future__ import annotations

import hashlib
import os
from collections.abc import MutableMapping, Sequence
from typing import TextIO

from anclora_otel.environment_variables import ANCLORA_SETTINGS_REPORTED
from anclora_otel.errors import SettingProblem

PREFIX = "anclora-otel: "
"""How each line on the terminal begins."""


def report_once(
    problems: Sequence[SettingProblem], stream: TextIO | None, environ: MutableMapping[str, str] | None = None
) -> None:
    """
    Write one line for each problem, unless a parent process has said the same.

    Args:
        problems: what was found.
        stream: where to write; None where standard error is closed.
        environ: remembers what was said, for the children too; that of the process unless given.

    """
    if not problems:
        return
    remembered = os.environ if environ is None else environ
    lines = [f"{PREFIX}{problem}" for problem in problems]
    digest = hashlib.sha256("\n".join(lines).encode("utf-8", "replace")).hexdigest()[:16]
    if remembered.get(ANCLORA_SETTINGS_REPORTED.name) == digest:
        return
    remembered[ANCLORA_SETTINGS_REPORTED.name] = digest
    if stream is not None:
        stream.write("\n".join(lines) + "\n")
