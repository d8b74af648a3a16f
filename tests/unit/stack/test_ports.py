"""The ports of the stack."""

from __future__ import annotations

import os
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from anclora_otel.errors import StackError
from anclora_otel.stack.owners import port_owner
from anclora_otel.stack.ports import Ports, is_free, refuse_taken


@pytest.fixture
def listener() -> Iterator[int]:
    """Listen on a port of this machine and give its number."""
    with socket.socket() as server:
        server.bind(("127.0.0.1", 0))
        server.listen()
        yield server.getsockname()[1]


def test_option_beats_environment_beats_default() -> None:
    """Each port comes from its option, else from its variable, else from the default."""
    environment = {"ANCLORA_STACK_LOKI_PORT": "3200", "ANCLORA_STACK_PROMETHEUS_PORT": "9200"}

    ports = Ports.choose(environment, {"prometheus": 9300, "redis": None})

    assert (ports.prometheus, ports.loki, ports.redis) == (9300, 3200, 6379)


def test_misspelt_variable_is_told_with_the_likely_one() -> None:
    """A variable of the stack that does not exist is refused with the name that was probably meant."""
    with pytest.raises(StackError, match=r"ANCLORA_STACK_PROMETEUS_PORT.*did you mean ANCLORA_STACK_PROMETHEUS_PORT"):
        Ports.choose({"ANCLORA_STACK_PROMETEUS_PORT": "9200"})


@pytest.mark.parametrize("value", ["", "http", "0", "65536", "-1", "9090.0", "٩٠"])
def test_value_that_is_no_port_is_refused(value: str) -> None:
    """A value that is no port is told with the variable, the value and what was expected."""
    with pytest.raises(StackError) as caught:
        Ports.choose({"ANCLORA_STACK_REDIS_PORT": value})

    assert f"ANCLORA_STACK_REDIS_PORT is {value!r}: expected a port from 1 to 65535" == str(caught.value)


def test_one_port_for_two_components_is_refused() -> None:
    """The same port for two components is told before anything starts."""
    with pytest.raises(StackError, match="port 9090 is given to both prometheus and loki"):
        Ports.choose({}, {"loki": 9090})


def test_owner_of_a_port_is_named(listener: int) -> None:
    """The process that listens on a port is named with its id."""
    owner = port_owner(listener)

    assert owner is not None
    assert owner.endswith(f"(pid {os.getpid()})")


def test_port_without_listener_has_no_owner() -> None:
    """Nobody is named for a port on which nobody listens."""
    assert port_owner(Ports.free().redis) is None


def test_all_taken_ports_are_told_at_once(listener: int) -> None:
    """The refusal has one line for each taken port, with owner, option and variable."""
    with socket.socket() as second:
        second.bind(("127.0.0.1", 0))
        second.listen()
        ports = Ports(redis=listener, prometheus=second.getsockname()[1])

        with pytest.raises(StackError) as caught:
            refuse_taken(ports, ["redis", "prometheus"])

    lines = str(caught.value).splitlines()
    assert len(lines) == 2
    assert f"port {listener} (redis) is taken by" in lines[0]
    assert "--redis-port or ANCLORA_STACK_REDIS_PORT" in lines[0]


def test_free_port_is_free(listener: int) -> None:
    """A port with a listener is not free, one that was just picked is."""
    assert not is_free(listener)
    assert is_free(Ports.free().prometheus)


def test_saved_ports_are_loaded(tmp_path: Path) -> None:
    """Ports that were written down are read back; where none were, nothing is given."""
    ports = Ports(prometheus=19090)
    ports.save(tmp_path / "ports.json")

    assert Ports.load(tmp_path / "ports.json") == ports
    assert Ports.load(tmp_path / "missing.json") is None
