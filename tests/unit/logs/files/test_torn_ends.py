"""What a killed process left of a line is taken off, and nothing else."""

from __future__ import annotations

import os
import tempfile

from hypothesis import example, given
from hypothesis import strategies as st

from anclora_otel.logs.files.torn_ends import without_torn_end

CONTENT = st.lists(st.sampled_from([b"\n", b"{}", b'{"message": "x"}\n', b"x" * 70_000]), max_size=6).map(b"".join)


@given(CONTENT)
@example(b"")
@example(b"x" * 65_536)
@example(b"\n" + b"x" * 65_536)
@example(b"one\n" + b"x" * 200_000)
def test_a_file_is_cut_behind_its_last_line_feed(content: bytes) -> None:
    """Whole lines stay byte for byte, wherever the torn end begins."""
    with tempfile.TemporaryFile() as file:
        file.write(content)
        file.flush()

        size = without_torn_end(file.fileno())

        whole = content[: content.rfind(b"\n") + 1]
        assert os.pread(file.fileno(), len(content) + 1, 0) == whole
        assert size == len(whole)
