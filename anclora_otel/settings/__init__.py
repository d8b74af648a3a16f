"""
Settings: what the user wants, checked once, read nowhere else.

`load_settings` reads the environment and gives the settings together with every problem found;
`Settings` may also be built in code, which takes precedence over the environment. `load_alerting_settings` does
the same for the receivers of alerts, which no service needs.
"""

from anclora_otel.settings.alerting import AlertingSettings, load_alerting_settings
from anclora_otel.settings.loading import load_settings, with_overrides
from anclora_otel.settings.model import OtlpTarget, Settings

__all__ = [
    "AlertingSettings",
    "OtlpTarget",
    "Settings",
    "load_alerting_settings",
    "load_settings",
    "with_overrides",
]
