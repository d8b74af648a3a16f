"""`anclora-otel stack backup` and `restore`: what Prometheus and Loki have stored."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable
from dataclasses import asdict
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

from anclora_otel.cli.stack_arguments import (
    add_components_argument,
    add_stack_arguments,
    opened_stack,
    write,
    write_json,
)
from anclora_otel.errors import StackError
from anclora_otel.stack.backup import BACKED_UP, Backup, create_backup, read_backup, restore_backup


def add_actions(actions: Any) -> None:
    """Declare the actions and their options."""
    backup = actions.add_parser(
        "backup",
        help="copy the data of Prometheus and Loki; each stands still meanwhile, the collector's queue holds on",
    )
    add_components_argument(backup, BACKED_UP, all_of="both")
    backup.add_argument("--output", type=Path, metavar="FILE", help="default: backups/anclora-TIME.tar.gz in the state")
    restore = actions.add_parser("restore", help="put a backup in the place of what there is, which is kept beside it")
    restore.add_argument("file", type=Path, metavar="FILE", help="made by `backup`")
    restore.add_argument("--yes", action="store_true", help="do it; without it, the command says what it would do")
    for action in (backup, restore):
        add_stack_arguments(action)


def _backup(arguments: argparse.Namespace) -> int:
    stack = opened_stack(arguments)
    name = f"anclora-{datetime.now(timezone.utc):%Y%m%dT%H%M%SZ}.tar.gz"
    file = arguments.output or stack.places.state / "backups" / name
    backup = create_backup(stack, file, arguments.components or BACKED_UP, _progress)
    if arguments.json:
        write_json({**asdict(backup), "archive_bytes": file.stat().st_size})
    else:
        write(f"wrote {file} ({_megabytes(file.stat().st_size)}): {_content(backup)}")
    return 0


def _restore(arguments: argparse.Namespace) -> int:
    stack = opened_stack(arguments)
    if not arguments.yes:
        backup = read_backup(arguments.file)
        raise StackError(
            f"{arguments.file} of {_time(backup)} would replace what there is ({_content(backup)}): add --yes to do it"
        )
    backup = restore_backup(stack, arguments.file, _progress)
    if arguments.json:
        write_json(asdict(backup))
    else:
        write(f"restored {_content(backup)} as of {_time(backup)}")
        write(f"what was there before is in {stack.places.state}, as NAME.before-restore")
    return 0


def _content(backup: Backup) -> str:
    return ", ".join(f"{name} {version} {_megabytes(backup.bytes[name])}" for name, version in backup.versions.items())


def _time(backup: Backup) -> str:
    return f"{datetime.fromtimestamp(backup.created_at, timezone.utc):%Y-%m-%d %H:%M:%S} UTC"


def _megabytes(number: int) -> str:
    return f"{number / 1024**2:.1f} MB"


def _progress(name: str, done: int) -> None:
    sys.stderr.write(f"{name}: {_megabytes(done)}\n")
    sys.stderr.flush()


ACTIONS: dict[str, Callable[[argparse.Namespace], int]] = {"backup": _backup, "restore": _restore}
"""The actions of this group."""
