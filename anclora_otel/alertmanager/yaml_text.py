"""
A small emitter of YAML: mappings, lists and scalars in block style.

PyYAML would become a dependency of every service for the sake of one command; what this writes is read back by
Alertmanager's own checker in the tests.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Union

Yaml = Union[str, bool, int, "Mapping[str, Yaml]", "Sequence[Yaml]"]
"""What can be written."""


def to_yaml(document: Mapping[str, Yaml]) -> str:
    """Write a document; keys are plain, every text is in quotes."""
    return "".join(f"{line}\n" for line in _mapping(document))


def _mapping(value: Mapping[str, Yaml]) -> list[str]:
    lines: list[str] = []
    for key, each in value.items():
        lines += _under(f"{key}:", each)
    return lines


def _under(head: str, value: Yaml) -> list[str]:
    if isinstance(value, (str, bool, int)):
        return [f"{head} {_scalar(value)}"]
    if not value:
        return [f"{head} {'{}' if isinstance(value, Mapping) else '[]'}"]
    lines = _mapping(value) if isinstance(value, Mapping) else _sequence(value)
    return [head, *(f"  {line}" for line in lines)]


def _sequence(value: Sequence[Yaml]) -> list[str]:
    lines: list[str] = []
    for each in value:
        if isinstance(each, Mapping) and each:
            first, *rest = _mapping(each)
            lines += [f"- {first}", *(f"  {line}" for line in rest)]
        else:
            lines += _under("-", each)
    return lines


def _scalar(value: str | bool | int) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        return str(value)
    if value.isprintable():
        return "'" + value.replace("'", "''") + "'"
    return '"' + "".join(map(_escaped, value)) + '"'


def _escaped(sign: str) -> str:
    if sign in '"\\':
        return f"\\{sign}"
    return sign if sign.isprintable() else f"\\U{ord(sign):08x}"
