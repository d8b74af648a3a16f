"""`anclora-otel silence`: make, list and end silences."""

from __future__ import annotations

import argparse
import json
import sys
from dataclasses import asdict
from pathlib import Path

from anclora_otel.alertmanager import Alertmanager
from anclora_otel.alertmanager.api import Silence
from anclora_otel.alertmanager.silences import LONGEST, new_silence, read_duration, read_matchers
from anclora_otel.cli.arguments import alertmanager_url, state_folder
from anclora_otel.errors import AlertmanagerError

NAME = "silence"
HELP = "make, list and end silences of a running Alertmanager"

NONE_FOUND = 1
"""The exit code of `list` when nothing is silenced."""


def configure_parser(parser: argparse.ArgumentParser) -> None:
    """Declare the subcommands and their options."""
    actions = parser.add_subparsers(dest="action", required=True, metavar="ACTION")
    add = actions.add_parser("add", help="mute the alerts that match")
    add.add_argument("matchers", nargs="+", metavar="MATCHER", help="such as alertname=HighQueueLatency")
    add.add_argument("--author", required=True, help="who answers for it")
    add.add_argument("--comment", required=True, help="why, for whoever finds it later")
    add.add_argument("--duration", default="2h", metavar="TIME", help="such as 90m or 1d (default: %(default)s)")
    add.add_argument("--force", action="store_true", help=f"allow more than {LONGEST.days}d")
    listing = actions.add_parser("list", help="show what is silenced; exit code 1 where nothing is")
    listing.add_argument("--all", action="store_true", help="those that have ended too")
    expire = actions.add_parser("expire", help="end silences")
    expire.add_argument("ids", nargs="+", metavar="ID", help="as `silence list` shows it; the beginning is enough")
    for action in (add, listing, expire):
        action.add_argument("--json", action="store_true", help="write JSON for machines")
        action.add_argument("--url", metavar="URL", help="address of Alertmanager (default: that of the stack)")
        action.add_argument("--state-dir", metavar="FOLDER", type=Path, help="state of the stack (default: .state)")


def execute(arguments: argparse.Namespace) -> int:
    """Run one of add, list and expire."""
    actions = {"add": _add, "list": _list, "expire": _expire}
    return actions[arguments.action](arguments)


def _reached(arguments: argparse.Namespace) -> Alertmanager:
    url = arguments.url or alertmanager_url(None, state_folder(arguments.state_dir))
    return Alertmanager(url)


def _add(arguments: argparse.Namespace) -> int:
    matchers = read_matchers(arguments.matchers)
    duration = read_duration(arguments.duration, force=arguments.force)
    silence = new_silence(matchers, duration, arguments.author, arguments.comment)
    silence_id = _reached(arguments).add_silence(silence)
    if arguments.json:
        _write_json({"id": silence_id, "ends_at": silence["endsAt"]})
    else:
        _write(f"silenced until {_moment(silence['endsAt'])}; end it by: anclora-otel silence expire {silence_id}")
    return 0


def _list(arguments: argparse.Namespace) -> int:
    found = [each for each in _reached(arguments).silences() if arguments.all or each.state != "expired"]
    found.sort(key=lambda each: each.ends_at)
    if arguments.json:
        _write_json([asdict(each) for each in found])
    else:
        for each in found:
            _write(_line(each))
        if not found:
            _write("nothing is silenced")
    return 0 if found else NONE_FOUND


def _expire(arguments: argparse.Namespace) -> int:
    alertmanager = _reached(arguments)
    running = [each for each in alertmanager.silences() if each.state != "expired"]
    chosen = [_one(beginning, running) for beginning in arguments.ids]
    for each in chosen:
        alertmanager.expire_silence(each.id)
    if arguments.json:
        _write_json({"expired": [each.id for each in chosen]})
    else:
        for each in chosen:
            _write(f"ended {_line(each)}")
    return 0


def _one(beginning: str, running: list[Silence]) -> Silence:
    found = [each for each in running if beginning and each.id.startswith(beginning)]
    if len(found) != 1:
        how_many = "no silence that runs begins" if not found else f"{len(found)} silences begin"
        raise AlertmanagerError(f"{how_many} with {beginning!r}: see `anclora-otel silence list`")
    return found[0]


def _line(silence: Silence) -> str:
    matchers = " ".join(silence.matchers)
    text = f"{silence.id}  {silence.state}  until {_moment(silence.ends_at)}  {matchers}"
    return _printable(f"{text}  by {silence.author}: {silence.comment}")


def _moment(text: str) -> str:
    return f"{text[:19].replace('T', ' ')} UTC"


def _printable(text: str) -> str:
    return "".join(sign if sign.isprintable() else "?" for sign in text)


def _write(line: str) -> None:
    sys.stdout.write(f"{line}\n")


def _write_json(value: object) -> None:
    _write(json.dumps(value, indent=2, ensure_ascii=False))
