"""Which part of a host name is the one somebody registered: the organisational domain of DMARC (RFC 7489 section 3.2).

Reads `resources/data/public_suffixes.toml`, the registries' part of the Public Suffix List.
"""

from __future__ import annotations

import tomllib
from functools import cache, lru_cache

from core.resources import resources_dir

# Under lg.jp the registry keeps the whole name of an authority ("city.kyoto.lg.jp"), which the list does not know.
_AUTHORITIES = frozenset({"metro", "pref", "city", "ward", "town", "vill"})


def plain_domain(name: str) -> str:
    """Lower case, without the final dot."""
    return name.strip().rstrip(".").lower()


def dns_form(name: str) -> str:
    """As it stands in the DNS: plain, letters beyond ASCII as "xn--..." (RFC 5890). Only so can names be compared."""
    return ".".join(_as_asked(label) for label in plain_domain(name).split("."))


@lru_cache(256)  # a run asks again and again about the same few
def registrable_domain(name: str) -> str:
    """ "mail.example.co.jp" -> "example.co.jp", in the form the DNS has; a public suffix stays as it is."""
    labels = dns_form(name).split(".")
    return ".".join(labels[-_registrable_length(labels) :])


@cache
def _rules() -> dict[str, frozenset[str]]:
    """The last label -> what may stand before it and still be public."""
    path = resources_dir() / "data" / "public_suffixes.toml"
    data = tomllib.loads(path.read_text(encoding="utf-8"))
    if unknown := set(data) - {"checked", "below", "example"}:
        raise ValueError(f"{path.name}: unknown keys {sorted(unknown)}")
    return {last: frozenset(found.split(" ")) for last, found in data["below"].items()}


def _registrable_length(labels: list[str]) -> int:
    if labels[-2:] == ["lg", "jp"]:
        own = next((at for at, label in enumerate(labels[:-2]) if label in _AUTHORITIES), None)
        return len(labels) - own if own is not None and len(labels) - own <= 5 else 3
    return _public_length(labels[-1], labels[:-1]) + 1


def _public_length(last: str, before: list[str]) -> int:
    """How many labels are public; of several rules the longest counts, an exception before all."""
    rules = _rules().get(last, frozenset())
    longest = 1
    for count in range(1, min(len(before), 4) + 1):
        begin = ".".join(before[-count:])
        if f"!{begin}" in rules:
            return count
        if begin in rules or ".".join(["*", *before[-count:][1:]]) in rules:
            longest = count + 1
    return longest


def _as_asked(label: str) -> str:
    """A label that has no such form stays as it is."""
    try:
        return label if label.isascii() else label.encode("idna").decode("ascii")
    except UnicodeError:
        return label
