"""Where we look from, as addresses tell it."""

from __future__ import annotations

import pytest

from core.knowledge.vantage import relation_of, seen_address_in

SERVER = "203.0.113.25"


@pytest.mark.parametrize(
    ("local", "peer", "seen", "trusted", "expected"),
    [
        ("198.51.100.7", SERVER, None, (), "outside"),
        ("10.77.1.50", "10.77.1.2", None, (), "inside"),  # both in the office
        ("10.77.1.50", SERVER, None, (), "unknown"),  # behind a translator: hairpin or home, nobody can tell
        ("10.77.1.50", SERVER, "198.51.100.7", (), "outside"),
        ("10.77.1.50", SERVER, "10.77.1.1", (), "inside"),  # hairpin: the server saw the router
        ("10.77.1.50", SERVER, SERVER, (), "inside"),
        ("198.51.100.7", SERVER, None, ("198.51.100.0/24",), "inside"),
        ("198.51.100.7", SERVER, None, ("0.0.0.0/0",), "outside"),  # trust for everyone is the fault, not a place
        ("203.0.113.2", SERVER, None, (), "inside"),  # its own line
        ("127.0.0.1", "127.0.0.1", None, (), "inside"),
        ("2001:db8:1::7", "2001:db8:2::25", None, ("[::1]/128",), "outside"),
        ("fe80::1%eth0", "fe80::2%eth0", None, (), "inside"),
        ("100.64.3.4", SERVER, None, (), "unknown"),
        (None, None, None, (), "unknown"),
        ("nonsense", SERVER, "<b>", ("hash:/etc/x",), "unknown"),
    ],
)
def test_relation(
    local: str | None, peer: str | None, seen: str | None, trusted: tuple[str, ...], expected: str
) -> None:
    assert relation_of(local, peer, seen, trusted) == expected


@pytest.mark.parametrize(
    ("hello", "seen"),
    [
        ("mx.example.jp Hello client.example.net [198.51.100.7], pleased to meet you", "198.51.100.7"),
        ("mx.example.jp Hello [10.0.0.1] [198.51.100.7]", "198.51.100.7"),
        ("mx.example.jp Hello x [IPv6:2001:db8::7]", "2001:db8::7"),
        ("mx.example.jp", None),
        ("mx.example.jp [999.1.1.1]", None),
    ],
)
def test_seen_address(hello: str, seen: str | None) -> None:
    assert seen_address_in(hello) == seen
