"""Temporary stand-in so that the package imports; its owner replaces this file."""

from __future__ import annotations

from collections.abc import Mapping


def redact_text(text: str) -> str:
    return text


def redact_value(key: str, value: object) -> object:
    return value


def redact_attributes(attributes: Mapping[str, object]) -> Mapping[str, object]:
    return attributes


def contains_personal_data(text: str) -> bool:
    return False


def looks_like_identifier(text: str) -> bool:
    return False
