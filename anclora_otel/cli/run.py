"""`anclora-otel run`: run a command with telemetry, without a changed line."""

from __future__ import annotations

import argparse
import importlib.util
import os
import shutil
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from anclora_otel.errors import AncloraOtelError
from anclora_otel.settings import load_settings
from anclora_otel.settings.reporting import PREFIX, report_once

COMMAND_NOT_FOUND = 127
"""The exit code of shells for a command that does not exist."""

COMMAND_NOT_EXECUTABLE = 126
"""The exit code of shells for a command that cannot be executed."""

INSTRUMENTED_LIBRARIES = ("fastapi", "httpx", "requests", "redis")
"""The libraries that the wrapper instruments, besides logging."""

SETTINGS_REFUSED = 2
"""The exit code in strict mode when a setting is wrong."""


def configure_parser(parser: argparse.ArgumentParser) -> None:
    """Describe the command's arguments."""
    parser.usage = "anclora-otel run [--strict] [--service-name NAME] -- COMMAND [ARGUMENT ...]"
    parser.add_argument("--strict", action="store_true", help="refuse to start when a setting is wrong")
    parser.add_argument("--service-name", metavar="NAME", help="name of the service (OTEL_SERVICE_NAME)")
    parser.add_argument("program", nargs=argparse.REMAINDER, metavar="-- COMMAND", help="the command and its arguments")


def execute(arguments: argparse.Namespace) -> int:
    """Become the command; come back only where it cannot be started."""
    program = _program(arguments.program)
    environ = dict(os.environ)
    if arguments.strict:
        environ["ANCLORA_STRICT"] = "true"
    if arguments.service_name:
        environ["OTEL_SERVICE_NAME"] = arguments.service_name
    settings, problems = load_settings(environ)
    report_once(problems, sys.stderr, environ)
    if problems and settings.strict:
        return SETTINGS_REFUSED
    executable = shutil.which(program[0], path=environ.get("PATH"))
    if executable is None:
        return _refuse(program[0])
    _say_what_is_missing()
    sys.stderr.flush()
    try:
        os.execve(executable, program, instrumented(environ))
    except OSError as error:
        sys.stderr.write(f"{PREFIX}{program[0]} cannot be started: {error.strerror or error}\n")
        return COMMAND_NOT_EXECUTABLE


def instrumented(environ: Mapping[str, str]) -> dict[str, str]:
    """
    Give the environment in which every Python process instruments itself.

    Upstream's start-up hook stands first on the path of modules, so worker processes, reloaders and spawned children
    load it too; the entry points of this package tell it what to do.

    Args:
        environ: the environment to extend.

    """
    hook = auto_instrumentation_folder()
    others = [path for path in environ.get("PYTHONPATH", "").split(os.pathsep) if path and path != hook]
    return {
        "OTEL_PYTHON_DISTRO": "anclora",
        "OTEL_PYTHON_CONFIGURATOR": "anclora",
        **environ,
        "PYTHONPATH": os.pathsep.join([hook, *others]),
    }


def missing_instrumentors(is_installed: Callable[[str], bool]) -> tuple[str, ...]:
    """
    Name the libraries that are installed while their instrumentor is not.

    Args:
        is_installed: says whether a module can be found.

    """
    return tuple(
        library
        for library in INSTRUMENTED_LIBRARIES
        if is_installed(library) and not is_installed(f"opentelemetry.instrumentation.{library}")
    )


def auto_instrumentation_folder() -> str:
    """
    Find the folder of upstream's start-up hook.

    Raises:
        AncloraOtelError: if opentelemetry-instrumentation is not installed.

    """
    spec = importlib.util.find_spec("opentelemetry.instrumentation.auto_instrumentation")
    if spec is None or spec.origin is None:
        raise AncloraOtelError(
            "opentelemetry-instrumentation is not installed; run: pip install --force-reinstall anclora-otel"
        )
    return str(Path(spec.origin).parent)


def _say_what_is_missing() -> None:
    missing = missing_instrumentors(_is_installed)
    if missing:
        remedy = "run: pip install 'anclora-otel[instrumentation]'"
        sys.stderr.write(f"{PREFIX}no spans of {', '.join(missing)}: the instrumentor is not installed; {remedy}\n")


def _is_installed(module: str) -> bool:
    try:
        return importlib.util.find_spec(module) is not None
    except ModuleNotFoundError:
        return False


def _program(words: Sequence[str]) -> list[str]:
    program = list(words[1:] if words[:1] == ["--"] else words)
    if not program:
        raise AncloraOtelError("run needs a command: anclora-otel run -- uvicorn app:app")
    return program


def _refuse(command: str) -> int:
    if os.path.sep in command and Path(command).exists():
        sys.stderr.write(f"{PREFIX}{command} is not executable; run: chmod +x {command}\n")
        return COMMAND_NOT_EXECUTABLE
    sys.stderr.write(f"{PREFIX}{command}: command not found; check its spelling or install it\n")
    return COMMAND_NOT_FOUND
