"""The ports of the stack, and who else holds one."""

from __future__ import annotations

import difflib
import json
import socket
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, fields
from pathlib import Path

from anclora_otel.errors import StackError
from anclora_otel.stack.owners import named_owner

HOST = "127.0.0.1"
"""The only address on which the native stack listens."""

_PREFIX = "ANCLORA_STACK_"


@dataclass(frozen=True)
class Ports:
    """
    The TCP ports of the stack, all on 127.0.0.1.

    Each can be set by an option such as `--prometheus-port`, or by a variable such as
    `ANCLORA_STACK_PROMETHEUS_PORT`.
    """

    redis: int = 6379
    prometheus: int = 9090
    loki: int = 3100
    loki_grpc: int = 9096
    otlp_grpc: int = 4317
    otlp_http: int = 4318
    collector_telemetry: int = 8888
    collector_health: int = 13133
    alertmanager: int = 9093
    receivers: int = 9095
    receivers_smtp: int = 1025

    @classmethod
    def names(cls) -> tuple[str, ...]:
        """List the names of the ports."""
        return tuple(field.name for field in fields(cls))

    @classmethod
    def choose(cls, environment: Mapping[str, str], options: Mapping[str, int | None] | None = None) -> Ports:
        """
        Take each port from the options, then the environment, then the default.

        Raises:
            StackError: a port is no number from 1 to 65535, is used twice, or a variable is misspelt.

        """
        chosen: dict[str, int] = {}
        known = {variable_of(name): name for name in cls.names()}
        for variable, value in environment.items():
            if variable.startswith(_PREFIX):
                chosen[_known_name(variable, known)] = _number(variable, value)
        for name, number in (options or {}).items():
            if number is not None:
                chosen[name] = _number(option_of(name), str(number))
        ports = cls(**chosen)
        ports._refuse_doubles()
        return ports

    @classmethod
    def free(cls) -> Ports:
        """Pick ports that nobody holds at the moment, for a stack beside another one."""
        sockets = [socket.socket() for _ in cls.names()]
        try:
            for each in sockets:
                each.bind((HOST, 0))
            return cls(*(each.getsockname()[1] for each in sockets))
        finally:
            for each in sockets:
                each.close()

    @classmethod
    def load(cls, file: Path) -> Ports | None:
        """Read the ports of a stack that was started, or give `None` where none was."""
        try:
            saved = json.loads(file.read_text())
            return cls(**saved)
        except (FileNotFoundError, ValueError, TypeError):
            return None

    def save(self, file: Path) -> None:
        """Write the ports down for `status`, `down` and whoever asks for the stack's addresses."""
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(json.dumps(asdict(self), indent=2) + "\n")

    def number(self, name: str) -> int:
        """Give the port of that name."""
        return int(getattr(self, name))

    def _refuse_doubles(self) -> None:
        seen: dict[int, str] = {}
        for name in self.names():
            number = self.number(name)
            if number in seen:
                raise StackError(
                    f"port {number} is given to both {seen[number]} and {name}: choose another by {option_of(name)}"
                )
            seen[number] = name


def variable_of(name: str) -> str:
    """Give the environment variable that sets a port."""
    return f"{_PREFIX}{name.upper()}_PORT"


def option_of(name: str) -> str:
    """Give the command-line option that sets a port."""
    return f"--{name.replace('_', '-')}-port"


def is_free(number: int) -> bool:
    """Say whether a listener could be opened on the port."""
    with socket.socket() as probe:
        # As every server does: a connection that lingers after the last run does not count as an owner.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, number))
        except OSError:
            return False
        return True


def refuse_taken(ports: Ports, names: Iterable[str]) -> None:
    """
    Make sure that the ports are free.

    Raises:
        StackError: at least one is taken; the text has a line for each, with its owner.

    """
    taken = [name for name in names if not is_free(ports.number(name))]
    if taken:
        raise StackError("\n".join(_taken_line(ports, name) for name in taken))


def _taken_line(ports: Ports, name: str) -> str:
    number = ports.number(name)
    return (
        f"port {number} ({name}) is taken by {named_owner(number)}: stop it, or choose another by {option_of(name)} "
        f"or {variable_of(name)}"
    )


def _known_name(variable: str, known: Mapping[str, str]) -> str:
    if variable in known:
        return known[variable]
    close = difflib.get_close_matches(variable, list(known), n=1)
    hint = f"did you mean {close[0]}?" if close else f"known are {', '.join(known)}"
    raise StackError(f"{variable} is no variable of the stack: {hint}")


def _number(source: str, value: str) -> int:
    if value.isascii() and value.isdigit() and 1 <= int(value) <= 65535:
        return int(value)
    raise StackError(f"{source} is {value!r}: expected a port from 1 to 65535")
