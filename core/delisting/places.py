"""Where a request goes, in which language, and how long a list takes: `resources/data/delisting.toml`."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Literal

from core.resources import resources_dir

Who = Literal["you", "hosting_company", "nobody"]
How = Literal["form", "form_with_account", "mail", "by_itself", "by_itself_or_form", "nothing"]

# The list's own word for its removal -> who may ask, and how.
WAYS: Mapping[str, tuple[Who, How]] = {
    "self_service": ("you", "form"),
    "self_service_static_line": ("you", "form"),
    "clean_site_first": ("you", "form"),
    "account_needed": ("you", "form_with_account"),
    "ask_by_mail": ("you", "mail"),
    "expires_or_ask": ("you", "by_itself_or_form"),
    "expires": ("nobody", "by_itself"),
    "hosting_company_asks": ("hosting_company", "mail"),
    "nothing_to_do": ("nobody", "nothing"),
}
_KEYS = {"checked", "forms", "reads_japanese", "mail", "hours", "example"}


@dataclass(frozen=True)
class Places:
    """The file's content. `hours`: the list's word for the wait -> when to look again."""

    forms: Mapping[str, str]
    reads_japanese: frozenset[str]
    mail: Mapping[str, str]
    hours: Mapping[str, int]


@cache
def places() -> Places:
    """What the file holds. Raises ValueError on a key nobody knows: a bug, found by the tests."""
    raw = tomllib.loads((resources_dir() / "data" / "delisting.toml").read_text(encoding="utf-8"))
    if unknown := set(raw) - _KEYS:
        raise ValueError(f"delisting.toml: unknown {sorted(unknown)}")
    return Places(raw["forms"], frozenset(raw["reads_japanese"]["providers"]), raw["mail"], raw["hours"])
