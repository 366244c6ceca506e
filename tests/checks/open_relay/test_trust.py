"""Whom the settings of each mail server trust: everybody, a whole provider, a gateway, or the company alone."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from core.checks.open_relay.facts import OpenRelayFacts, SettingsRead
from core.checks.open_relay.judge import judge
from core.checks.open_relay.settings.verdict import is_gateway

EXIM_NO = [line for _ in range(3) for line in ("250 OK", "550 relay not permitted")] + ["550 relay not permitted"]


def lines(product: str, network: str) -> tuple[str, ...]:
    """The closed settings of one product, with this network trusted."""
    dotted = network.partition("/")[0].split(".")
    octets = ".".join(dotted[: int(network.partition("/")[2] or 32) // 8])
    return {
        "postfix": (
            f"mynetworks = 127.0.0.0/8 {network}",
            "smtpd_relay_restrictions = permit_mynetworks, reject_unauth_destination",
            "smtpd_recipient_restrictions = ",
        ),
        "exim": (f"hostlist relay_from_hosts = <; 127.0.0.1 ; {network}", *EXIM_NO),
        "sendmail": ("read sendmail.cf", "feature access_db", f"access Connect:{octets} RELAY"),
        "opensmtpd": (
            'action "relay" relay',
            f'match from src {network} for any action "relay"',
            "match from any for any reject",
        ),
    }[product]


def codes(product: str, network: str) -> list[str]:
    read = SettingsRead(product, lines(product, network))  # type: ignore[arg-type]
    found = judge(OpenRelayFacts(datetime.now(UTC), (), (read,)))
    return [finding.code.removeprefix("open_relay.") for finding in found]


PRODUCTS = ("postfix", "exim", "sendmail", "opensmtpd")


@pytest.mark.parametrize("product", PRODUCTS)
def test_the_companys_own_network_is_no_fault(product: str) -> None:
    for network in ("192.168.1.0/24", "10.0.0.0/8", "203.0.113.0/24"):
        assert codes(product, network) == ["config_closed"], network


@pytest.mark.parametrize("product", PRODUCTS)
def test_a_whole_provider_is_too_wide(product: str) -> None:
    assert codes(product, "126.0.0.0/8") == ["config_closed", "trust_too_wide"]


@pytest.mark.parametrize("product", PRODUCTS)
@pytest.mark.parametrize("network", ["172.17.0.0/16", "172.17.0.1", "192.168.1.1"])
def test_a_gateway_may_stand_for_everybody(product: str, network: str) -> None:
    assert codes(product, network) == ["config_closed", "trusts_gateway"]


@pytest.mark.parametrize("product", ["postfix", "opensmtpd"])
@pytest.mark.parametrize("network", ["0.0.0.0/0", "0.0.0.0/1"])
def test_the_whole_internet_is_open(product: str, network: str) -> None:
    assert codes(product, network) == ["config_open"]


def test_exim_tells_in_its_rehearsal_that_the_whole_internet_may() -> None:
    told = ("hostlist relay_from_hosts = 0.0.0.0/0", *(["250 OK", "250 Accepted"] * 3))
    found = judge(OpenRelayFacts(datetime.now(UTC), (), (SettingsRead("exim", told),)))
    assert [(f.code, f.values["settings"]) for f in found] == [
        ("open_relay.config_open", ["relay_from_hosts = 0.0.0.0/0"])
    ]


def test_what_is_no_gateway() -> None:
    for network in (
        "10.0.0.0/8",
        "172.16.0.0/11",
        "192.168.0.0/16",
        "192.168.1.5",
        "8.8.8.1",
        "127.0.0.1",
        "::1",
        "x",
        "",
    ):
        assert not is_gateway(network), network
    assert is_gateway("172.16.0.0/12")
