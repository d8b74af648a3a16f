"""The dashboards that the page draws, read anew at each request, so that a rendered one is seen after a reload."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from anclora_otel.errors import StackError

FIRST = "anclora-overview"
"""The dashboard that is shown where none is named."""

_WANTED: dict[str, type] = {"uid": str, "title": str, "panels": list, "templating": dict, "annotations": dict}


@dataclass(frozen=True)
class Dashboards:
    """
    A folder of dashboards as Grafana loads them.

    Args:
        folder: with a JSON file for each dashboard.

    """

    folder: Path

    def all(self) -> tuple[dict[str, dict[str, Any]], list[str]]:
        """Give the dashboards by uid, the overview first, and a line for each file that is none."""
        found: dict[str, dict[str, Any]] = {}
        problems: list[str] = []
        for file in sorted(self.folder.glob("*.json")):
            try:
                document = _read(file)
            except StackError as error:
                problems.append(str(error))
                continue
            if document["uid"] in found:
                problems.append(f"{file}: the uid {document['uid']} is another dashboard's: give it one of its own")
            else:
                found[document["uid"]] = document
        ordered = sorted(found, key=lambda uid: (uid != FIRST, found[uid]["title"]))
        return {uid: found[uid] for uid in ordered}, problems

    def check(self) -> None:
        """
        Make sure that there is something to draw.

        Raises:
            StackError: there is no dashboard, or a file is none; a line for each.

        """
        found, problems = self.all()
        if problems:
            raise StackError("\n".join(problems))
        if not found:
            raise StackError(f"{self.folder} has no dashboard: run: anclora-otel dashboards render")


def _read(file: Path) -> dict[str, Any]:
    try:
        document = json.loads(file.read_text(encoding="utf-8"))
    except OSError as error:
        raise StackError(f"{file} cannot be read: {error.strerror}") from error
    except json.JSONDecodeError as error:
        raise StackError(f"{file}, line {error.lineno}: no JSON ({error.msg}): render it anew") from error
    except UnicodeDecodeError as error:
        raise StackError(f"{file}: no UTF-8: render it anew") from error
    if not isinstance(document, dict):
        raise StackError(f"{file} is no dashboard: expected an object, got a {type(document).__name__}")
    for field, kind in _WANTED.items():
        if not isinstance(document.get(field), kind):
            raise StackError(f"{file} is no dashboard of Grafana: {field} is missing or no {kind.__name__}")
    return document
