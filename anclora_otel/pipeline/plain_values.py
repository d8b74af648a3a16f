"""
Copy any object into texts, numbers, lists and dictionaries of bounded size that JSON and OTLP can carry.

Nothing here raises: what cannot be read is replaced by a text that says so, what is too much by one that says that.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from itertools import islice

from anclora_otel.redaction import redact_text

MAX_TEXT_CHARACTERS = 65_536
"""Characters of one text, and of all fields of a record together, that are kept."""

MAX_FIELD_CHARACTERS = 8192
"""Characters of one text among the fields of a record that are kept."""

MAX_ITEMS = 100
"""Items of one list or mapping that are kept."""

MAX_VALUES = 1000
"""Values of one record that are kept, those in its lists and mappings counted."""

CUT_MARK = "[further items left out]"
"""Stands for what is beyond the depth, the number of items or the characters that are kept."""

_MAX_DEPTH = 6
_INT64_LIMIT = 2**63

# Longer than any number or address, so that none of which the cut leaves a half passes unmasked.
_CUT_MARGIN_CHARACTERS = 400


def plain_fields(items: Iterable[tuple[object, object]]) -> dict[str, object]:
    """
    Copy the fields of a record.

    Args:
        items: names and values.

    """
    return _Copy().fields(items)


def plain_value(value: object) -> object:
    """
    Copy one value.

    Args:
        value: any object.

    """
    return _Copy().value(value)


def safe_text(value: object, limit: int = MAX_TEXT_CHARACTERS) -> str:
    """
    Give the text of any object, well-formed and bounded; one whose text cannot be read is named by its type.

    Args:
        value: the object.
        limit: characters that are kept.

    """
    try:
        return shortened(well_formed(str(value)), limit)
    except Exception:
        return f"<{type(value).__name__} whose text cannot be read>"


def well_formed(text: str) -> str:
    """Write lone surrogates as escapes, since neither UTF-8 nor protobuf can carry them."""
    return text if text.isascii() else text.encode("utf-8", "backslashreplace").decode()


def shortened(text: str, limit: int = MAX_TEXT_CHARACTERS) -> str:
    """
    Keep the beginning and the end of a text that is too long, since a stack trace says the most at its end.

    Args:
        text: the text.
        limit: characters that are kept.

    """
    if len(text) <= limit:
        return text
    half = limit // 2
    head = redact_text(text[: half + _CUT_MARGIN_CHARACTERS])[:-_CUT_MARGIN_CHARACTERS]
    tail = redact_text(text[-half - _CUT_MARGIN_CHARACTERS :])[_CUT_MARGIN_CHARACTERS:]
    return f"{head}[… {len(text) - limit} characters left out …]{tail}"


class _Copy:
    """Copies the values of one record, and ends with what is left of its bounds."""

    def __init__(self) -> None:
        self._values = MAX_VALUES
        self._characters = MAX_TEXT_CHARACTERS

    def fields(self, items: Iterable[tuple[object, object]]) -> dict[str, object]:
        return {safe_text(key): self.value(value) for key, value in islice(items, MAX_ITEMS)}

    def value(self, value: object, depth: int = 0) -> object:
        """Copy one value; most are short texts and numbers, which come first since every record has some."""
        self._values -= 1
        if self._values < 0 or self._characters < 0:
            return CUT_MARK
        try:
            return self._copied(value, depth)
        except Exception:
            return f"<{type(value).__name__} whose items cannot be read>"

    def _copied(self, value: object, depth: int) -> object:
        if type(value) is str:
            return self._text(value)
        if value is None or isinstance(value, bool):
            return value
        if isinstance(value, (int, float)):
            return self._number(value)
        if isinstance(value, (bytes, bytearray)):
            return self._text(bytes(value[:MAX_TEXT_CHARACTERS]).decode("utf-8", "backslashreplace"))
        if isinstance(value, (Mapping, list, tuple, set, frozenset)):
            return CUT_MARK if depth >= _MAX_DEPTH else self._container(value, depth + 1)
        return self._text(value)

    def _text(self, value: object) -> str:
        text = safe_text(value, MAX_FIELD_CHARACTERS)
        self._characters -= len(text)
        return text

    def _number(self, value: float) -> object:
        if isinstance(value, int):
            return int(value) if -_INT64_LIMIT <= value < _INT64_LIMIT else self._text(value)
        return float(value) if math.isfinite(value) else self._text(value)

    def _container(
        self,
        value: Mapping[object, object] | list[object] | tuple[object, ...] | set[object] | frozenset[object],
        depth: int,
    ) -> object:
        if isinstance(value, Mapping):
            items = list(islice(value.items(), MAX_ITEMS + 1))
            kept: dict[str, object] = {safe_text(key): self.value(item, depth) for key, item in items[:MAX_ITEMS]}
            return {**kept, "…": CUT_MARK} if len(items) > MAX_ITEMS else kept
        found = [self.value(item, depth) for item in islice(value, MAX_ITEMS)]
        return [*found, CUT_MARK] if len(value) > MAX_ITEMS else found
