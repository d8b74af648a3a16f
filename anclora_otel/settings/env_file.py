"""Files of variables, as compose and shells read them."""

from __future__ import annotations

import re
from pathlib import Path

from anclora_otel.errors import AncloraOtelError

_LINE = re.compile(r"(?:export\s+)?([A-Za-z_][A-Za-z0-9_]*)=(.*)\Z")


def read_env_file(file: Path) -> dict[str, str]:
    """
    Read lines of ``NAME=value``; blank lines and those that begin with ``#`` are passed over, nothing is expanded.

    Args:
        file: such as `.env.monitoring`.

    Raises:
        AncloraOtelError: the file cannot be read, or a line is none of these; the text never holds a value.

    """
    try:
        lines = file.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        reason = getattr(error, "strerror", None) or "it is no text"
        raise AncloraOtelError(f"--env-file {file} cannot be read ({reason})") from error
    found: dict[str, str] = {}
    for number, line in enumerate(lines, 1):
        text = line.strip()
        if not text or text.startswith("#"):
            continue
        match = _LINE.match(text)
        if not match:
            raise AncloraOtelError(f"{file}, line {number}: expected NAME=value, or # and a comment")
        found[match[1]] = _unquoted(match[2].strip())
    return found


def _unquoted(text: str) -> str:
    if len(text) >= 2 and text[0] == text[-1] and text[0] in "'\"":
        return text[1:-1]
    return re.sub(r"\s+#.*\Z", "", text)
