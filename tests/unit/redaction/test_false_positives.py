"""What holds nothing personal is left alone."""

from __future__ import annotations

from collections import Counter

import pytest

from anclora_otel.redaction import redact_text
from tests.unit.redaction.negatives import negatives

NEGATIVES = 1_000_000
HIGHEST_SHARE = 0.001


def test_of_a_million_negatives_few_are_masked(capsys: pytest.CaptureFixture[str]) -> None:
    """Of a million seeded ids, times, prices, addresses and keys, bare and in lines, fewer than one in a thousand."""
    masked: Counter[str] = Counter()
    made: Counter[str] = Counter()
    for kind, text in negatives(NEGATIVES):
        made[kind] += 1
        if redact_text(text) is not text:
            masked[kind] += 1

    share = masked.total() / made.total()
    with capsys.disabled():
        kinds = ", ".join(f"{kind} {count / made[kind]:.3%}" for kind, count in masked.most_common())
        print(f"\nfalse positives: {masked.total()} of {made.total()} ({share:.4%}): {kinds}")  # noqa: T201
    assert made.total() == NEGATIVES
    assert share < HIGHEST_SHARE
