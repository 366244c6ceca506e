"""What all results together mean: roots before consequences before risks, and no cause out of nothing."""

from datetime import UTC, datetime

import pytest

from core.diagnosis import diagnose
from core.model import CheckResult, Context, Finding, Problem, Severity, Target, Values
from core.texts import Texts

NOW = datetime(2026, 11, 22, tzinfo=UTC)


def result(*findings: Finding, check_id: str = "x", problem: Problem | None = None) -> CheckResult:
    return CheckResult(check_id, NOW, NOW, findings=findings, problem=problem)


def finding(code: str, severity: Severity = Severity.CRITICAL, values: Values | None = None) -> Finding:
    return Finding(code, severity, values or {})


def codes(*results: CheckResult, target: Target | None = None) -> list[str]:
    return [cause.code for cause in diagnose(results, Context(target or Target()))]


def test_the_story_of_2004_is_told_in_the_right_order() -> None:
    found = codes(
        result(finding("smtp_banner.unsupported", Severity.WARNING, {"product": "Sendmail", "version": "8.9.3"})),
        result(finding("dnsbl.listed", values={"zone": "zen.spamhaus.org"})),
        result(finding("open_relay.accepted")),
    )
    assert found == ["open_relay", "address_listed", "server_unsupported"]


def test_an_accepted_probe_alone_is_only_a_suspicion() -> None:
    (cause,) = diagnose([result(finding("open_relay.accepted"))], Context(Target()))
    assert (cause.certainty, cause.who_acts) == ("possible", "you")


def test_settings_that_let_strangers_send_confirm_the_open_relay() -> None:
    opened = result(finding("open_relay.config_open"), finding("open_relay.accepted"))
    (cause,) = diagnose([opened], Context(Target()))
    assert (cause.code, cause.certainty) == ("open_relay", "confirmed")
    (alone,) = diagnose([result(finding("open_relay.config_open"))], Context(Target()))
    assert alone.certainty == "confirmed"


def test_a_line_that_reaches_no_mail_server_at_all_is_likely_the_trouble() -> None:
    (cause,) = diagnose([result(finding("smtp_banner.line_blocked", Severity.UNKNOWN))], Context(Target()))
    assert (cause.code, cause.certainty) == ("port_25_blocked_here", "likely")


def test_nothing_found_counts_what_was_and_was_not_looked_at() -> None:
    (cause,) = diagnose(
        [
            result(finding("mail_queue.empty", Severity.OK)),
            result(finding("dns_health.ok", Severity.OK)),
            result(problem=Problem("ssh.refused")),
            CheckResult("open_relay", NOW, NOW, applies=False),
        ],
        Context(Target()),
    )
    assert (cause.code, cause.values) == ("nothing_found", {"count": 2, "unknown": 2, "topic": "sending"})


def test_no_answer_at_all_is_never_called_nothing_found() -> None:
    assert codes(result(problem=Problem("dns.timed_out")), result(problem=Problem("ssh.refused"))) == ["could_not_look"]


def test_findings_that_only_could_not_tell_are_not_counted_as_looked_at() -> None:
    unsure = result(finding("open_relay.not_testable_here", Severity.UNKNOWN))
    assert codes(unsure) == ["could_not_look"]


def test_a_leading_own_sender_to_strangers_is_a_stolen_account() -> None:
    queue = result(
        finding("mail_queue.strangers"), finding("mail_queue.one_sender", values={"sender": "tanaka@example.jp"})
    )
    assert codes(queue, target=Target(domain="example.jp"))[0] == "account_hijacked"
    assert "account_hijacked" not in codes(queue, target=Target(domain="example.com"))


def test_a_leading_web_program_is_an_abused_form() -> None:
    queue = result(finding("mail_queue.one_sender", values={"sender": "www-data@example.jp"}))
    assert codes(queue, target=Target(domain="example.jp")) == ["web_form_abused"]


@pytest.mark.parametrize("symptom", ["not_received", None])
def test_a_missing_ptr_is_no_cause_of_mail_not_coming_in(symptom: str | None) -> None:
    results = (
        result(finding("dns_health.ptr_missing", Severity.WARNING, {"address": "203.0.113.25"})),
        result(finding("smtp_banner.no_answer", Severity.UNKNOWN)),
    )
    found = codes(*results, target=Target(symptom=symptom))  # type: ignore[arg-type]
    assert found.index("ptr_or_helo_wrong") == (1)


@pytest.mark.parametrize(
    ("found", "certainty"),
    [
        (("dns_health.no_such_domain",), "possible"),
        (("domain_life.expired",), "likely"),
        (("domain_life.parked",), "likely"),
        (("domain_life.on_hold",), "confirmed"),
        (("domain_life.being_deleted",), "confirmed"),
        (("domain_life.expired", "dns_health.no_such_domain"), "confirmed"),
        # Nobody knows the name: it has run out, or it was mistyped.
        (("domain_life.not_registered", "dns_health.no_such_domain"), "possible"),
    ],
)
def test_the_registry_makes_a_lost_domain_certain(found: tuple[str, ...], certainty: str) -> None:
    (cause,) = diagnose([result(*(finding(code) for code in found))], Context(Target()))
    assert (cause.code, cause.certainty, cause.who_acts) == ("domain_expired", certainty, "domain_company")


def test_a_domain_running_out_next_month_is_no_cause_of_today() -> None:
    soon = result(finding("domain_life.expires_this_month", Severity.WARNING))
    assert codes(soon) == ["nothing_found"]


def test_an_expired_certificate_is_a_cause_where_people_connect_and_a_risk_where_servers_do() -> None:
    people = result(finding("tls_health.expired", values={"host": "mx.example.jp"}))
    (cause,) = diagnose([people], Context(Target()))
    assert (cause.code, cause.certainty, cause.values) == (
        "certificate_expired",
        "confirmed",
        {"hosts": ["mx.example.jp"]},
    )
    servers = result(finding("tls_health.expired", Severity.WARNING, {"host": "mx.example.jp"}))
    listed = result(finding("dnsbl.listed", values={"zone": "zen.spamhaus.org"}))
    assert codes(servers, listed) == ["address_listed", "certificate_expired"]


def test_a_self_signed_certificate_where_servers_deliver_is_no_cause() -> None:
    assert codes(result(finding("tls_health.unproven_25", Severity.OK))) == ["nothing_found"]


def test_a_remembered_old_mx_is_a_suspicion_and_disagreeing_servers_a_cause() -> None:
    assert codes(result(finding("dns_health.servers_disagree"))) == ["dns_moved"]
    (cause,) = diagnose([result(finding("dns_health.resolver_differs", Severity.WARNING))], Context(Target()))
    assert (cause.code, cause.certainty) == ("dns_moved", "possible")


def test_a_refusal_that_names_a_public_list_speaks_of_that_list_not_of_a_private_one() -> None:
    bounce = result(finding("bounce.ip_blocked", values={"provider": "spamhaus"}))
    (cause,) = diagnose([bounce], Context(Target()))
    assert (cause.code, cause.certainty, cause.values) == ("address_listed", "likely", {"zones": ["Spamhaus"]})


@pytest.mark.parametrize(("provider", "named"), [("microsoft", ["microsoft"]), (None, ["unknown"])])
def test_a_private_list_is_lifted_by_the_company_that_refused(provider: str | None, named: list[str]) -> None:
    (cause,) = diagnose([result(finding("bounce.ip_blocked", values={"provider": provider}))], Context(Target()))
    assert (cause.code, cause.values) == ("provider_blocked", {"providers": named})
    assert Texts("ja").text("cause.provider_blocked.meaning", cause.values)
