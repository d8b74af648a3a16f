"""Log lines of the example's processes on stderr; what else becomes of them is the wrapper's affair."""

from __future__ import annotations

import logging
import sys


def show_logs() -> None:
    """Let lines of level info through, and write them to stderr unless something else does already."""
    root = logging.getLogger()
    root.setLevel(min(root.level, logging.INFO) if root.level else logging.INFO)
    # httpx writes a line for each request, which the API client's own line says better.
    logging.getLogger("httpx").setLevel(logging.WARNING)
    if any(isinstance(handler, logging.StreamHandler) for handler in root.handlers):
        return
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(name)s: %(message)s"))
    root.addHandler(handler)
