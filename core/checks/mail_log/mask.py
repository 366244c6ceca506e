"""Addresses made unreadable before something is handed to outsiders: the person goes, the domain and the counts stay."""

from __future__ import annotations

import dataclasses
import re
from typing import TypeVar

_ADDRESS = re.compile(r"([^\s<>\"'(),;:@\[\]=]{1,64})@(?=[A-Za-z0-9\[])")
# Accounts without a domain, as the mail programs write them.
_ACCOUNT = re.compile(r"\b((?:sasl_username|authid|set_id|user|U)=<?)([^\s<>,;)@]{1,64})(?![^\s<>,;)]*@)")
_NAMES = ("name", "sender")

T = TypeVar("T")


def mask_text(text: str) -> str:
    """`text` with the user's part of every address, and every account name, cut to its first letter."""
    return _ACCOUNT.sub(lambda found: found[1] + _short(found[2]), _ADDRESS.sub(_masked, text))


def masked(value: T) -> T:
    """The same facts, findings, lists or texts with every text in them masked. Names of accounts are masked as well."""
    return _walk(value, "")  # type: ignore[no-any-return]


def _walk(value: object, field: str) -> object:  # type: ignore[explicit-any, unused-ignore]
    if isinstance(value, str):
        return mask_text(value)
    if isinstance(value, tuple | list):
        return type(value)(_walk(item, field) for item in value)
    if isinstance(value, dict):
        return {key: _walk(item, str(key)) for key, item in value.items()}
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        changed = {each.name: _walk(getattr(value, each.name), each.name) for each in dataclasses.fields(value)}
        if getattr(value, "kind", None) == "account" and "@" not in changed["name"]:
            changed["name"] = _short(changed["name"])
        return dataclasses.replace(value, **changed)
    return value


def _masked(found: re.Match[str]) -> str:
    return _short(found[1]) + "@"


def _short(name: str) -> str:
    return name[:1] + "***"
