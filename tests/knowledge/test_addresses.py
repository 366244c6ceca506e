"""Our own table of public addresses, where the documentation ranges count as public."""

from __future__ import annotations

import ipaddress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.knowledge.addresses import is_public
from core.knowledge.domain_names import registrable_domain

PUBLIC = (
    "192.0.2.1",
    "198.51.100.7",
    "203.0.113.25",
    "8.8.8.8",
    "172.15.255.255",
    "172.32.0.1",
    "100.63.0.1",
    "2001:db8::1",
    "2400:4050::1",
    "3fff::1",
)
NOT_PUBLIC = (
    "0.0.0.0",
    "10.1.2.3",
    "100.64.0.1",
    "127.0.0.1",
    "169.254.0.1",
    "172.16.0.1",
    "192.168.0.1",
    "198.18.0.1",
    "224.0.0.1",
    "255.255.255.255",
    "::",
    "::1",
    "fe80::1",
    "fe80::1%eth0",
    "2001:db8::1%eth0",
    "fd00::1",
    "ff02::1",
    "::ffff:203.0.113.25",
    "64:ff9b::cb00:7119",
    "2002:cb00:7119::1",
    "2001::1",
    "",
    "mail.example.jp",
    "203.0.113.025",
    "203.0.113",
    "203.0.113.25/32",
)


@pytest.mark.parametrize("address", PUBLIC)
def test_public(address: str) -> None:
    assert is_public(address)


@pytest.mark.parametrize("address", NOT_PUBLIC)
def test_not_public(address: str) -> None:
    assert not is_public(address)


DOCUMENTATION = [
    ipaddress.ip_network(n) for n in ("192.0.2.0/24", "198.51.100.0/24", "203.0.113.0/24", "2001:db8::/32", "3fff::/20")
]


@given(st.ip_addresses())
def test_never_more_public_than_the_registry(address) -> None:
    """Outside the documentation ranges we call nothing public that Python's table of IANA's registry calls private."""
    if is_public(str(address)) and not any(address in network for network in DOCUMENTATION):
        assert not address.is_private and not address.is_multicast and not address.is_loopback


@given(st.text(max_size=60))
def test_any_text_gets_an_answer(text: str) -> None:
    assert is_public(text) in (True, False)


@pytest.mark.parametrize(
    ("name", "registered"),
    [
        ("mail.example.co.jp", "example.co.jp"),
        ("example.co.jp", "example.co.jp"),
        ("www.example.jp.", "example.jp"),
        ("A.B.Example.COM", "example.com"),
        ("mail.example.co.uk", "example.co.uk"),
        ("shop.example.tokyo.jp", "example.tokyo.jp"),
        ("example.com", "example.com"),
        ("localhost", "localhost"),
    ],
)
def test_the_registered_part_of_a_name(name: str, registered: str) -> None:
    assert registrable_domain(name) == registered
