"""The emitter of YAML, held against PyYAML."""

from __future__ import annotations

import yaml
from hypothesis import given
from hypothesis import strategies as st

from anclora_otel.alertmanager.yaml_text import to_yaml

SCALARS = st.text(max_size=30) | st.booleans() | st.integers(-(10**9), 10**9)
NAMES = st.from_regex(r"\A[a-z][a-z_]{2,12}_\Z")
VALUES = st.recursive(
    SCALARS, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(NAMES, inner, max_size=4), max_leaves=12
)


@given(st.dictionaries(NAMES, VALUES, max_size=4))
def test_what_is_written_is_read_back(document: dict[str, object]) -> None:
    """PyYAML reads every document as it was, whatever its texts hold."""
    assert (yaml.safe_load(to_yaml(document)) or {}) == document  # type: ignore[arg-type]
