"""Which files of other programs the collector reads."""

from __future__ import annotations

import glob
import os
import re
from collections.abc import Iterable, Mapping
from pathlib import Path

from anclora_otel.errors import StackError
from anclora_otel.stack.places import Places

TAILED_FILES = "ANCLORA_COLLECTOR_TAILED_FILES"
"""Globs separated by commas; ``*.log`` of the folder `tailed` beside the stack's state where it is not set."""

TAILED_FILES_SERVICE = "ANCLORA_COLLECTOR_TAILED_FILES_SERVICE"
"""Expression whose group ``service`` finds the service's name in the path of a file."""

TAILED_FILES_TIMEZONE = "ANCLORA_COLLECTOR_TAILED_FILES_TIMEZONE"
"""Zone of timestamps that name none, such as Europe/Madrid."""

OWN_LOG = "ANCLORA_COLLECTOR_OWN_LOG"
"""Glob of the collector's own output, which it must not read."""

ROTATED = ("[.-]*[0-9]", ".1.gz")
"""
What stands behind the name of a file that was rotated, as in ``shop.log.1`` and ``shop.log-20260301``.

Of the compressed ones the newest: it may hold what was not read before.
"""

_SPECIAL = re.compile(r"([*?\[\]{}\\])")


def tailed_globs(places: Places, environment: Mapping[str, str], folder: Path) -> tuple[str, ...]:
    """
    Give the globs as the user wrote them, made absolute.

    Args:
        places: of the stack; without the variable the folder below its state is read, and nothing else.
        environment: the user's.
        folder: from which relative globs are meant.

    Raises:
        StackError: the folder has a comma in its name, at which the collector would break it.

    """
    named = [part.strip() for part in environment.get(TAILED_FILES, "").split(",") if part.strip()]
    if named:
        return tuple(os.path.normpath(folder / part) for part in named)
    if "," in str(places.state):
        raise StackError(f"the state folder {places.state} has a comma in its name: set {TAILED_FILES}, or move it")
    return (f"{_SPECIAL.sub(_escaped, str(places.tailed))}/*.log",)


def tailed_environment(places: Places, environment: Mapping[str, str], folder: Path) -> dict[str, str]:
    """
    Give the variables by which the collector knows the files.

    Args:
        places: of the stack.
        environment: the user's.
        folder: from which relative globs are meant.

    Raises:
        StackError: a named pipe is among the files, or see `tailed_globs`.

    """
    globs = with_rotated(tailed_globs(places, environment, folder))
    _refuse_pipes(globs)
    passed = {
        name: environment[name] for name in (TAILED_FILES_SERVICE, TAILED_FILES_TIMEZONE) if environment.get(name)
    }
    return {TAILED_FILES: ",".join(globs), OWN_LOG: f"{places.logs}/collector*.log", **passed}


def with_rotated(globs: Iterable[str]) -> tuple[str, ...]:
    """
    Add to each glob the one of its rotated files, so that what was written before a rotation is still found after it.

    One that ends with ``*`` is taken to include them.
    """
    return tuple(each for one in globs for each in _forms(one))


def _forms(one: str) -> tuple[str, ...]:
    return (one,) if one.endswith("*") else (one, *(one + ending for ending in ROTATED))


def _refuse_pipes(globs: Iterable[str]) -> None:
    for pattern in globs:
        for name in glob.glob(pattern, recursive=True):  # noqa: PTH207  `Path.glob` refuses what the collector takes
            if Path(name).is_fifo():
                raise StackError(
                    f"{name} is a named pipe: the collector would wait for its writer and read no other file; "
                    f"keep it out of {TAILED_FILES}"
                )


def _escaped(found: re.Match[str]) -> str:
    return f"\\{found.group()}"
