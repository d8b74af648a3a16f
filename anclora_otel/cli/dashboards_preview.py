"""`anclora-otel dashboards preview`: draw the committed dashboards with live data, without Grafana."""

from __future__ import annotations

import argparse
import os
import sys
import webbrowser
from pathlib import Path

from anclora_otel.cli.arguments import ended_by_signal, loki_url, prometheus_url
from anclora_otel.errors import StackError
from anclora_otel.stack import Places, Toolbox, project_at
from anclora_otel.stack.ports import HOST
from anclora_otel.stack.preview import PORT, Dashboards, PreviewServer, Upstream, chart_library


def configure_parser(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    parser.add_argument("--port", type=_port, default=PORT, metavar="PORT", help="of the page (default: %(default)s)")
    parser.add_argument(
        "--host",
        default=HOST,
        metavar="ADDRESS",
        help="where it listens; it asks for no password (default: %(default)s)",
    )
    parser.add_argument("--prometheus", metavar="URL", help="address of Prometheus (default: that of the stack)")
    parser.add_argument("--loki", metavar="URL", help="address of Loki (default: that of the stack)")
    parser.add_argument("--grafana", metavar="URL", default="", help="a Grafana that every panel then links to")
    parser.add_argument("--dashboards", type=Path, metavar="DIR", help="dashboards to draw (default: the project's)")
    parser.add_argument("--state-dir", type=Path, metavar="FOLDER", help="state of the stack (default: .state)")
    parser.add_argument("--project-dir", type=Path, help="checkout of anclora-otel (default: from here up)")
    parser.add_argument("--no-open", action="store_true", help="open no browser")


def execute(arguments: argparse.Namespace) -> int:
    """Serve the page until SIGTERM or Ctrl-C."""
    places = Places.choose(project_at(arguments.project_dir, Path.cwd()), os.environ, arguments.state_dir)
    dashboards = Dashboards(arguments.dashboards or places.project / "dashboards")
    dashboards.check()
    prometheus = Upstream("prometheus", arguments.prometheus or prometheus_url(places.state))
    loki = Upstream("loki", loki_url(arguments.loki, places.state))
    prometheus.check()
    _warn_without(loki)
    server = PreviewServer(
        dashboards,
        (prometheus, loki),
        chart_library(Toolbox(places.tools, places.project)),
        port=arguments.port,
        host=arguments.host,
        grafana=arguments.grafana,
    )
    ended = ended_by_signal()
    with server:
        sys.stdout.write(f"dashboards at {server.url} with the data of {prometheus.address}; Ctrl-C ends it\n")
        sys.stdout.flush()
        if not arguments.no_open and _has_display():
            webbrowser.open(server.url)
        ended.wait()
    return 0


def _warn_without(loki: Upstream) -> None:
    try:
        loki.check()
    except StackError as error:
        sys.stderr.write(f"{error}; panels of log lines will say so\n")


def _has_display() -> bool:
    """Say whether a browser could open a window; one in the terminal would be in the way."""
    return sys.platform == "darwin" or any(os.environ.get(name) for name in ("DISPLAY", "WAYLAND_DISPLAY"))


def _port(text: str) -> int:
    if text.isascii() and text.isdigit() and int(text) <= 65535:
        return int(text)
    raise argparse.ArgumentTypeError(f"{text!r} is no port: expected 0 (any free one) to 65535")
