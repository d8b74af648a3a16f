"""
Settings: what the user wants, checked once, read nowhere else.

`load_settings` reads the environment and gives the settings together with every problem found;
`Settings` may also be built in code, which takes precedence over the environment.
"""

from anclora_otel.settings.loading import load_settings, with_overrides
from anclora_otel.settings.model import OtlpTarget, Settings

__all__ = ["OtlpTarget", "Settings", "load_settings", "with_overrides"]
