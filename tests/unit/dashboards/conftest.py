"""Leave out what needs the library of the builders where it cannot be had."""

from __future__ import annotations

import sys

# The library is for Python 3.11 and later. What is committed is tested on every Python, what writes it there.
collect_ignore = ["test_rendering.py"] if sys.version_info < (3, 11) else []
