"""The client a refusal names is us, never the one who refuses."""

from __future__ import annotations

import pytest

from core.checks.bounce import read_bounce


@pytest.mark.parametrize(
    "line",
    [
        "554 5.7.1 Service unavailable; Client host [203.0.113.25] blocked using bl.example.net",
        "550 Host [203.0.113.25] blocked using bl.example.net",
        "554 sending server: [203.0.113.25] blocked",
        "550 Client host mail.example.co.jp[203.0.113.25] blocked",
        "553 5.7.1 your host [203.0.113.25] is listed in a blacklist",
    ],
)
def test_the_refused_client_is_our_sending_address(line: str) -> None:
    facts = read_bounce(line)
    assert (facts.sending_address, facts.recipients[0].remote_mta) == ("203.0.113.25", None)


def test_a_refuser_named_beside_us_stays_the_refuser() -> None:
    facts = read_bounce(
        "host mx.example.jp[198.51.100.9] said: 554 5.7.1 Client host [203.0.113.25] blocked using bl.example"
    )
    assert (facts.sending_address, facts.recipients[0].remote_mta) == ("203.0.113.25", "mx.example.jp")
