"""A page is quoted only where it stands on a host of our own data: whatever tricks its writer knows."""

import pytest

from core.knowledge.known_pages import known_hosts, without_strange_pages

KEPT = (
    "see https://support.google.com/mail/?p=IPv6AuthError for more",
    "(https://check.spamhaus.org/).",
    "HTTP://WWW.SPAMCOP.NET/bl.shtml?203.0.113.25",
    "Client host [203.0.113.25] blocked using zen.spamhaus.org; 10.0.0.0/8; 5.7.1/x; <taro@example.jp>",
)
LEFT_OUT = (
    "https://evil.example/x",
    "HTTPS://EVIL.example",
    "www.evil.example",
    "evil.example/login",
    "hxxps://evil.example/x",
    "http:evil.example",
    "https:\\\\evil.example\\x",
    "ftp://evil.example/x",
    "https://203.0.113.66/x",
    "https://support.google.com@evil.example/",
    "https://support.google.com:443@evil.example/",
    "https://support.google.com\\@evil.example/",
    "https://support.google.com.evil.example/",
    "https://support.google.com%2eevil.example/",
    "https://例え.example/x",
)


@pytest.mark.parametrize("text", KEPT)
def test_pages_of_lists_and_providers_stay(text: str) -> None:
    assert without_strange_pages(text, "[page]") == text


@pytest.mark.parametrize("page", LEFT_OUT)
def test_others_are_left_out(page: str) -> None:
    assert without_strange_pages(f"550 see {page} now", "[page]") == "550 see [page] now"


def test_the_hosts_are_names_of_the_data() -> None:
    assert {"support.google.com", "check.spamhaus.org"} <= known_hosts()
    assert all(host == host.lower() and "/" not in host for host in known_hosts())
