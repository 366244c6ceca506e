"""Addresses made unreadable before something goes to outsiders: the person goes, the domain and the counts stay."""

from __future__ import annotations

import dataclasses
from typing import Any, TypeVar, cast

T = TypeVar("T")


def masked(value: T) -> T:
    """The same facts, findings, lists or texts with every text in them masked. Names of accounts are masked as well."""
    return cast(T, _walk(value))


def _walk(value: Any) -> Any:
    from core.masking import mask_people  # its patterns are made only where something is masked

    if isinstance(value, str):
        return mask_people(value)
    if isinstance(value, tuple | list):
        return type(value)(_walk(item) for item in value)
    if isinstance(value, dict):
        return {key: _walk(item) for key, item in _with_short_name(value, value.get("kind")).items()}
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        held = {each.name: getattr(value, each.name) for each in dataclasses.fields(value)}
        changed = {name: _walk(item) for name, item in _with_short_name(held, held.get("kind")).items()}
        return dataclasses.replace(value, **changed)
    return value


def _with_short_name(held: dict[str, Any], kind: object) -> dict[str, Any]:
    """An account's name may be a person's, with or without a domain."""
    from core.masking import short_name

    name = held.get("name")
    if kind == "account" and isinstance(name, str) and "@" not in name:
        return {**held, "name": short_name(name)}
    return held
