"""What a domain asks of receivers (DMARC, RFC 7489): broken, missing, inherited, and turned against its own mail."""

from __future__ import annotations

import pytest

from tests.checks.sender_auth.midori import (
    DOMAIN,
    GOOD_SPF,
    WARNING,
    findings,
    severities,
    txt,
    zone,
)


@pytest.mark.parametrize(
    ("record", "faults"),
    [
        ("v=DMARC1; rua=mailto:a@midori.example", ["no_policy"]),
        ("v=DMARC1; p=monitor", ["bad_policy"]),
        ("v=dmarc1; p=none", ["version"]),
        ("V=DMARC1 p=none", ["version", "no_policy"]),
        (" v=DMARC1; p=none", ["version"]),
        ("v=DMARC1; p=none; rua=a@midori.example", ["report_address"]),
    ],
)
async def test_a_broken_dmarc_record(server, record: str, faults: list[str]) -> None:
    zone(server, dmarc=record)
    found = await findings(server)
    assert found["dmarc_broken"].severity is WARNING
    assert found["dmarc_broken"].values["faults"] == faults


async def test_two_dmarc_records(server) -> None:
    zone(server)
    server.add(f"_dmarc.{DOMAIN}", "TXT", '"v=DMARC1; p=reject"')
    assert (await findings(server))["dmarc_broken"].values["faults"] == ["two_records"]


async def test_no_dmarc(server) -> None:
    zone(server, dmarc=None)
    found = await findings(server)
    assert severities(found)["dmarc_missing"] is WARNING
    assert found["dmarc_missing"].values["name"] == f"_dmarc.{DOMAIN}"


async def test_a_branch_inherits_the_policy_for_branches(server) -> None:
    below = f"osaka.{DOMAIN}"
    zone(server, dmarc="v=DMARC1; p=reject; sp=none")
    server.add(below, "TXT", txt(GOOD_SPF))
    found = await findings(server, domain=below)
    assert found["dmarc_ok"].values["policy"] == "none"


@pytest.mark.parametrize("permitted", [True, False])
async def test_reports_to_another_company_need_its_consent(server, permitted: bool) -> None:
    zone(server, dmarc="v=DMARC1; p=none; rua=mailto:x@reports.example.net!10m")
    if permitted:
        server.add(f"{DOMAIN}._report._dmarc.reports.example.net", "TXT", '"v=DMARC1;"')
    assert ("dmarc_reports_refused" in await findings(server)) is not permitted


@pytest.mark.parametrize("policy", ["none", "quarantine", "reject"])
async def test_a_strict_policy_turns_against_mail_without_proof(server, policy: str) -> None:
    zone(server, "v=spf1 -all", f"v=DMARC1; p={policy}", key=None)
    found = await findings(server)
    assert ("dmarc_against_us" in found) is (policy != "none")
