"""Addresses made unreadable before something goes to outsiders: the person goes, the domain and the counts stay."""

from __future__ import annotations

import dataclasses
import re
from typing import Any, TypeVar, cast

_ADDRESS = re.compile(r"([^\s<>\"'(),;:@\[\]=]{1,64})@(?=[A-Za-z0-9\[])")
# Accounts without a domain, as the mail programs write them.
_ACCOUNT = re.compile(r"\b((?:sasl_username|authid|set_id|user|U)=<?)([^\s<>,;)@]{1,64})(?![^\s<>,;)]*@)")

T = TypeVar("T")


def mask_text(text: str) -> str:
    """`text` with the user's part of every address, and every account name, cut to its first letter."""
    return _ACCOUNT.sub(lambda found: found[1] + _short(found[2]), _ADDRESS.sub(_masked, text))


def masked(value: T) -> T:
    """The same facts, findings, lists or texts with every text in them masked. Names of accounts are masked as well."""
    return cast(T, _walk(value))


def _walk(value: Any) -> Any:
    if isinstance(value, str):
        return mask_text(value)
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
    name = held.get("name")
    if kind == "account" and isinstance(name, str) and "@" not in name:
        return {**held, "name": _short(name)}
    return held


def _masked(found: re.Match[str]) -> str:
    return _short(found[1]) + "@"


def _short(name: str) -> str:
    return name[:1] + "***"
