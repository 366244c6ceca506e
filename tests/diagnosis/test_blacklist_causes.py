"""What a listing means for the company: whose address it is, whose list it is, and who must act."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from core.diagnosis import diagnose
from core.model import Cause, CheckResult, Context, Finding, MailHost, Severity, Target, Values

NOW = datetime(2026, 11, 22, tzinfo=UTC)
ADDRESS = "203.0.113.25"
LISTED = {"list_name": "Spamhaus ZEN", "zone": "zen.spamhaus.org", "address": ADDRESS}


def finding(code: str, values: Values, severity: Severity = Severity.CRITICAL) -> Finding:
    return Finding(code, severity, values)


def causes(*findings: Finding, host: str = "mx.midori-shoji.example", ssh: str | None = None) -> dict[str, Cause]:
    context = Context(
        Target(domain="midori-shoji.example", ssh=ssh),
        mail_hosts=(MailHost(host, preference=10, addresses=(ADDRESS,)),),
    )
    return {cause.code: cause for cause in diagnose([CheckResult("x", NOW, NOW, findings=findings)], context)}


def test_our_own_listed_address_is_ours_to_clear() -> None:
    found = causes(finding("dnsbl.listed", LISTED))
    assert list(found) == ["address_listed"]
    assert (found["address_listed"].certainty, found["address_listed"].who_acts) == ("confirmed", "you")


def test_a_listed_server_under_another_companys_name_is_the_hosting_companys() -> None:
    found = causes(finding("dnsbl.listed", LISTED), host="mx7.hosting.example.net")
    assert list(found) == ["shared_host_listed"]
    cause = found["shared_host_listed"]
    assert (cause.certainty, cause.who_acts, cause.values["addresses"]) == ("likely", "hosting_company", [ADDRESS])


@pytest.mark.parametrize("ssh", ["root@mx7.hosting.example.net"])
def test_a_server_we_can_log_in_to_is_ours_whatever_its_name(ssh: str) -> None:
    assert list(causes(finding("dnsbl.listed", LISTED), host="mx7.hosting.example.net", ssh=ssh)) == ["address_listed"]


def test_an_address_that_no_mx_names_is_not_blamed_on_the_hosting_company() -> None:
    other = {**LISTED, "address": "198.51.100.7"}
    assert list(causes(finding("dnsbl.listed", other), host="mx7.hosting.example.net")) == ["address_listed"]


def test_a_listed_domain_is_a_cause_of_its_own_beside_a_listed_address() -> None:
    domain = {"list_name": "Spamhaus DBL", "zone": "dbl.spamhaus.org", "domain": "midori-shoji.example"}
    found = causes(finding("dnsbl.domain_listed", domain))
    assert list(found) == ["domain_listed"]
    assert found["domain_listed"].values == {"zones": ["Spamhaus DBL"], "domains": ["midori-shoji.example"]}
    assert list(causes(finding("dnsbl.listed", LISTED), finding("dnsbl.domain_listed", domain))) == [
        "address_listed",
        "domain_listed",
    ]


def test_a_queue_refused_by_a_living_list_points_to_a_listing() -> None:
    queue = finding("mail_queue.blocked_using_list", {"zone": ["zen.spamhaus.org"]})
    assert causes(queue)["address_listed"].certainty == "likely"


@pytest.mark.parametrize(
    "refusal",
    [
        finding("mail_queue.blocked_using_list", {"zone": ["dnsbl.sorbs.net"]}),
        finding("dnsbl.dead_list_in_refusal", {"zone": "dnsbl.sorbs.net"}, Severity.WARNING),
    ],
)
def test_a_refusal_by_a_dead_list_is_the_other_sides_mistake(refusal: Finding) -> None:
    found = causes(refusal)
    assert list(found) == ["recipient_side"]
    assert (found["recipient_side"].who_acts, found["recipient_side"].values["reasons"]) == ("recipient", ["dead_list"])


def test_a_queue_that_names_a_living_and_a_dead_list_says_both() -> None:
    queue = finding("mail_queue.blocked_using_list", {"zone": ["dnsbl.sorbs.net", "bl.spamcop.net"]})
    found = causes(queue)
    assert set(found) == {"address_listed", "recipient_side"}
    assert found["address_listed"].values == {"zones": ["bl.spamcop.net"]}


def test_our_own_server_asking_a_list_that_lists_all_turns_mail_away() -> None:
    used = {"zone": "dnsbl.njabl.org", "list_name": "NJABL"}
    cause = causes(finding("dnsbl.own_server_uses_dead_list", used))["own_filter_rejects_all"]
    assert (cause.certainty, cause.who_acts, cause.values) == ("likely", "you", {"zones": ["dnsbl.njabl.org"]})


def test_our_own_server_asking_an_empty_list_is_only_a_risk_behind_everything_else() -> None:
    used = {"zone": "dnsbl.sorbs.net", "list_name": "SORBS"}
    found = causes(finding("dnsbl.own_server_uses_dead_list", used, Severity.WARNING), finding("dnsbl.listed", LISTED))
    assert list(found) == ["address_listed", "own_filter_rejects_all"]
    assert found["own_filter_rejects_all"].certainty == "possible"
