"""Each cause from the signs that show it, and what speaks against it."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from core.checks.mail_queue.facts import QueueFacts
from core.checks.server_health.facts import Outbound, Resolving, ServerHealthFacts, Service
from core.diagnosis import diagnose
from core.model import (
    Cause,
    CheckResult,
    Context,
    Finding,
    MailHost,
    SendingAddress,
    Severity,
    Target,
    Value,
    Vantage,
)

NOW = datetime(2026, 11, 22, tzinfo=UTC)
CRITICAL, WARNING, OK, UNKNOWN = Severity.CRITICAL, Severity.WARNING, Severity.OK, Severity.UNKNOWN
TARGET = Target(domain="example.jp")


def sign(code: str, severity: Severity = CRITICAL, **values: Value) -> Finding:
    return Finding(code, severity, values)


def causes(*signs: Finding, target: Target = TARGET, health: ServerHealthFacts | None = None) -> tuple[Cause, ...]:
    results = [CheckResult("x", NOW, NOW, findings=signs)]
    if health:
        results.append(CheckResult("server_health", NOW, NOW, facts=health))
    return diagnose(results, Context(target, vantage=Vantage("outside", "198.51.100.7")))


TRACE = sign("mail_queue.strangers", WARNING)
BOUNCE_6 = sign("bounce.reverse_dns_missing", WARNING, sending_address="2001:db8::25")


@pytest.mark.parametrize(
    ("signs", "code", "certainty", "who"),
    [
        ([sign("mail_log.account_abused", name="tanaka"), TRACE], "account_hijacked", "confirmed", "you"),
        ([sign("mail_log.account_abused", name="tanaka")], "account_hijacked", "likely", "you"),
        ([sign("mail_log.account_suspicious", WARNING, name="tanaka")], "account_hijacked", "possible", "you"),
        ([sign("mail_log.strangers_relayed")], "open_relay", "likely", "you"),
        ([sign("mail_log.strangers_relayed"), sign("open_relay.accepted")], "open_relay", "confirmed", "you"),
        (
            [sign("mail_log.strangers_relayed"), sign("open_relay.trust_too_wide", WARNING)],
            "open_relay",
            "confirmed",
            "you",
        ),
        ([sign("open_relay.trust_too_wide", WARNING)], "open_relay", "possible", "you"),
        ([sign("mail_log.script_abused", name="www-data"), TRACE], "web_form_abused", "confirmed", "you"),
        ([sign("mail_log.script_abused", WARNING, name="www-data")], "web_form_abused", "possible", "you"),
        ([sign("server_health.disk_full", mount="/var")], "disk_full", "confirmed", "you"),
        ([sign("mail_log.disk_full")], "disk_full", "likely", "you"),
        ([sign("mail_log.disk_full", WARNING)], "disk_full", "possible", "you"),
        ([sign("smtp_banner.busy", said="452 4.3.1 Insufficient system storage")], "disk_full", "likely", "you"),
        ([sign("server_health.mail_service_stopped")], "mail_service_stopped", "confirmed", "you"),
        ([sign("server_health.queue_runner_stopped")], "mail_service_stopped", "confirmed", "you"),
        ([sign("smtp_banner.refused")], "mail_service_stopped", "likely", "you"),
        (
            [sign("server_health.helper_down", where="inet:localhost:11332"), sign("mail_log.helper_down")],
            "helper_down",
            "confirmed",
            "you",
        ),
        ([sign("mail_log.login_helper_down")], "helper_down", "likely", "you"),
        ([sign("server_health.resolver_broken")], "resolver_broken", "confirmed", "you"),
        ([sign("mail_log.names_failing")], "resolver_broken", "likely", "you"),
        ([sign("mail_queue.name_service")], "resolver_broken", "possible", "you"),
        (
            [sign("server_health.outbound_25_blocked"), sign("mail_queue.all_timed_out")],
            "outbound_25_blocked",
            "confirmed",
            "hosting_company",
        ),
        ([sign("mail_queue.all_timed_out")], "outbound_25_blocked", "possible", "hosting_company"),
        (
            [sign("server_health.banned", address="198.51.100.7", jails=["postfix-sasl"])],
            "self_banned",
            "confirmed",
            "you",
        ),
        ([sign("mail_log.banned", OK, addresses=["198.51.100.7"])], "self_banned", "likely", "you"),
        ([sign("server_health.certificate_not_reloaded", path="/etc/x")], "certificate_expired", "confirmed", "you"),
        (
            [sign("server_health.own_list_answers_all", zones=["bl.example"])],
            "own_filter_rejects_all",
            "confirmed",
            "you",
        ),
        ([sign("mail_log.own_filter_dead", zones=["bl.example"])], "own_filter_rejects_all", "likely", "you"),
        ([sign("mail_log.own_filter_all", WARNING, zones=["bl.example"])], "own_filter_rejects_all", "possible", "you"),
        ([sign("mail_log.relayhost_login")], "relayhost_login_failing", "confirmed", "you"),
        ([sign("bounce.login_required", WARNING)], "relayhost_login_failing", "likely", "you"),
        (
            [sign("dns_health.ipv6_path_bad", WARNING, addresses=["2001:db8::25"]), BOUNCE_6],
            "ipv6_path_bad",
            "confirmed",
            "you",
        ),
        (
            [
                sign("dns_health.ipv6_path_bad", WARNING, addresses=["2001:db8::25"]),
                sign("mail_log.refused_reverse_dns", example="550 5.7.25 [2001:db8::25] has no PTR record"),
            ],
            "ipv6_path_bad",
            "confirmed",
            "you",
        ),
        (
            [sign("sender_auth.message_forwarded", WARNING), sign("bounce.sender_auth_failed", WARNING)],
            "forwarding_breaks_auth",
            "likely",
            "you",
        ),
        ([sign("mail_log.forwarding_refused", WARNING)], "forwarding_breaks_auth", "likely", "you"),
        ([sign("mail_log.refused_sender_auth")], "sender_auth_failing", "likely", "domain_company"),
        (
            [sign("mail_log.refused_sender_auth"), sign("sender_auth.spf_missing")],
            "sender_auth_failing",
            "confirmed",
            "domain_company",
        ),
        ([sign("sender_auth.message_not_aligned")], "sender_auth_failing", "likely", "domain_company"),
        (
            [sign("mail_log.refused_reverse_dns"), sign("dns_health.ptr_missing", WARNING, address="203.0.113.25")],
            "ptr_or_helo_wrong",
            "confirmed",
            "hosting_company",
        ),
        (
            [sign("bounce.helo_refused", WARNING), sign("dns_health.helo_unknown", WARNING, name="localhost")],
            "ptr_or_helo_wrong",
            "confirmed",
            "you",
        ),
        ([sign("mail_log.refused_listed", providers=["microsoft"])], "provider_blocked", "likely", "you"),
        (
            [sign("mail_log.refused_listed", providers=["microsoft"]), sign("dnsbl.clean_major", OK)],
            "provider_blocked",
            "confirmed",
            "you",
        ),
        ([sign("mail_log.refused_listed", providers=["spamhaus"])], "address_listed", "likely", "you"),
        ([sign("mail_log.refused_rate", WARNING)], "rate_limited", "likely", "wait"),
        ([sign("mail_log.over_quota", WARNING)], "mailbox_full", "likely", "you"),
        ([sign("bounce.mailbox_full", WARNING, recipients=["sato@example.jp"])], "mailbox_full", "likely", "you"),
        (
            [
                sign("bounce.mailbox_full", WARNING, recipients=["sato@example.jp"]),
                sign("server_health.mailboxes_full", WARNING),
            ],
            "mailbox_full",
            "confirmed",
            "you",
        ),
        (
            [sign("bounce.mailbox_full", WARNING, recipients=["sato@example.com"])],
            "mailbox_full",
            "likely",
            "recipient",
        ),
        ([sign("bounce.unreachable", WARNING)], "recipient_side", "likely", "recipient"),
        ([sign("bounce.looks_like_spam", WARNING)], "recipient_side", "possible", "recipient"),
        ([sign("server_health.exchange_ended", WARNING, build="15.1.2507")], "server_unsupported", "confirmed", "you"),
        ([sign("server_health.exchange_open_relay", connector="x")], "open_relay", "confirmed", "you"),
        ([sign("server_health.resolver_slow", WARNING)], "resolver_broken", "possible", "you"),
        ([sign("server_health.system_ended", WARNING, system="Debian 8")], "server_unsupported", "confirmed", "you"),
        ([sign("mail_log.greylisted", OK), sign("mail_queue.young", OK)], "greylisted_wait", "possible", "wait"),
    ],
)
def test_the_first_cause(signs: list[Finding], code: str, certainty: str, who: str) -> None:
    first = causes(*signs)[0]
    assert (first.code, first.certainty, first.who_acts) == (code, certainty, who)


@pytest.mark.parametrize(
    "harmless",
    [
        sign("mail_log.mailing", OK, name="news"),
        sign("mail_log.failed_logins", OK),
        sign("mail_log.greylisted", OK),
        sign("mail_log.banned", OK, addresses=["192.0.2.66"]),
        sign("mail_log.program_sends_much", WARNING, name="backup"),
        sign("server_health.relayhost", OK, relayhost="smtp.example.net:587"),
        sign("server_health.forwards_outside", OK),
        sign("server_health.clock_ahead", WARNING),
        sign("dns_health.ptr_generic", OK, address="203.0.113.25"),
    ],
)
def test_what_accuses_nobody(harmless: Finding) -> None:
    assert [cause.code for cause in causes(harmless)] == ["nothing_found"]


HEALTHY = ServerHealthFacts(
    NOW,
    services=(Service("postfix", True, True),),
    resolving=Resolving(("192.0.2.53",), ("gmail.com",), (), (0,)),
    outbound=Outbound("gmail.com", "192.0.2.26", "open"),
)


@pytest.mark.parametrize(
    ("found", "code"),
    [
        (sign("mail_queue.all_timed_out"), "outbound_25_blocked"),
        (sign("mail_queue.name_service"), "resolver_broken"),
    ],
)
def test_what_was_seen_working_lowers_the_suspicion(found: Finding, code: str) -> None:
    other = sign("bounce.mailbox_full", WARNING)
    assert causes(found, other)[0].code != causes(found, other, health=HEALTHY)[0].code
    assert code in [cause.code for cause in causes(found, other, health=HEALTHY)]


def test_a_door_shut_while_the_program_runs_points_to_a_ban_not_to_a_stopped_program() -> None:
    shut = sign("smtp_banner.refused")
    assert causes(shut)[0].code == "mail_service_stopped"
    assert [cause.code for cause in causes(shut, health=HEALTHY)] == ["self_banned"]
    dead = replace(HEALTHY, services=(Service("postfix", False),))
    assert causes(shut, sign("server_health.mail_service_stopped"), health=dead)[0].code == "mail_service_stopped"


def test_a_stolen_password_explains_the_listing_the_rate_limit_and_the_private_block() -> None:
    found = causes(
        sign("dnsbl.listed", zone="zen.spamhaus.org", address="203.0.113.25"),
        sign("mail_log.refused_rate", WARNING),
        sign("bounce.ip_blocked", WARNING, provider="microsoft"),
        sign("mail_log.account_abused", name="tanaka"),
    )
    assert found[0].code == "account_hijacked"
    assert found[0].values["sender"] == "tanaka"
    assert {cause.code for cause in found[1:]} >= {"address_listed", "rate_limited"}


def test_a_full_disk_explains_the_stopped_program_and_the_dead_helper() -> None:
    found = causes(
        sign("server_health.mail_service_stopped"),
        sign("mail_log.helper_down"),
        sign("server_health.disk_full", mount="/"),
    )
    assert [cause.code for cause in found] == ["disk_full", "mail_service_stopped", "helper_down"]


def test_log_and_queue_that_point_at_the_same_account_are_more_than_each_alone() -> None:
    log = sign("mail_log.account_suspicious", WARNING, name="tanaka")
    queue = sign("mail_queue.one_sender", WARNING, sender="tanaka@example.jp")
    listed = sign("dnsbl.listed", zone="bl.spamcop.net", address="203.0.113.25")
    assert causes(log, listed)[0].code == "address_listed"
    first = causes(log, queue, TRACE, listed)[0]
    assert (first.code, first.certainty) == ("account_hijacked", "likely")


def test_after_the_relay_is_closed_the_log_tells_of_the_past() -> None:
    log, listed = sign("mail_log.strangers_relayed"), sign("dnsbl.listed", zone="x", address="203.0.113.25")
    before = causes(log, listed)
    after = causes(log, listed, sign("open_relay.closed", OK))
    assert [before[0].code, after[0].code] == ["open_relay", "address_listed"]
    assert after[1].certainty == "possible", "without a time it may go on"
    over = sign("mail_log.strangers_relayed", until="2026-11-21T22:00:00+00:00")
    assert [cause.code for cause in causes(over, listed, sign("open_relay.closed", OK))] == ["address_listed"]
    too_wide = causes(log, sign("open_relay.closed", OK), sign("open_relay.trust_too_wide", WARNING))
    assert too_wide[0].certainty == "confirmed", "what we tested from is not what the spammer came from"


def test_a_mail_program_that_dies_for_want_of_its_helper_is_not_the_cause() -> None:
    dead, dying = sign("server_health.helper_down", where="private/auth"), sign("mail_log.service_dying")
    assert [cause.code for cause in causes(dead, dying)] == ["helper_down", "mail_service_stopped"]
    assert causes(dying)[0].code == "mail_service_stopped"


def test_an_mx_that_leads_to_another_dead_machine_is_not_our_program_stopped() -> None:
    ours = SendingAddress("203.0.113.10", "ssh")
    old = Context(TARGET, (MailHost("old.example.jp", 25, 10, ("203.0.113.99",)),), (ours,))
    results = [
        CheckResult("smtp_banner", NOW, NOW, findings=(sign("smtp_banner.refused"),)),
        CheckResult("server_health", NOW, NOW, facts=HEALTHY),
    ]
    assert [cause.code for cause in diagnose(results, old)] == ["dns_moved"]
    same = replace(old, mail_hosts=(MailHost("mail.example.jp", 25, 10, ("203.0.113.10",)),))
    assert [cause.code for cause in diagnose(results, same)] == ["self_banned"]


def test_without_an_mx_mail_goes_to_the_web_pages() -> None:
    no_mx = CheckResult("x", NOW, NOW, findings=(sign("dns_health.implicit_mx", WARNING, addresses=["203.0.113.80"]),))
    server = (MailHost("203.0.113.10", addresses=("203.0.113.10",)),)
    told = Context(replace(TARGET, mail_host="203.0.113.10"), server)
    assert diagnose([no_mx], told)[0].code == "dns_moved"
    itself = replace(told, mail_hosts=(MailHost("example.jp", addresses=("203.0.113.80",)),))
    assert diagnose([no_mx], itself)[0].code == "nothing_found", "a small company may have both on one machine"


def test_a_ban_explains_a_refused_port_but_not_a_program_that_does_not_run() -> None:
    banned, refused = sign("server_health.banned", address="198.51.100.7"), sign("smtp_banner.refused")
    assert [cause.code for cause in causes(banned, refused)] == ["self_banned", "mail_service_stopped"]
    found = causes(banned, refused, sign("server_health.mail_service_stopped"))
    assert [cause.code for cause in found] == ["mail_service_stopped", "self_banned"]


def test_a_long_queue_of_one_of_us_beside_a_listing_is_suspected_behind_it() -> None:
    one = sign("mail_queue.one_sender", WARNING, sender="sales@example.jp")
    long, listed = sign("mail_queue.long"), sign("dnsbl.listed", zone="x", address="203.0.113.25")
    assert [cause.code for cause in causes(one, long, listed)] == ["address_listed", "account_hijacked"]
    assert [cause.code for cause in causes(one, listed)] == ["address_listed"]
    mass = sign("mail_queue.newsletter", WARNING, sender="sales@example.jp")
    assert [cause.code for cause in causes(mass, listed)] == ["address_listed", "account_hijacked"]
    assert [cause.code for cause in causes(mass)] == ["nothing_found"]


def test_a_system_repaired_only_for_those_who_pay_is_possibly_a_risk() -> None:
    first = causes(sign("server_health.system_paid", WARNING, system="Debian 11"))[0]
    assert (first.code, first.certainty, first.values["product"]) == ("server_unsupported", "possible", "Debian 11")


@pytest.mark.parametrize(
    ("recipients", "domains", "code"),
    [("one", 1, "recipient_side"), ("one", 2, "nothing_found"), (None, 1, "nothing_found")],
)
def test_a_few_letters_that_wait_for_one_domain(recipients: str, domains: int, code: str) -> None:
    queue = QueueFacts("postfix", NOW, total=3, deferred=3, distinct_domains=domains)
    result = CheckResult("mail_queue", NOW, NOW, queue, (sign("mail_queue.normal", OK, count=3),))
    assert diagnose([result], Context(replace(TARGET, recipients=recipients)))[0].code == code


def test_an_account_that_its_own_provider_locked_is_a_theft_not_a_time_to_wait() -> None:
    locked = sign("bounce.rate_limited", playbook="microsoft_tenant_blocked", provider="microsoft")
    first = causes(locked)[0]
    assert (first.code, first.who_acts, first.values["sender"]) == ("account_hijacked", "you", "example.jp")


def test_another_name_in_the_certificate_alone_is_no_cause() -> None:
    assert [cause.code for cause in causes(sign("tls_health.wrong_name", WARNING, host="mail"))] == ["nothing_found"]


def test_a_weak_signpost_is_looked_at_when_mail_does_not_come_in() -> None:
    weak = sign("dns_health.implicit_mx", WARNING)
    assert causes(weak)[0].code == "nothing_found"
    missing = Target(domain="example.jp", symptom="not_received")
    assert causes(weak, sign("dns_health.ptr_missing", WARNING, address="x"), target=missing)[0].code == "dns_moved"


def test_a_password_that_can_be_read_on_the_way_speaks_for_a_theft_and_alone_for_nothing() -> None:
    """Most servers of ten years ago take such logins: that is a caution of its own, not why mail stops."""
    readable = sign("smtp_banner.login_in_clear", WARNING, host="mail.example.jp", ports=[25])
    stolen = causes(sign("mail_log.account_abused", name="sales"), readable)[0]
    assert (stolen.code, stolen.certainty) == ("account_hijacked", "likely")
    assert "smtp_banner.login_in_clear" in stolen.findings
    assert [one.code for one in causes(readable)] == ["nothing_found"]
