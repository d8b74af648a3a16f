"""Everything that the policy says it finds is found, wherever it stands."""

from __future__ import annotations

import pytest

from anclora_otel.redaction import redact_text
from anclora_otel.redaction.banking import account_forms
from tests.unit.redaction.planted import OTHERS, Planted, example_numbers, planted, written_numbers


@pytest.fixture(scope="module")
def corpus() -> list[Planted]:
    """Give every planted secret in all its surroundings."""
    return planted()


def test_everything_planted_is_masked(corpus: list[Planted]) -> None:
    """Each number, address, token, card and account is masked in each surrounding, and nothing beside it is."""
    missed = [(each, redact_text(each.text)) for each in corpus if redact_text(each.text) != each.expected]

    assert missed == []


def test_masking_again_changes_nothing(corpus: list[Planted]) -> None:
    """Masked texts may pass the policy again, here or in the collector."""
    assert [each.expected for each in corpus if redact_text(each.expected) is not each.expected] == []


def test_every_region_is_planted() -> None:
    """The numbers come from every region that has an example, and all but the shortest have their national form."""
    numbers = list(example_numbers())
    national = [number for number in numbers if any(each.kind == "national" for each in written_numbers(number))]

    assert len(numbers) > 480
    assert len(national) > 450


def test_accounts_have_the_form_of_their_country() -> None:
    """The table of account forms agrees with examples of the registry that it was not made from."""
    examples = [value.partition("|")[2] for value in OTHERS if value.startswith("iban|")]
    forms = account_forms()
    kinds = {"n": str.isdigit, "a": str.isalpha, "c": str.isalnum}

    for example in (each.replace(" ", "") for each in examples):
        form = forms[example[:2]]
        assert len(form) == len(example) - 2, example
        assert all(kinds[kind](character) for kind, character in zip(form, example[2:], strict=True)), example
