"""Our server's public address as the refusing side saw it: the one a blacklist has to be asked about."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Collection

from core.knowledge.addresses import is_public
from core.model import MailHost

_ADDRESS = re.compile(
    r"(?<![\w.:-])(?:(?:\d{1,3}\.){3}\d{1,3}(?![\d.]*\d)|(?:[0-9a-f]{0,4}:){2,7}[0-9a-f]{0,4}(?![\w:]))", re.I
)
# Where the address is the other side's, not ours.
_THEIRS = re.compile(
    r"(?:(?<!client )(?<!your )(?<!sending )(?<!remote )\bhost [\w.-]+|"
    r"connect to [\w.-]*|connection to [\w.-]*|talking to [\w.-]*|relay=[\w.-]*|to server [\w.-]*|"
    r"response from [\w.-]*|lost connection with [\w.-]*)\s?[\[(][0-9a-f.:]+[\])](?::\d+)?|"
    r"\bH=\S+ \[[0-9a-f.:]+\](?::\d+)?|(?:generating|reporting|remote) (?:server|mta)[^\n]{0,80}",
    re.I,
)
_RECEIVED_FROM = re.compile(r"^from\s+\S+\s*\([^)]{0,300}?\[(?:ipv6:)?([0-9a-f.:]+)\]", re.I)
_RECEIVED_BY = re.compile(r"\bby\s+([a-z0-9.-]+)", re.I)
MOST = 4000


def address_in_refusal(quote: str) -> str | None:
    """The first public address the refuser names, other than its own."""
    for found in _ADDRESS.finditer(_THEIRS.sub(" ", quote[:MOST])):
        try:
            address = str(ipaddress.ip_address(found[0]))
        except ValueError:
            continue
        if is_public(address):
            return address
    return None


def address_in_received(received: str, our_domain: str) -> str | None:
    """The client of the returned mail's newest `Received`, when a server that is not ours wrote that line."""
    sender, by = _RECEIVED_FROM.search(received[:MOST]), _RECEIVED_BY.search(received[:MOST])
    if not sender or not by or not our_domain or _same_owner(by[1].lower(), our_domain):
        return None
    try:
        address = str(ipaddress.ip_address(sender[1]))
    except ValueError:
        return None
    return address if is_public(address) else None


def said_by_ours(
    recipients: Collection[str], remote_mta: str | None, domains: Collection[str], hosts: Collection[MailHost]
) -> bool:
    """Whether our own server refused what was written to us: a customer sent their returned mail on. Then the address
    in it, and the doubts about the sender, are the customer's."""
    ours = {domain.lower() for domain in domains}
    if not recipients or not all(name.rpartition("@")[2].lower() in ours for name in recipients):
        return False
    where = (remote_mta or "").lower().rstrip(".")
    own = {host.name.lower().rstrip(".") for host in hosts} | {each for host in hosts for each in host.addresses}
    return not where or where in own or any(_same_owner(where, domain) for domain in ours)


def _same_owner(host: str, domain: str) -> bool:
    """Whether a host stands under the domain, or under the same name above it (mail.example.co.jp, example.co.jp)."""
    return host == domain or host.endswith(f".{domain}") or domain.endswith("." + host.partition(".")[2] or ".")
