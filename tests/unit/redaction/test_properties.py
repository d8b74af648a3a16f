"""What holds for every text."""

from __future__ import annotations

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from anclora_otel.redaction import FAILURE_MASK, MAX_TEXT_CHARACTERS, redact_text
from tests.unit.redaction.corpus import FOUND
from tests.unit.redaction.planted import Secret, mask_of, secrets

SECRETS = [secret for secret in secrets() if secret.kind in {"international", "jid", "email"}]
PIECES = st.one_of(
    st.sampled_from(
        [*FOUND, *"+-().,:/=@%&#'\"\\ \n", "00", "to ", "phone", "Bearer ", "password=", "://", "ES91", "%2B"]
    ),
    st.from_regex(r"[0-9]{1,16}", fullmatch=True),
    st.text(max_size=8),
)
TEXTS = st.lists(PIECES, max_size=8).map("".join)
# Whatever surrounds a number: all but what would belong to it.
AROUND = st.text(st.characters(codec="utf-8", exclude_characters="+%"), max_size=30)


@given(TEXTS)
@settings(max_examples=1500, deadline=None, derandomize=True)
def test_masking_again_changes_nothing(text: str) -> None:
    """Redaction is idempotent on any mixture of texts, signs and numbers, and never fails."""
    once = redact_text(text)

    assert redact_text(once) == once
    assert FAILURE_MASK not in once or FAILURE_MASK in text


@given(st.text(st.characters(), max_size=200))
@settings(max_examples=1000, deadline=None)
def test_any_text_is_taken(text: str) -> None:
    """No text makes the policy fail, lone surrogates included."""
    assert redact_text(text) != FAILURE_MASK


@given(before=AROUND, secret=st.sampled_from(SECRETS), after=AROUND)
@settings(max_examples=1500, deadline=None)
def test_what_is_planted_never_passes(before: str, secret: Secret, after: str) -> None:
    """A number with a plus, a WhatsApp address and an e-mail address are found whatever surrounds them."""
    redacted = redact_text(f"{before} {secret.value} {after}")

    assert secret.value not in redacted


@given(before=AROUND, number=st.from_regex(r"[2-9][0-9]{8,13}", fullmatch=True), after=AROUND)
@settings(max_examples=1000, deadline=None)
def test_a_number_with_a_plus_needs_no_border(before: str, number: str, after: str) -> None:
    """Letters and digits right beside a number with a plus do not hide it."""
    redacted = redact_text(f"{before}+{number}{after}")

    assert number not in redacted
    assert number[2:-2] not in redacted


@given(st.from_regex(r"[+][1-9][0-9]{1,3}[ ().-]{1,2}(?:[0-9][ ().-]{0,2}){5,9}[0-9][ ().-]{0,2}[0-9]", fullmatch=True))
@settings(max_examples=1000, deadline=None)
def test_any_separators_are_taken(number: str) -> None:
    """Up to two signs between any two digits, in any mixture, leave the first two and the last two digits."""
    assert redact_text(f"call {number}") == f"call {mask_of(number)}"


UNITS = (
    *("a@", "1 ", "+1 ", "eyJ-", "bearer=", "phone 12-", "a%40", "b.", "00 1-", "a", "1", "://", "a:", "password="),
    *("%3A%2F%2Fa", "cookie: a", "cookie: a=", 'secret="', "token=a", "4111 ", "%2B1", "%20", "tel ", "to 6", "\\"),
    *("(", "@a.", "ES91 "),
)
SHORT_CHARACTERS = 2_000
FACTOR = 16
"""The long text is so many times as long; quadratic work would be 256 times as much."""
TOLERANCE = 4


def processor_seconds(text: str) -> float:
    """Give the least processor time of five tries, which a busy machine changes little."""
    spent = []
    for _ in range(5):
        before = time.thread_time()
        redact_text(text)
        spent.append(time.thread_time() - before)
    return min(spent)


@pytest.mark.parametrize("unit", UNITS)
def test_work_grows_with_the_text_alone(unit: str) -> None:
    """On texts made to mislead it, the work grows as the text does and not with its square: a ratio, no time."""
    short, long = (f"{unit * (length // len(unit))}@" for length in (SHORT_CHARACTERS, SHORT_CHARACTERS * FACTOR))

    assert processor_seconds(long) / processor_seconds(short) < FACTOR * TOLERANCE


@pytest.mark.parametrize("unit", UNITS)
def test_hostile_text_is_done(unit: str) -> None:
    """A text of the greatest length made to mislead the engine is done well within the test's limit of time."""
    text = unit * (MAX_TEXT_CHARACTERS // len(unit)) + "@"

    assert FAILURE_MASK not in redact_text(text[:MAX_TEXT_CHARACTERS])
