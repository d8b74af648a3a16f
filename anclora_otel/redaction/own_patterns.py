"""
Patterns of the user's own, read from a file and checked before any text meets them.

The file is a JSON list of objects::

    [{"name": "property reference", "expression": "REF-[0-9]{4,6}", "replacement": "[reference]"}]

``kind`` may say what is found (``phone``, ``email``, ``token`` or ``own``), which gives the mask where no
``replacement`` does, and how the number is written before it is hashed.
"""

from __future__ import annotations

import json
import re
import warnings
from collections.abc import Mapping
from pathlib import Path

from anclora_otel.redaction.pattern import EMAIL_MASK, OWN_MASK, PHONE_MASK, TOKEN_MASK, Pattern
from anclora_otel.redaction.probing import takes_too_long

MAX_PATTERNS = 100
"""Own patterns that a file may hold."""

MAX_EXPRESSION_CHARACTERS = 2_000
"""Characters that an own expression may have."""

MAX_NAME_CHARACTERS = 100
"""Characters that an own pattern's name may have."""

_MAX_FILE_BYTES = 1_048_576
_MASKS = {"phone": PHONE_MASK, "email": EMAIL_MASK, "token": TOKEN_MASK, "own": OWN_MASK}
_FIELDS = ("name", "expression", "replacement", "kind")

_PIECE = re.compile(r"\\.|\[\^?\]?(?:\\.|[^\]\\])*\]|\(\?P?[^:a-z)]?[^:)>]{0,40}|\{[0-9,]*\}[+]?|[*+?][+]|.", re.DOTALL)
_WITHOUT_COUNTERPART = (
    (re.compile(r"\(\?<?[=!]"), "look-around"),
    (re.compile(r"\(\?P="), "a back reference"),
    (re.compile(r"\\[1-9]"), "a back reference"),
    (re.compile(r"\(\?\("), "a condition"),
    (re.compile(r"\(\?>"), "an atomic group"),
    (re.compile(r"\(\?#"), "a comment"),
    (re.compile(r"\(\?[a-z-]*[^a-z<P:(=!>#)ims-]|\(\?[ims-]*[aLux]"), "a flag other than i, m and s"),
    (re.compile(r"(?:[*+?]|\{[0-9,]*\})[+]\Z"), "a possessive repetition"),
    (re.compile(r"\{,[0-9]*\}"), "a repetition without a lower bound"),
    (re.compile(r"\\Z"), r"\Z"),
    (re.compile(r"\\[NuU]"), r"\N, \u or \U"),
    (re.compile(r"\$"), "$ (at the end of a text that ends in a line break)"),
)
_MAX_REPETITIONS = 1000
_SAMPLES = ("", "a", "1 a", "call +34 600 111 222 or ana@example.com, REF-20481: ok\n")


class OwnPatternsError(ValueError):
    """Raised where a file of own patterns cannot be used; `problems` holds every reason."""

    def __init__(self, problems: list[str]) -> None:
        self.problems = tuple(problems)
        super().__init__("; ".join(problems))


def read_own_patterns(path: str) -> tuple[Pattern, ...]:
    """
    Read and check a file of own patterns.

    Args:
        path: a JSON file.

    Raises:
        OwnPatternsError: if any of it cannot be used; the whole file is refused then.

    """
    problems: list[str] = []
    found = [_checked(number, entry, problems) for number, entry in enumerate(_entries(path), 1)]
    names = [pattern.name for pattern in found if pattern is not None]
    problems += [f'two patterns are named "{name}"' for name in dict.fromkeys(names) if names.count(name) > 1]
    if problems:
        raise OwnPatternsError(problems)
    return tuple(pattern for pattern in found if pattern is not None)


