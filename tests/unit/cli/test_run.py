"""The environment that the wrapper prepares."""

from __future__ import annotations

import os

import pytest

from anclora_otel.cli.run import auto_instrumentation_folder, instrumented, missing_instrumentors


def test_the_hook_stands_first_and_once() -> None:
    """Nested wrappers do not pile up, and the user's own path stays."""
    once = instrumented({"PYTHONPATH": "mine"})
    twice = instrumented(once)

    assert once["PYTHONPATH"].split(os.pathsep) == [auto_instrumentation_folder(), "mine"]
    assert twice == once


def test_the_users_choice_of_a_distribution_wins() -> None:
    """A distribution named in the environment is kept."""
    assert instrumented({"OTEL_PYTHON_DISTRO": "other"})["OTEL_PYTHON_DISTRO"] == "other"


@pytest.mark.parametrize(
    ("installed", "missing"),
    [
        ({"fastapi", "opentelemetry.instrumentation.fastapi"}, ()),
        ({"fastapi", "httpx", "opentelemetry.instrumentation.httpx"}, ("fastapi",)),
        (set(), ()),
    ],
)
def test_a_library_without_its_instrumentor_is_named(installed: set[str], missing: tuple[str, ...]) -> None:
    """What is installed and would run without telemetry is worth a line."""
    assert missing_instrumentors(lambda name: name in installed) == missing
