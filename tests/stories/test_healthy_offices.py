"""平穏な一日。 Nothing is wrong, whatever the mail server is called: nobody is frightened."""

from __future__ import annotations

import pytest

from tests.stories.company import CUSTOMERS, STRANGERS, OpenCompany

pytestmark = pytest.mark.story
OTHERS = ("sm-closed", "ex-closed", "os-closed", "pf-login")
KINDS = ["pf-closed", *(pytest.param(kind, marks=pytest.mark.slow) for kind in OTHERS)]


@pytest.mark.parametrize("kind", KINDS)
def test_a_healthy_server_is_never_an_alarm(company: OpenCompany, kind: str) -> None:
    """Mail came in, mail went out, the admin is curious. There is nothing to repair and nothing red."""
    office = company(kind)
    office.gets_mail()
    office.server_sends([f"taro@{name}" for name in CUSTOMERS[:3]])
    told = office.check("--symptom", "checkup", consent=True)
    assert not told.critical, told.summary
    assert told.first["code"] in ("nothing_found", "certificate_expired"), told.summary
    assert told.first["code"] == "nothing_found" or told.first["certainty"] == "possible"
    told.well("mail_queue", "mail_log", "server_health", "smtp_banner", "open_relay", "dnsbl", "dns_health")
    assert told.result("open_relay")["severity"] == "ok"


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["pf-closed", *OTHERS])
def test_everyday_nuisances_are_no_alarm(company: OpenCompany, kind: str) -> None:
    """いつもの小さな困りごと。 A mistyped address came back, two letters wait for a customer whose server is down,
    one for a greylist; robots tried to relay. So it is every day, on every server."""
    office = company(kind)
    office.gets_mail()
    office.server_sends(
        ["nobody@customer1.example", "grey@customer2.example", *(f"p{n}@far.example" for n in range(2))]
    )
    robots = [(STRANGERS[n], "", "", "x@far.example", ["victim@other.example"], "x@far.example") for n in range(4, 8)]
    assert office.send(office.lab.outside, robots)["refused"] == 4
    told = office.check("--symptom", "checkup", consent=True)
    assert not told.critical, told.summary
    assert told.first["code"] == "nothing_found" or told.first["certainty"] == "possible", told.summary


@pytest.mark.slow
def test_mail_that_leaves_through_the_provider_is_no_alarm(company: OpenCompany) -> None:
    """プロバイダー経由。 Everything goes through another server, which takes it."""
    office = company("pf-closed")
    provider = office.lab.server("pf-open")
    provider.shell("postconf -e myhostname=gate.provider.example mydestination=localhost")
    provider.shell("service postfix stop; service postfix start")
    try:
        office.server.shell(f"postconf -e 'relayhost=[{provider.address}]' && postfix reload")
        office.server_sends([f"taro@{name}" for name in CUSTOMERS[:3]])
        office.wait_for_log("status=sent", 3)
        told = office.check("--symptom", "checkup", consent=True)
    finally:
        provider.stop()
    assert not told.critical, told.summary
    assert told.first["code"] == "nothing_found" or told.first["certainty"] == "possible", told.summary