def _entries(path: str) -> list[object]:
    try:
        with Path(path).open("rb") as file:
            text = file.read(_MAX_FILE_BYTES + 1)
        if len(text) > _MAX_FILE_BYTES:
            raise OwnPatternsError([f"it is larger than {_MAX_FILE_BYTES} bytes"])
        entries = json.loads(text)
    except OSError as error:
        raise OwnPatternsError([f"it cannot be read ({error.strerror or type(error).__name__})"]) from None
    except (ValueError, RecursionError) as error:
        if isinstance(error, OwnPatternsError):
            raise
        raise OwnPatternsError([f"it is no JSON ({error})"]) from None
    if not isinstance(entries, list):
        raise OwnPatternsError([f"it holds {_kind_of(entries)}: expected a list of objects with name and expression"])
    if len(entries) > MAX_PATTERNS:
        raise OwnPatternsError([f"it holds {len(entries)} patterns: expected at most {MAX_PATTERNS}"])
    return entries


def _checked(number: int, entry: object, problems: list[str]) -> Pattern | None:
    if not isinstance(entry, Mapping):
        problems.append(f"pattern {number} is {_kind_of(entry)}: expected an object with name and expression")
        return None
    name = entry.get("name")
    is_named = isinstance(name, str) and bool(name.strip()) and name.isprintable() and len(name) <= MAX_NAME_CHARACTERS
    called = f'pattern {number} "{name}"' if is_named else f"pattern {number}"
    wrong = [f"{called} has an unknown field {json.dumps(field)}" for field in entry if field not in _FIELDS]
    if not is_named:
        wrong.append(f"{called} has no name: expected a printable text of up to {MAX_NAME_CHARACTERS} characters")
    expression, kind = entry.get("expression"), entry.get("kind", "own")
    wrong += [f"{called} {reason}" for reason in _wrong_with_expression(expression)]
    if not isinstance(kind, str) or kind not in _MASKS:
        wrong.append(f"{called} is of kind {json.dumps(kind)}: expected one of {', '.join(_MASKS)}")
    replacement = entry.get("replacement", _MASKS.get(str(kind), OWN_MASK))
    if not isinstance(replacement, str):
        wrong.append(f"{called} has {_kind_of(replacement)} as its replacement: expected a text")
    problems += wrong
    if wrong:
        return None
    return Pattern(str(name), str(kind), str(expression), str(replacement).replace("\\", r"\\"))


def _wrong_with_expression(expression: object) -> list[str]:
    """Say all that is wrong with an expression, as far as it can be seen."""
    if not isinstance(expression, str) or not expression:
        return ["has no expression: expected a text"]
    if len(expression) > MAX_EXPRESSION_CHARACTERS:
        return [f"has {len(expression)} characters: expected at most {MAX_EXPRESSION_CHARACTERS}"]
    pieces = _PIECE.findall(expression)
    wrong = [
        f"uses {what}, which the collector's engine (RE2) lacks or reads in another way"
        for what in dict.fromkeys(
            what
            for piece in pieces
            for found, what in _WITHOUT_COUNTERPART
            if not piece.startswith("[") and found.match(piece)
        )
    ]
    counts = [int(count) for piece in pieces if piece.startswith("{") for count in re.findall("[0-9]+", piece)]
    if any(count > _MAX_REPETITIONS for count in counts):
        wrong.append(
            f"repeats something more than {_MAX_REPETITIONS} times, which the collector's engine (RE2) refuses"
        )
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            ready = re.compile(expression, re.ASCII)
    except (re.error, Warning, OverflowError, RecursionError) as error:
        return [*wrong, f"is no regular expression ({error})"]
    if any(found.start() == found.end() for sample in _SAMPLES for found in ready.finditer(sample)):
        wrong.append("matches the empty text")
    elif takes_too_long(ready):
        wrong.append("takes too long on some texts: bound its repetitions, as in {1,64}, and let no two overlap")
    return wrong


def _kind_of(value: object) -> str:
    kinds = {dict: "an object", list: "a list", str: "a text", bool: "true or false", type(None): "null"}
    return kinds.get(type(value), "a number")
