"""`anclora-otel thresholds`: move every line, rule and word of the alerts to thresholds of one's own."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from anclora_otel.catalogue.alerts import Scope
from anclora_otel.catalogue.alerts.reference import render_alert_reference
from anclora_otel.catalogue.rules import rules_files
from anclora_otel.cli.dashboards import dashboard_files
from anclora_otel.errors import AncloraOtelError
from anclora_otel.settings.alerts import load_alert_settings
from anclora_otel.stack import project_at


def configure_parser(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    parser.add_argument(
        "--settings", type=Path, metavar="FILE", required=True, help="what differs from rules/thresholds.toml"
    )
    parser.add_argument(
        "--output", type=Path, metavar="DIR", required=True, help="where rules/, dashboards/ and alerts.md are written"
    )
    parser.add_argument("--project-dir", type=Path, help="checkout of anclora-otel (default: from here up)")


def execute(arguments: argparse.Namespace) -> int:
    """Write all that follows from the thresholds, or nothing."""
    scope = Scope(load_alert_settings(arguments.settings))
    project = project_at(arguments.project_dir, Path.cwd())
    texts = {f"dashboards/{name}": text for name, text in dashboard_files(project, scope).items()}
    texts |= {f"rules/{name}": text for name, text in rules_files(scope).items()}
    texts["alerts.md"] = render_alert_reference(scope)
    for name, text in texts.items():
        file = arguments.output / name
        try:
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(text, encoding="utf-8")
        except OSError as error:
            raise AncloraOtelError(f"{file} cannot be written ({error.strerror}): pass another --output") from error
    sys.stdout.write(f"wrote {len(texts)} files to {arguments.output}\n")
    return 0
