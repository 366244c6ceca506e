"""When a missing proof of sender is the answer, and how sure of it we are."""

from datetime import UTC, datetime

import pytest

from core.diagnosis import diagnose
from core.model import Cause, CheckResult, Context, Finding, Severity, Target

NOW = datetime(2026, 11, 22, tzinfo=UTC)


def causes(*found: Finding, target: Target | None = None) -> list[Cause]:
    result = CheckResult("x", NOW, NOW, findings=found)
    return list(diagnose([result], Context(target or Target(symptom="not_delivered"))))


def finding(code: str, severity: Severity = Severity.CRITICAL) -> Finding:
    return Finding(code, severity, {})


REFUSED = finding("bounce.sender_auth_failed")


@pytest.mark.parametrize("code", ["spf_fail", "spf_permerror", "spf_two_records", "spf_unreadable", "dkim_key_missing"])
def test_a_proof_that_fails_is_likely_the_cause(code: str) -> None:
    (cause,) = causes(finding(f"sender_auth.{code}"))
    assert (cause.code, cause.certainty, cause.who_acts) == ("sender_auth_failing", "likely", "domain_company")
    assert cause.findings == (f"sender_auth.{code}",)


def test_the_other_side_and_the_dns_together_confirm_it() -> None:
    (cause,) = causes(finding("sender_auth.spf_fail"), REFUSED)
    assert cause.certainty == "confirmed"
    assert cause.findings == ("bounce.sender_auth_failed", "sender_auth.spf_fail")
    assert causes(REFUSED)[0].certainty == "likely"
    assert causes(REFUSED, finding("sender_auth.spf_missing"))[0].certainty == "confirmed"


def test_no_record_is_a_suspicion_and_stands_behind_what_was_seen() -> None:
    found = causes(finding("sender_auth.spf_missing"), finding("dnsbl.listed"))
    assert [cause.code for cause in found] == ["address_listed", "sender_auth_failing"]
    assert found[1].certainty == "possible"


@pytest.mark.parametrize("severity", [Severity.WARNING, Severity.UNKNOWN])
@pytest.mark.parametrize("code", ["spf_fail", "spf_softfail", "spf_missing", "dmarc_missing", "dkim_unknown"])
def test_what_does_not_get_mail_refused_is_no_cause(code: str, severity: Severity) -> None:
    assert "sender_auth_failing" not in [cause.code for cause in causes(finding(f"sender_auth.{code}", severity))]


def test_mail_that_does_not_come_in_has_another_cause() -> None:
    (cause,) = causes(finding("sender_auth.spf_fail"), target=Target(symptom="not_received"))
    assert cause.certainty == "possible"
