"""The folder that Alertmanager reads: alertmanager.yml, templates and one file a secret."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

from anclora_otel.alertmanager.configuration import Rendered
from anclora_otel.errors import AncloraOtelError

CONFIGURATION_FILE = "alertmanager.yml"


def write_folder(folder: Path, rendered: Rendered, templates: Path) -> tuple[Path, ...]:
    """
    Write the configuration; secrets that it no longer names are removed.

    Args:
        folder: where to; made where it is not there.
        rendered: the configuration.
        templates: folder of the templates, which are copied.

    Returns:
        The files that were written.

    Raises:
        AncloraOtelError: something cannot be written.

    """
    try:
        return _write(folder, rendered, templates)
    except OSError as error:
        raise AncloraOtelError(
            f"{error.filename or folder} cannot be written ({error.strerror}): pass --output"
        ) from error


def _write(folder: Path, rendered: Rendered, templates: Path) -> tuple[Path, ...]:
    secrets, copies = folder / "secrets", folder / "templates"
    for each in (folder, secrets, copies):
        each.mkdir(parents=True, exist_ok=True, mode=0o700)
    secrets.chmod(0o700)
    written = [_write_private(secrets / name, f"{text}\n") for name, text in rendered.secrets.items()]
    for stale in secrets.iterdir():
        if stale.name not in rendered.secrets:
            stale.unlink()
    written += [Path(shutil.copy(template, copies)) for template in sorted(templates.glob("*.tmpl"))]
    # Last, so that a configuration never names a secret that is not there yet.
    written.append(_write_private(folder / CONFIGURATION_FILE, rendered.text))
    return tuple(written)


def _write_private(file: Path, text: str) -> Path:
    fresh = file.with_name(f".{file.name}.new")
    fresh.unlink(missing_ok=True)
    descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as opened:
        opened.write(text)
    fresh.replace(file)
    return file
