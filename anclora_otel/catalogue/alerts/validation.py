"""From a settings file's contents to settings, with every problem at once."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Iterator, Mapping
from types import MappingProxyType

from anclora_otel.catalogue.alerts.consistency import inconsistencies
from anclora_otel.catalogue.alerts.declarations import BY_KEY, SETTINGS
from anclora_otel.catalogue.alerts.durations import milliseconds
from anclora_otel.catalogue.alerts.scope import number_text
from anclora_otel.catalogue.alerts.setting import AlertSettings, Setting
from anclora_otel.errors import SettingProblem, SettingsError

_LOOK_AROUND = ("(?=", "(?!", "(?<=", "(?<!")


def settings_from(tables: Mapping[str, object]) -> AlertSettings:
    """
    Check the contents of a settings file.

    Args:
        tables: sections with their settings, as a TOML reader gives them; what is left out keeps its default.

    Raises:
        SettingsError: something cannot be used, or an alert could not mean what was set; it has every problem.

    """
    values: dict[str, float | str] = {}
    problems: list[SettingProblem] = []
    for section, table in tables.items():
        for name, value in table.items() if isinstance(table, Mapping) else [("", table)]:
            key = f"{section}.{name}" if name else section
            setting = BY_KEY.get(key)
            problem = _unknown(section, name) if setting is None else _wrong(setting, value)
            if problem is not None:
                problems.append(problem)
            elif isinstance(value, str | int | float):
                values[key] = value
    settings = AlertSettings(MappingProxyType(values))
    # A value that was refused is left at its default here, so that nothing is said twice.
    problems += inconsistencies(settings)
    if problems:
        raise SettingsError(problems)
    return settings


def _unknown(section: str, name: str) -> SettingProblem:
    sections = list(dict.fromkeys(setting.section for setting in SETTINGS))
    if section not in sections:
        return SettingProblem(f"[{section}]", "no section", _choice(section, sections), "rename or remove it")
    names = [setting.name for setting in SETTINGS if setting.section == section]
    return SettingProblem(f"{section}.{name}", "no setting", _choice(name, names), "rename or remove it")


def _choice(got: str, choices: Iterable[str]) -> str:
    choices = list(choices)
    found = difflib.get_close_matches(got, choices, n=1, cutoff=0.6)
    return f"one of {', '.join(choices)}" + (f" (did you mean {found[0]}?)" if found else "")


def _wrong(setting: Setting, value: object) -> SettingProblem | None:
    check = {
        "number": _number,
        "share": _share,
        "duration": _duration,
        "selector": _selector,
        "name": _name,
        "link": _link,
    }[setting.form]
    for expected, remedy in check(setting, value):
        default = number_text(setting.default) if isinstance(setting.default, int | float) else repr(setting.default)
        return SettingProblem(setting.key, repr(value), expected, f"{remedy} (default: {default})")
    return None


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and abs(value) < float("inf")


def _number(setting: Setting, value: object) -> Iterator[tuple[str, str]]:
    above = f"from {setting.low:g}" + (f" to {setting.high:g}" if setting.high != float("inf") else "")
    if not isinstance(value, int | float) or not _is_number(value):
        yield "a number without quotes", "write it as a number"
    elif not setting.low <= value <= setting.high:
        yield f"a number {above}", "choose one"


def _share(_: Setting, value: object) -> Iterator[tuple[str, str]]:
    if not isinstance(value, int | float) or not _is_number(value):
        yield "a share above 0 and below 1", "write 1 % as 0.01"
    elif not 0 < value < 1:
        yield "a share above 0 and below 1", "write 1 % as 0.01; neither 0 % nor 100 % can be crossed"


def _duration(_: Setting, value: object) -> Iterator[tuple[str, str]]:
    try:
        readable = isinstance(value, str) and milliseconds(value) > 0
    except ValueError:
        readable = False
    if not readable:
        yield 'a duration above zero, such as "5m" or "1h30m"', "write number and unit (ms, s, m, h, d) in quotes"


def _selector(_: Setting, value: object) -> Iterator[tuple[str, str]]:
    if not isinstance(value, str):
        yield "a regular expression in quotes", "write it as text"
        return
    if '"' in value or "\\" in value or any(group in value for group in _LOOK_AROUND):
        yield 'a regular expression of RE2 without " and \\', "write a literal dot as [.]"
        return
    try:
        re.compile(value)
    except re.error as error:
        yield f"a regular expression ({error})", "correct it"


def _name(_: Setting, value: object) -> Iterator[tuple[str, str]]:
    if not isinstance(value, str) or not re.fullmatch(r"[A-Za-z0-9_./-]+", value):
        yield "a name of letters, digits and ._/-", "write the job's name as Prometheus has it"


def _link(setting: Setting, value: object) -> Iterator[tuple[str, str]]:
    hole = "{alert}" if setting.name == "runbook" else "{dashboard}"
    if not isinstance(value, str) or not re.match(r"https?://[^\s/\"]+/", value) or hole not in value:
        yield f"an address http(s)://HOST/... with {hole} in it", "alerts put their own name there"
    elif re.search(r"\bexample\.(com|org|net)\b|YOUR|changeme", value):
        yield "an address that exists", "replace the placeholder"
