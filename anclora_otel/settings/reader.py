"""Read variables one by one, and collect what is wrong with them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import TypeVar

from anclora_otel import environment_variables as env
from anclora_otel.environment_variables import Variable
from anclora_otel.errors import SettingProblem
from anclora_otel.settings import values

T = TypeVar("T")

NO_PAIRS: Mapping[str, str] = MappingProxyType({})
"""The default of variables that hold pairs."""

_SECRET = ("HEADERS", "SENTRY_DSN")
_SHOWN_CHARACTERS = 80


class Reader:
    """Reads variables, keeps the default of what is wrong, and collects the problems."""

    def __init__(self, environ: Mapping[str, str]) -> None:
        self.environ = environ
        self.problems: list[SettingProblem] = []

    def read(self, variable: Variable | str, convert: Callable[[str], T], default: T) -> T:
        """Read a variable; one that is wrong becomes a problem and gives its default."""
        name = variable if isinstance(variable, str) else variable.name
        text = self.environ.get(name, "")
        if not text.strip():
            return default
        try:
            return convert(text)
        except ValueError as error:
            self.add(name, text, str(error), f"using {_shown(name, default)} until it is corrected")
            return default

    def add(self, name: str, text: str, expected: str, remedy: str) -> None:
        """Add a problem; the values of secrets are not shown."""
        got = "set to something else" if name.endswith(_SECRET) else f'"{_clip(text)}"'
        self.problems.append(SettingProblem(name, got, expected, remedy))

    def unknown_names(self) -> None:
        """Add a problem for each variable of ours or of OpenTelemetry that nobody knows."""
        known = env.known_names()
        for name in sorted(self.environ):
            if not name.startswith(("ANCLORA_", "OTEL_")) or name.startswith(env.OPEN_PREFIXES) or name in known:
                continue
            hint = values.nearest(name, known)
            remedy = f"did you mean {hint}?" if hint else "remove it or see the reference of settings"
            self.problems.append(SettingProblem(name, "set", "a variable that is known", f"{remedy} It is ignored"))


def _shown(name: str, default: object) -> str:
    if default == "" or isinstance(default, (Mapping, tuple)) or name.endswith(_SECRET):
        return "the default"
    if isinstance(default, frozenset):
        return "all"
    return str(default).lower() if isinstance(default, bool) else str(default)


def _clip(text: str) -> str:
    flat = "".join(sign if sign.isprintable() else "?" for sign in text)
    return flat if len(flat) <= _SHOWN_CHARACTERS else flat[:_SHOWN_CHARACTERS] + "…"
