"""Names of components and levels as a user gives them."""

from __future__ import annotations

import pytest

from anclora_otel.errors import SettingsError
from anclora_otel.logs.names import checked_level, checked_name


@pytest.mark.parametrize(
    ("given", "level"), [("debug", "debug"), (" WARN ", "warn"), ("Warning", "warn"), ("fatal", "fatal")]
)
def test_levels(given: str, level: str) -> None:
    """Case and white space do not matter, and warning is warn."""
    assert checked_level(given) == level


@pytest.mark.parametrize(
    ("given", "hint"),
    [
        ("debgu", "did you mean debug?"),
        ("erorr", "did you mean error?"),
        ("verbose", "the level stays as it is"),
        ("", "the level stays as it is"),
        (10, "the level stays as it is"),
        (None, "the level stays as it is"),
        ("x" * 10_000, "the level stays as it is"),
    ],
)
def test_no_level(given: object, hint: str) -> None:
    """One short line says what was got, what was expected and what to do."""
    with pytest.raises(SettingsError) as raised:
        checked_level(given)

    text = str(raised.value)
    assert text.startswith(f"level is {given!r:.80}: expected fatal or error or warn or info or http or debug or trace")
    assert text.endswith(hint)
    assert len(text) < 250


@pytest.mark.parametrize("given", ["", "  ", "a\nb", "\x1b[2J", "x" * 201, None, 7])
def test_no_name(given: object) -> None:
    """What cannot be the name of a logger is refused in one line."""
    with pytest.raises(SettingsError) as raised:
        checked_name(given)

    assert str(raised.value).endswith("expected the name of a logger, or all; give a name such as queue")
    assert "\n" not in str(raised.value)
