"""The name our server greets with, as read on it: it must exist, and best be its address's own."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from core.checks.dns_health.facts import AddressFacts, Facts, Helo, ReverseName
from core.checks.dns_health.judge import judge
from core.lookup import Lookup
from core.model import AddressSource

ADDRESS, HOST = "203.0.113.25", "mail.midori.example"


def found(
    helo: str, leads_to: str | None, *, error: str = "", ptr: str | None = HOST, source: AddressSource = "ssh"
) -> list[str]:
    records = (leads_to,) if leads_to else ()
    forward = Lookup(helo, "A", records, "" if error else "NOERROR" if records else "NXDOMAIN", error)
    reverse = Lookup("25.113.0.203.in-addr.arpa", "PTR", (f"{ptr}.",) if ptr else (), "NOERROR")
    names = (ReverseName(f"{ptr}.", (Lookup(ptr, "A", (ADDRESS,), "NOERROR"),)),) if ptr else ()
    addresses = (AddressFacts(ADDRESS, source, reverse, names),)
    facts = Facts(datetime.now(UTC), "r:53", None, None, (), (), None, addresses, None, Helo(helo, (forward,)))
    return [one.code.partition(".")[2] for one in judge(facts)]


@pytest.mark.parametrize(
    ("helo", "leads_to"),
    [(HOST, ADDRESS), ("other.midori.example", ADDRESS), ("MAIL.midori.example.", "10.0.0.5"), (HOST, "198.51.100.9")],
)
def test_a_name_that_is_the_address_s_own(helo: str, leads_to: str) -> None:
    assert found(helo, leads_to) == ["addresses_ok"]


def test_a_name_of_another_machine() -> None:
    assert found("www.midori.example", "198.51.100.9") == ["helo_differs"]
    assert found("www.midori.example", "198.51.100.9", ptr=None) == ["helo_differs", "ptr_missing"]


def test_a_name_that_does_not_exist() -> None:
    assert found("server.local", None) == ["helo_unknown"]


def test_what_could_not_be_asked_or_is_no_proven_sender_is_no_fault() -> None:
    assert found("www.midori.example", None, error="timed_out") == ["addresses_ok"]
    assert found("www.midori.example", "198.51.100.9", source="mx") == ["addresses_ok"]
