"""From the settings' two files to the policy of a process."""

from __future__ import annotations

from anclora_otel import environment_variables as env
from anclora_otel.errors import SettingProblem
from anclora_otel.redaction.hashing import MIN_KEY_BYTES, read_key
from anclora_otel.redaction.own_patterns import OwnPatternsError, read_own_patterns
from anclora_otel.redaction.pattern import Pattern
from anclora_otel.redaction.policy import Policy


def load_policy(patterns_file: str = "", hmac_key_file: str = "") -> tuple[Policy, list[SettingProblem]]:
    """
    Build the policy from its files; a file that cannot be used is left out as a whole, and named.

    Args:
        patterns_file: own patterns as JSON, or an empty string.
        hmac_key_file: the key of hashing masks, or an empty string.

    """
    problems: list[SettingProblem] = []
    own: tuple[Pattern, ...] = ()
    key: bytes | None = None
    if patterns_file:
        try:
            own = read_own_patterns(patterns_file)
        except OwnPatternsError as error:
            problems.append(
                SettingProblem(
                    env.ANCLORA_REDACTION_PATTERNS_FILE.name,
                    f'"{patterns_file}", of which none is used: {error}',
                    'a JSON list such as [{"name": "reference", "expression": "REF-[0-9]{4,6}"}]',
                    "correct it; until then the built-in policy holds",
                )
            )
    if hmac_key_file:
        try:
            key = read_key(hmac_key_file)
        except ValueError as error:
            problems.append(
                SettingProblem(
                    env.ANCLORA_REDACTION_HMAC_KEY_FILE.name,
                    f'"{hmac_key_file}", {error}',
                    f"a file of mode 0600 with a key of {MIN_KEY_BYTES} bytes or more",
                    "correct it; until then masks carry no hash",
                )
            )
    return Policy(own, key), problems
