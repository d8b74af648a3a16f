"""Any object becomes texts, numbers, lists and dictionaries of bounded size."""

from __future__ import annotations

from decimal import Decimal

import pytest

from anclora_otel.pipeline.plain_values import (
    CUT_MARK,
    MAX_FIELD_CHARACTERS,
    MAX_ITEMS,
    MAX_TEXT_CHARACTERS,
    MAX_VALUES,
    plain_fields,
    safe_text,
    shortened,
)


@pytest.mark.parametrize(
    ("value", "plain"),
    [
        (None, None),
        (True, True),
        (7, 7),
        (1.5, 1.5),
        ("text", "text"),
        (b"a\xff", "a\\xff"),
        ((1, "two"), [1, "two"]),
        ({"a": {"b": [1]}}, {"a": {"b": [1]}}),
        (Decimal("1.10"), "1.10"),
        (2**63, str(2**63)),
        (float("inf"), "inf"),
    ],
)
def test_values(value: object, plain: object) -> None:
    """What JSON and OTLP know stays what it is."""
    assert plain_fields([("key", value)]) == {"key": plain}


def test_a_copy_does_not_change_later() -> None:
    """What the application does with its list afterwards is not seen."""
    batch = [1, 2]
    copied = plain_fields([("batch", batch)])
    batch.append(3)

    assert copied == {"batch": [1, 2]}


def test_bounds_of_a_structure() -> None:
    """Items of one container, depth, and all values together."""
    wide = plain_fields([("list", list(range(MAX_ITEMS + 1))), ("map", dict.fromkeys(range(MAX_ITEMS + 1)))])
    many = plain_fields((str(number), [0] * MAX_ITEMS) for number in range(50))

    assert isinstance(wide["list"], list)
    assert isinstance(wide["map"], dict)
    assert (len(wide["list"]), wide["list"][-1]) == (MAX_ITEMS + 1, CUT_MARK)
    assert (len(wide["map"]), wide["map"]["…"]) == (MAX_ITEMS + 1, CUT_MARK)
    assert plain_fields([("deep", [[[[[[[1]]]]]]])]) == {"deep": [[[[[[CUT_MARK]]]]]]}
    assert str(many).count("0") - 10 < MAX_VALUES
    assert many["49"] == CUT_MARK
    assert len(plain_fields((str(number), 1) for number in range(MAX_ITEMS + 5))) == MAX_ITEMS


def test_bounds_of_texts() -> None:
    """One text of a field, and all of them together."""
    fields = plain_fields((str(number), "x" * 100_000) for number in range(50))
    sizes = [len(str(value)) for value in fields.values()]

    assert MAX_FIELD_CHARACTERS <= sizes[0] < MAX_FIELD_CHARACTERS + 50
    assert sum(sizes) < MAX_TEXT_CHARACTERS + 2 * MAX_FIELD_CHARACTERS


def test_a_long_text_keeps_its_beginning_and_its_end() -> None:
    """And says how much is missing; a text that fits is the same object."""
    text = "a" * 50_000 + "b" * 50_000
    cut = shortened(text)

    assert cut == "a" * 32_768 + "[… 34464 characters left out …]" + "b" * 32_768
    assert shortened(text[:100]) == text[:100]


def test_lone_surrogates_are_escaped() -> None:
    """UTF-8 cannot carry them."""
    assert safe_text("a\udcffñ") == "a\\udcffñ"
