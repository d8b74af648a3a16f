"""Apply the redaction policy that the settings ask for."""

from __future__ import annotations

import logging

from anclora_otel.errors import SettingsError
from anclora_otel.redaction import load_policy, use_policy
from anclora_otel.settings import Settings

logger = logging.getLogger("anclora_otel")


def apply_redaction(settings: Settings) -> None:
    """
    Apply own patterns and the key of hashing masks, each where its file can be used.

    Raises:
        SettingsError: in strict mode if one of the files cannot be used.

    """
    policy, problems = load_policy(settings.redaction_patterns_file, settings.redaction_hmac_key_file)
    if problems and settings.strict:
        raise SettingsError(problems)
    for problem in problems:
        logger.warning("%s", problem)
    use_policy(policy)
