"""The collector's variables follow from the DSN."""

from __future__ import annotations

import pytest

from anclora_otel.errors import StackError
from anclora_otel.stack.sentry_target import sentry_variables


def test_without_a_dsn_there_are_none() -> None:
    """Nothing is configured where nothing is set."""
    assert sentry_variables({"ANCLORA_COLLECTOR_SENTRY_TRACES_PERCENT": "50"}) == {}


def test_endpoint_and_header() -> None:
    """What `collector/sentry.yaml` reads, and what the user chose besides."""
    found = sentry_variables(
        {"SENTRY_DSN": "https://abc@o1.ingest.sentry.io/42", "ANCLORA_COLLECTOR_SENTRY_TRACES_PERCENT": "50"}
    )

    assert found == {
        "ANCLORA_COLLECTOR_SENTRY_ENDPOINT": "https://o1.ingest.sentry.io/api/42/integration/otlp",
        "ANCLORA_COLLECTOR_SENTRY_AUTH": "sentry sentry_key=abc",
        "ANCLORA_COLLECTOR_SENTRY_TRACES_PERCENT": "50",
    }


def test_a_dsn_that_is_none() -> None:
    """The stack does not start with a DSN that cannot be used, and does not show it."""
    with pytest.raises(StackError, match="SENTRY_DSN is set to something else: expected a DSN"):
        sentry_variables({"SENTRY_DSN": "geheim"})
