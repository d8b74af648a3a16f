"""The reference of settings, as a page of the documentation."""

from __future__ import annotations

from anclora_otel import environment_variables as env
from anclora_otel.environment_variables import Variable

_HEAD = """# Settings

<!-- Rendered by `anclora-otel settings docs`; changes here are lost. -->

Every setting is an environment variable. A wrong value is one line that names what was got, what was expected and what
holds until it is corrected; the application starts all the same. With `ANCLORA_STRICT=true` or
`anclora-otel run --strict` it does not start. In code, `anclora_otel.configure(…)` takes the fields of
`anclora_otel.Settings`, which win over the environment.
"""

_OWN = "\n## Of anclora-otel\n\n| variable | meaning | default |\n|---|---|---|\n"
_STANDARD = "\n## Of OpenTelemetry\n\n| variable | meaning | default |\n|---|---|---|\n"
_OTLP = (
    "\n## Of the OTLP exporters\n\n"
    "Each holds for all signals; with the name of a signal, as in `OTEL_EXPORTER_OTLP_TRACES_ENDPOINT`, for that "
    "one.\n\n"
    "| variable | meaning |\n|---|---|\n"
)
_ALERTING = (
    "\n## Of the receivers of alerts\n\n"
    "Read by `anclora-otel alertmanager render` and `anclora-otel stack up` alone. A secret is better given as a file, "
    "by the name with `_FILE`.\n\n"
    "| variable | meaning | default |\n|---|---|---|\n"
)
_PASSED_ON = (
    "\n## Read by OpenTelemetry itself\n\n"
    "These are accepted without a word, and their meaning is in OpenTelemetry's own documentation: "
)


def render_settings_reference() -> str:
    """Render the whole page."""
    variables = [variable for variable in env.settings_variables() if variable is not env.ANCLORA_SETTINGS_REPORTED]
    ours = [variable for variable in variables if not variable.name.startswith("OTEL_")]
    own = [variable for variable in ours if variable not in env.ALERTING]
    standard = [variable for variable in variables if variable.name.startswith("OTEL_")]
    otlp = "".join(f"| `{env.OTLP_PREFIX}{suffix}` | {meaning} |\n" for suffix, meaning in env.OTLP_SUFFIXES.items())
    passed_on = ", ".join(f"`{name}`" for name in sorted(env.READ_BY_OPENTELEMETRY))
    open_ended = ", ".join(f"`{prefix}…`" for prefix in env.OPEN_PREFIXES)
    return (
        _HEAD
        + (_OWN + "".join(map(_row, own)))
        + (_STANDARD + "".join(map(_row, standard)))
        + (_OTLP + otlp)
        + (_ALERTING + "".join(map(_row, env.ALERTING)))
        + (_PASSED_ON + f"{passed_on}, and every name that begins with {open_ended}.\n")
    )


def _row(variable: Variable) -> str:
    default = f"`{variable.default}`" if variable.default else "none"
    name = f"`{variable.name}`" + (f" or `{variable.name}_FILE`" if variable.secret else "")
    return f"| {name} | {variable.meaning} | {default} |\n"
