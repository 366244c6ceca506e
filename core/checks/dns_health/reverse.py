"""What reverse names say: does a name lead back to its address, and was it given by hand or by a machine?"""

from __future__ import annotations

import re

from core.checks.dns_health.facts import AddressFacts, Helo, ReverseName
from core.knowledge.addresses import parse_address

# Words providers put into the names of lines, not of servers.
_LINE_WORDS = re.compile(
    r"(^|[.\-_0-9])(dyn|dynamic|dhcp|ppp|pppoe|pool|dial|dialup|dsl|adsl|vdsl|cable|cust|customer|client|broadband|"
    r"ftth|flets|unassigned|nat|mobile|wireless)([.\-_0-9]|$)"
)


def leads_back(name: ReverseName, address: str) -> bool | None:
    """Whether the name's own address is `address`; None when that could not be asked."""
    wanted = parse_address(address)
    if any(parse_address(record) == wanted for lookup in name.forward for record in lookup.records):
        return True
    if any(lookup.error and lookup.error != "bad_name" for lookup in name.forward):
        return None
    return False


def is_confirmed(facts: AddressFacts) -> bool | None:
    """Whether one of the names leads back (forward-confirmed reverse DNS); None when that cannot be told."""
    answers = [leads_back(name, facts.address) for name in facts.names]
    if True in answers:
        return True
    return None if None in answers or not answers else False


def is_trusted(facts: AddressFacts) -> bool | None:
    """Whether receivers find a name that leads back and was given by hand; None when that cannot be told."""
    if facts.ptr.error:
        return None
    confirmed = is_confirmed(facts) if facts.ptr.records else False
    return confirmed and not all(is_generic(name.name, facts.address) for name in facts.names)


def helo_fits(helo: Helo, facts: AddressFacts) -> bool | None:
    """Whether the greeting name is the address's own: its address, or its reverse name; None when not all was told."""
    wanted, name = parse_address(facts.address), helo.name.rstrip(".").lower()
    if any(parse_address(record) == wanted for lookup in helo.forward for record in lookup.records):
        return True
    if any(name == one.name.rstrip(".").lower() for one in facts.names):
        return True
    return None if facts.ptr.error or any(lookup.error for lookup in helo.forward) else False


def is_generic(name: str, address: str) -> bool:
    """Whether a machine made the name from the address ("203-0-113-25.dynamic.example.net")."""
    labels = name.rstrip(".").lower()
    host = ".".join(labels.split(".")[:-2])  # the company's own part says nothing
    return _holds_address(host, address) or bool(_LINE_WORDS.search(host) and re.search(r"\d", host))


def _holds_address(host: str, address: str) -> bool:
    parsed = parse_address(address)
    if parsed is None:
        return False
    if parsed.version == 6:
        groups = parsed.exploded.split(":")
        return "".join(groups[4:]) in re.sub(r"[^0-9a-f]", "", host)
    octets = str(parsed).split(".")
    numbers = re.findall(r"\d+", host)
    rows = [octets, octets[::-1]]
    padded = ["".join(octet.zfill(3) for octet in row) for row in rows]
    run = [str(int(number)) for number in numbers]
    in_a_row = any(run[start : start + 4] == row for row in rows for start in range(len(run)))
    return in_a_row or any(text in host for text in (*padded, "".join(f"{int(octet):02x}" for octet in octets)))
