"""DNS servers that anybody may use: blacklists cannot tell who asks through them, and refuse (Spamhaus says so)."""

from __future__ import annotations

import ipaddress
import tomllib
from collections.abc import Mapping
from functools import cache

from core.resources import resources_dir


def public_resolver_name(server: str) -> str:
    """Whose public DNS server "IP", "IP:PORT" or "[IPv6]:PORT" is; empty when it is none we know."""
    host = server.strip()
    if host.startswith("["):
        host = host[1:].partition("]")[0]
    elif host.count(":") == 1:
        host = host.partition(":")[0]
    try:
        return _names().get(str(ipaddress.ip_address(host)), "")
    except ValueError:
        return ""


@cache
def _names() -> Mapping[str, str]:
    """Address -> company."""
    raw = tomllib.loads((resources_dir() / "data" / "public_resolvers.toml").read_text(encoding="utf-8"))
    return {str(ipaddress.ip_address(text)): entry["name"] for entry in raw["company"] for text in entry["addresses"]}
