"""`anclora-otel dashboards`: render the dashboards of Grafana from their builders, and draw them without Grafana."""

from __future__ import annotations

import argparse
import importlib
import importlib.util
import sys
import warnings
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import ModuleType
from typing import Any

from anclora_otel.catalogue.alerts import Scope
from anclora_otel.cli import dashboards_preview
from anclora_otel.errors import AncloraOtelError
from anclora_otel.settings.alerts import load_alert_settings
from anclora_otel.stack import project_at

LIBRARIES = {"grafana_foundation_sdk": "grafana-foundation-sdk==0.0.21", "promql_parser": "promql-parser"}
"""What the builders need, which no service does: the module and what to install."""

OLDEST_PYTHON = (3, 11)


def configure_parser(parser: argparse.ArgumentParser) -> None:
    """Declare the subcommands and their options."""
    actions = parser.add_subparsers(dest="action", required=True, metavar="ACTION")
    render = actions.add_parser("render", help="write dashboards/*.json, or with --output dashboards of your own")
    render.add_argument("--check", action="store_true", help="write nothing; exit 1 if a file would change")
    render.add_argument("--project-dir", type=Path, help="checkout of anclora-otel (default: from here up)")
    render.add_argument("--output", type=Path, metavar="DIR", help="write the dashboards there, and nothing else")
    render.add_argument(
        "--settings", type=Path, metavar="FILE", help="thresholds that differ from rules/thresholds.toml; with --output"
    )
    preview = actions.add_parser("preview", help="draw them on a local page with live data, without Grafana")
    dashboards_preview.configure_parser(preview)


def execute(arguments: argparse.Namespace) -> int:
    """Carry out the action."""
    return dashboards_preview.execute(arguments) if arguments.action == "preview" else _render(arguments)


def _render(arguments: argparse.Namespace) -> int:
    """Write the files that differ, or name them."""
    if arguments.output is None and arguments.settings:
        sys.stderr.write("dashboards/ holds the defaults: pass --output DIR for thresholds of your own\n")
        return 2
    scope = Scope(load_alert_settings(arguments.settings))
    project = project_at(arguments.project_dir, Path.cwd())
    folder = arguments.output or project / "dashboards"
    texts = dashboard_files(project, scope)
    stale = {folder / name: text for name, text in texts.items() if _read(folder / name) != text}
    for file, text in stale.items():
        if arguments.check:
            sys.stderr.write(f"{file} does not follow from the code: run: anclora-otel dashboards render\n")
        else:
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(text, encoding="utf-8")
            sys.stdout.write(f"wrote {file}\n")
    return 1 if stale and arguments.check else 0


def dashboard_files(project: Path, scope: Scope) -> Mapping[str, str]:
    """
    Render every dashboard.

    Args:
        project: the checkout with the builders.
        scope: the settings whose thresholds are drawn.

    Raises:
        AncloraOtelError: the library is missing, a builder is broken, or a dashboard cannot work; a line for each.

    """
    _require_libraries()
    if not (project / "dashboards" / "builders").is_dir():
        raise AncloraOtelError(f"{project} has no dashboards/builders: pass --project-dir with a checkout")
    sys.path.insert(0, str(project))
    try:
        built = _module("registry").build_all(scope)
        found = [line for dashboard in built for line in _module("checks").problems(dashboard)]
        if not found:
            return _rendered(built)
    except Exception as error:
        raise AncloraOtelError(f"dashboards: {_where(error, project)}{type(error).__name__}: {error}") from error
    finally:
        sys.path.remove(str(project))
    raise AncloraOtelError("\n".join(found))


def _rendered(built: Sequence[Any]) -> dict[str, str]:
    with warnings.catch_warnings():
        # The library recommends the next format, which Grafana does not provision from files yet.
        warnings.simplefilter("ignore", DeprecationWarning)
        return {dashboard.file: _module("rendering").render(dashboard) for dashboard in built}


def _require_libraries() -> None:
    if sys.version_info < OLDEST_PYTHON:
        version = f"{sys.version_info.major}.{sys.version_info.minor}"
        raise AncloraOtelError(f"dashboards are rendered with Python 3.11 or later, and this is {version}: use another")
    for module, requirement in LIBRARIES.items():
        if importlib.util.find_spec(module) is None:
            raise AncloraOtelError(f"{module} is not installed, and renders the dashboards: pip install {requirement}")


def _module(name: str) -> ModuleType:
    return importlib.import_module(f"dashboards.builders.{name}")


def _where(error: Exception, project: Path) -> str:
    """Name the line of the builders at which an error arose."""
    if isinstance(error, SyntaxError) and error.filename:
        return f"{Path(error.filename).name}, line {error.lineno}: "
    traceback, place = error.__traceback__, ""
    while traceback is not None:
        file = Path(traceback.tb_frame.f_code.co_filename)
        if file.is_relative_to(project / "dashboards"):
            place = f"{file.name}, line {traceback.tb_lineno}: "
        traceback = traceback.tb_next
    return place


def _read(file: Path) -> str | None:
    return file.read_text(encoding="utf-8") if file.is_file() else None
