"""Which handlers are the application's, and which the bridge stands in for."""

from __future__ import annotations

import logging
import logging.config
from collections.abc import Iterator
from copy import deepcopy

import pytest
from uvicorn.config import LOGGING_CONFIG

from anclora_otel.logs.handlers import has_writer


class Owner:
    """What stands in for handlers."""

    takes_over = True
    exports = True


@pytest.fixture
def uvicorn() -> Iterator[dict[str, object]]:
    """Give uvicorn's configuration of logging, and remove what it configured."""
    yield deepcopy(LOGGING_CONFIG)
    for name in ("uvicorn", "uvicorn.access", "uvicorn.error"):
        known = logging.getLogger(name)
        known.handlers[:] = []
        known.propagate = True
        known.setLevel(logging.NOTSET)


def test_no_handler_and_one_that_writes_nothing(alone: logging.Logger) -> None:
    """Neither writes."""
    assert not has_writer(alone, Owner())
    alone.addHandler(logging.NullHandler())
    assert not has_writer(alone, Owner())


def test_a_handler_of_the_applications(alone: logging.Logger) -> None:
    """It writes, also for the loggers below."""
    alone.addHandler(logging.StreamHandler())

    assert has_writer(alone, Owner())
    below = logging.Logger("logs.alone.below")  # noqa: LOG001 - one that pytest does not know
    below.parent = alone
    assert has_writer(below, Owner())


def test_uvicorns_own_handlers_are_stood_in_for(uvicorn: dict[str, object], capsys: pytest.CaptureFixture[str]) -> None:
    """While our console writes they are silent, and they write again when it does not."""
    logging.config.dictConfig(uvicorn)
    owner = Owner()
    for name in ("uvicorn", "uvicorn.error", "uvicorn.access"):
        assert not has_writer(logging.getLogger(name), owner)
    logging.getLogger("uvicorn.error").warning("silent")
    owner.takes_over = False
    logging.getLogger("uvicorn.error").warning("heard")

    assert capsys.readouterr().err.endswith("heard\n")
    assert len(logging.getLogger("uvicorn").handlers[0].filters) == 1


def test_a_log_config_of_the_users_stays(uvicorn: dict[str, object]) -> None:
    """A format of his own is what he wants to read."""
    uvicorn["formatters"] = {
        "default": {"()": "uvicorn.logging.DefaultFormatter", "fmt": "mine %(message)s"},
        "access": {"format": "mine %(message)s"},
    }
    logging.config.dictConfig(uvicorn)

    assert has_writer(logging.getLogger("uvicorn.error"), Owner())
    assert has_writer(logging.getLogger("uvicorn.access"), Owner())


def test_gunicorns_own_handlers_are_stood_in_for() -> None:
    """Gunicorn marks them with an attribute."""
    logger = logging.getLogger("gunicorn.error")
    handler = logging.StreamHandler()
    handler._gunicorn = True  # type: ignore[attr-defined]
    logger.propagate = False
    logger.addHandler(handler)
    try:
        assert not has_writer(logger, Owner())
        logger.addHandler(logging.StreamHandler())
        assert has_writer(logger, Owner())
    finally:
        logger.handlers[:] = []
        logger.propagate = True
