"""Mail does not come in: a signpost that leads in a circle, or a machine at the door that speaks no mail."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from core.diagnosis import diagnose
from core.model import Cause, CheckResult, Context, Finding, MailHost, Severity, Symptom, Target

NOW = datetime(2026, 11, 22, tzinfo=UTC)
CIRCLE = Finding("dns_health.mx_circle", Severity.CRITICAL, {"host": "mx.midori.example"})
STRANGE = Finding("smtp_banner.not_smtp", Severity.WARNING, {"host": "mx.midori.example", "port": 25})
REWRITES = Finding("dns_health.resolver_rewrites", Severity.UNKNOWN)
NO_PROOF = Finding("sender_auth.spf_fail", Severity.CRITICAL)


def causes(*findings: Finding, symptom: Symptom = "not_received", mail_host: str | None = None) -> tuple[Cause, ...]:
    target = Target(domain="midori.example", symptom=symptom, mail_host=mail_host)
    hosts = (MailHost("mx.midori.example", preference=10, addresses=("203.0.113.10",)),)
    return diagnose([CheckResult("dns_health", NOW, NOW, findings=findings)], Context(target, mail_hosts=hosts))


def test_a_circle_is_the_first_cause() -> None:
    found = causes(NO_PROOF, CIRCLE)
    assert (found[0].code, found[0].certainty, found[0].who_acts) == ("dns_moved", "likely", "domain_company")
    assert found[0].findings == ("dns_health.mx_circle",)


def test_a_program_that_speaks_no_mail_makes_the_signpost_suspect() -> None:
    found = causes(STRANGE)
    assert [(one.code, one.certainty) for one in found] == [("dns_moved", "possible")]


def test_a_line_with_pages_of_its_own_is_suspected_itself() -> None:
    assert [one.code for one in causes(STRANGE, REWRITES)] == ["port_25_blocked_here"]


def test_a_door_the_person_named_says_nothing_about_the_signpost() -> None:
    assert [one.code for one in causes(STRANGE, mail_host="www.midori.example:80")] == ["nothing_found"]


@pytest.mark.parametrize(
    ("address", "stopped"),
    [("127.0.0.1", False), ("0.0.0.0", False), ("::1", False), ("192.168.1.5", True)],
)
def test_a_signpost_to_this_very_computer_says_nothing_about_the_server(address: str, stopped: bool) -> None:
    """Nobody listens here: that was our own door, and no mail program of the company has stopped."""
    inside = Finding("dns_health.mx_private", Severity.CRITICAL, {"host": "mx.midori.example", "addresses": [address]})
    shut = Finding("smtp_banner.refused", Severity.CRITICAL, {"host": "mx.midori.example", "port": 25})
    found = [one.code for one in causes(inside, shut)]
    assert found[0] == "dns_moved" and ("mail_service_stopped" in found) is stopped
