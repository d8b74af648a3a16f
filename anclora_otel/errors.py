"""
Every error that anclora-otel raises into a caller's code.

::

    AncloraOtelError
    ├── SettingsError          one or more settings cannot be used; carries all of them
    ├── AlertmanagerError      Alertmanager cannot be reached, or a silence cannot be made
    ├── PrometheusError        Prometheus cannot be asked, or answers with an error
    ├── DrillError             a drill cannot be run as it was asked for
    └── StackError             a component of the native stack could not be built, started or reached

Recorders raise none of these: telemetry never breaks the application.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


class AncloraOtelError(Exception):
    """The root of the errors of anclora-otel; its text is one line that says what to do."""


@dataclass(frozen=True)
class SettingProblem:
    """
    One setting that cannot be used as it stands.

    Args:
        name: the setting as the user wrote it, for example ``OTEL_EXPORTER_OTLP_PROTOCOL``.
        got: the value that was found, with anything secret left out.
        expected: what would have been accepted.
        remedy: what to do, and what happens until then.

    """

    name: str
    got: str
    expected: str
    remedy: str

    def __str__(self) -> str:
        """Give the problem as one line."""
        return f"{self.name} is {self.got}: expected {self.expected}; {self.remedy}"


class SettingsError(AncloraOtelError):
    """
    Raised in strict mode when settings cannot be used.

    Args:
        problems: every one of them.

    """

    def __init__(self, problems: Sequence[SettingProblem]) -> None:
        self.problems: tuple[SettingProblem, ...] = tuple(problems)
        super().__init__("\n".join(str(problem) for problem in self.problems))


class StackError(AncloraOtelError):
    """Raised when a component of the native stack cannot be built, started, reached or stopped."""


class AlertmanagerError(AncloraOtelError):
    """Raised when Alertmanager cannot be reached or refuses, and when a silence may not be made as it is asked for."""


class PrometheusError(AncloraOtelError):
    """Raised when Prometheus cannot be asked, or answers with an error."""


class DrillError(AncloraOtelError):
    """Raised when a drill cannot be run: it is not known, not allowed here, or what it needs does not run."""
