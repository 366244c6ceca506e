"""Causes that are told by what else was seen: the same sign means another thing beside another fact."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from core.checks.mail_log.facts import LogFacts, Refusal
from core.checks.mail_log.facts import Named as LogNamed
from core.checks.mail_queue.facts import Named, QueueFacts, Reason
from core.checks.server_health.facts import Resolving, ServerHealthFacts, Service
from core.diagnosis import diagnose
from core.model import Cause, CheckResult, Context, Finding, MailHost, SendingAddress, Severity, Target, Value

NOW = datetime(2026, 11, 22, tzinfo=UTC)
CRITICAL, WARNING, OK, UNKNOWN = Severity.CRITICAL, Severity.WARNING, Severity.OK, Severity.UNKNOWN
TARGET = Target(domain="example.jp", mail_host="mail.example.jp", symptom="not_delivered", ssh="root@mail.example.jp")
OURS, THEIRS = "203.0.113.25", "198.51.100.77"
HOSTS = (MailHost("mail.example.jp", addresses=(OURS,)),)
RUNS = ServerHealthFacts(read_at=NOW, services=(Service("postfix", True, True),), ports=("*",))
NAMES_FOUND = Resolving(("192.0.2.53",), ("www.example.org",), (), (0,))
RELAYED = replace(RUNS, relayhost="[smtp.provider.example]:587", resolving=NAMES_FOUND)
LOG = LogFacts("postfix", 500, NOW)


def sign(code: str, severity: Severity = CRITICAL, **values: Value) -> Finding:
    return Finding(code, severity, values)


def causes(
    *signs: Finding, health: ServerHealthFacts = RUNS, log: LogFacts = LOG, queue: QueueFacts | None = None,
    target: Target = TARGET, source: str = "ssh",
) -> tuple[Cause, ...]:  # fmt: skip
    facts = [("server_health", health), ("mail_log", log), ("mail_queue", queue)]
    results = [CheckResult("x", NOW, NOW, findings=signs)]
    results += [CheckResult(name, NOW, NOW, facts=each) for name, each in facts if each]
    address = SendingAddress(OURS, source)  # type: ignore[arg-type]
    return diagnose(results, Context(target, HOSTS, (address,)))


def waiting(count: int, reason: str, example: str, domains: int = 5) -> QueueFacts:
    names = tuple(Named(f"customer{n}.example", count // domains) for n in range(domains))
    return QueueFacts(
        "postfix", NOW, total=count, deferred=count, reasons=(Reason(reason, count, example),), recipients=count,
        recipient_domains=names, distinct_domains=domains, oldest_arrival=NOW - timedelta(hours=2),
    )  # fmt: skip


def theirs(reason: str, example: str, count: int = 5, where: str = "") -> Refusal:
    return Refusal("them", reason, count, example, where, None, NOW, NOW, 1)


def named_first(found: tuple[Cause, ...]) -> tuple[str, str]:
    return found[0].code, found[0].certainty


NO_NAME = "Name service error for name=smtp.provider.example type=A: Host not found"


@pytest.mark.parametrize(
    ("reason", "example", "certainty"),
    [
        ("tls_failed", "Server certificate not trusted", "likely"),
        ("domain_cannot_receive", NO_NAME, "likely"),
        ("unreachable", "connect to smtp.provider.example[192.0.2.1]:587: Connection refused", "likely"),
    ],
)
def test_what_waits_before_the_relay_host_is_the_relay_host_s(reason: str, example: str, certainty: str) -> None:
    queue = waiting(12, reason, example)
    signs = (sign("server_health.relayhost", OK, relayhost="smtp.provider.example"), sign("mail_queue.raised", WARNING))
    assert named_first(causes(*signs, health=RELAYED, queue=queue)) == ("relayhost_login_failing", certainty)
    direct = causes(*signs[1:], queue=queue)
    assert "relayhost_login_failing" not in [cause.code for cause in direct]


def test_names_that_fail_at_the_relay_host_alone_are_no_broken_look_ups() -> None:
    queue = waiting(12, "domain_cannot_receive", NO_NAME)
    found = causes(sign("mail_queue.name_service", WARNING), health=RELAYED, queue=queue)
    assert [cause.code for cause in found[:2]] == ["relayhost_login_failing", "resolver_broken"]


def test_what_a_relay_host_s_customer_is_told_of_others_is_no_login() -> None:
    queue = waiting(12, "unreachable", "host mx.far.example[192.0.2.1] said: 451 connection refused by filter")
    found = causes(sign("mail_queue.raised", WARNING), health=RELAYED, queue=queue)
    assert "relayhost_login_failing" not in [cause.code for cause in found]


@pytest.mark.parametrize("reason", ["login_required", "tls_failed", "relay_denied"])
def test_who_asks_for_a_login_is_the_relay_host(reason: str) -> None:
    log = replace(LOG, refusals=(theirs(reason, "530 5.7.0 Must issue a STARTTLS command first"),), bounced=5)
    relay = sign("server_health.relayhost", OK, relayhost="smtp.provider.example")
    assert named_first(causes(relay, health=RELAYED, log=log)) == ("relayhost_login_failing", "likely")
    one_of_many = replace(log, delivered_outside=400)
    assert causes(relay, health=RELAYED, log=one_of_many)[0].code == "nothing_found"


def test_the_relay_host_s_listing_is_the_provider_s_to_repair() -> None:
    listed = sign("dnsbl.listed", address=THEIRS, list_name="Spamhaus")
    found = causes(listed, health=RELAYED, source="relayed")
    assert (found[0].code, found[0].who_acts) == ("shared_host_listed", "hosting_company")
    assert causes(listed)[0].code == "address_listed"


def test_our_own_listing_behind_a_relay_host_is_seen_by_nobody() -> None:
    listed = sign("dnsbl.listed", address=OURS, list_name="Spamhaus")
    assert named_first(causes(listed, health=RELAYED, source="relayed")) == ("address_listed", "possible")
    assert named_first(causes(listed)) == ("address_listed", "confirmed")


def test_mail_that_a_setting_keeps_back_is_a_stopped_service() -> None:
    raised = sign("mail_queue.raised", WARNING)
    kept = waiting(14, "unclear", "(deferred transport)")
    assert named_first(causes(raised, queue=kept)) == ("mail_service_stopped", "likely")
    assert causes(raised, queue=waiting(14, "unclear", "(host busy)"))[0].code == "nothing_found"


def test_mail_that_nobody_tries_to_send_is_a_stopped_service() -> None:
    raised, untouched = sign("mail_queue.raised", WARNING), replace(waiting(14, "", ""), reasons=())
    assert named_first(causes(raised, queue=untouched)) == ("mail_service_stopped", "likely")
    tried, young = replace(LOG, deferred=1), replace(untouched, oldest_arrival=NOW - timedelta(minutes=2))
    assert causes(raised, queue=untouched, log=tried)[0].code == "nothing_found"
    assert causes(raised, queue=young)[0].code == "nothing_found"
    assert causes(raised, queue=untouched, log=replace(LOG, complete=False))[0].code == "nothing_found"


def test_what_a_filter_sets_aside_stops_no_other_mail() -> None:
    held, queue = sign("mail_queue.held", WARNING), replace(waiting(20, "", ""), reasons=(), hold=20)
    assert named_first(causes(held, queue=queue)) == ("mail_service_stopped", "likely")
    assert causes(held, queue=queue, log=replace(LOG, delivered_outside=9, sent=9))[0].code == "nothing_found"


def test_a_door_nobody_opened_is_not_shut_to_us_alone() -> None:
    refused = sign("smtp_banner.refused")
    shut = replace(RUNS, ports=(), takes_mail_here=True)
    assert named_first(causes(refused, health=shut)) == ("mail_service_stopped", "confirmed")
    assert causes(refused, health=replace(shut, takes_mail_here=False))[0].code == "self_banned"
    assert causes(refused, health=replace(shut, in_containers=True))[0].code == "self_banned"


def test_one_domain_that_waits_while_all_others_get_theirs() -> None:
    one = sign("mail_queue.one_domain", OK, domain="yahoo.co.jp", count=25)
    queue = waiting(25, "unreachable", "connect to mx1.yahoo.co.jp: Connection timed out", domains=1)
    flows = replace(LOG, delivered_outside=40, sent=40)
    assert named_first(causes(one, queue=queue, log=flows)) == ("recipient_side", "possible")
    assert causes(one, queue=queue)[0].code == "nothing_found"  # nothing else went out: that may be us
    ours = replace(queue, own_domains=("yahoo.co.jp",))
    assert causes(one, queue=ours, log=flows)[0].code == "nothing_found"


FORGED = "550 5.7.26 sender is unauthenticated: SPF [customer1.example] did not pass"


def test_an_unproven_letter_of_somebody_else_was_passed_on() -> None:
    log = replace(LOG, refusals=(theirs("sender_auth_failed", FORGED),))
    codes = ("server_health.forwards_outside", "sender_auth.spf_pass")
    signs = [sign("mail_log.refused_sender_auth"), *(sign(code, OK) for code in codes)]
    found = causes(*signs, log=log)
    assert [cause.code for cause in found] == ["forwarding_breaks_auth", "sender_auth_failing"]
    assert causes(*signs, sign("sender_auth.spf_softfail", WARNING), log=log)[0].code == "sender_auth_failing"
    about_us = replace(LOG, refusals=(theirs("sender_auth_failed", FORGED.replace("customer1.example", "example.jp")),))
    assert causes(*signs, log=about_us)[0].code == "sender_auth_failing"


def listing(address: str) -> Refusal:
    said = f"host mx.far.example[2001:db8:40::40] said: 554 Client host [{address}] blocked using zen.spamhaus.org"
    return theirs("ip_blocked", said, where="zen.spamhaus.org")


def test_refused_over_ipv6_alone() -> None:
    logged, clean = sign("mail_log.refused_listed"), sign("dnsbl.clean", OK)
    six = replace(LOG, refusals=(listing("2001:db8:25::25"),))
    assert named_first(causes(logged, clean, log=six)) == ("ipv6_path_bad", "likely")
    both = replace(LOG, refusals=(listing("2001:db8:25::25"), listing(OURS)))
    assert causes(logged, clean, log=both)[0].code == "address_listed"


def test_a_public_list_s_name_in_the_log_is_no_private_list() -> None:
    log = replace(LOG, refusals=(listing(OURS),))
    found = causes(sign("mail_log.refused_listed"), sign("dnsbl.clean", OK), log=log)
    assert [cause.code for cause in found] == ["address_listed"]
    assert found[0].certainty == "possible" and found[0].values["zones"] == ["zen.spamhaus.org"]


@pytest.mark.parametrize(("reason", "who"), [("helo_refused", "you"), ("reverse_dns_missing", "hosting_company")])
def test_the_greeting_is_ours_and_the_address_s_name_is_the_hosting_company_s(reason: str, who: str) -> None:
    log = replace(LOG, refusals=(theirs(reason, "refused"),))
    assert causes(sign("mail_log.refused_reverse_dns", WARNING), log=log)[0].who_acts == who


def test_spam_under_strangers_names_that_nobody_handed_in_came_from_a_program_here() -> None:
    spam = tuple(LogNamed(f"win{n}@bank.example", 8) for n in range(6))
    listed, log = sign("dnsbl.listed", address=OURS, list_name="Spamhaus"), replace(LOG, senders=spam, sent=48)
    assert [cause.code for cause in causes(listed, log=log)] == ["web_form_abused", "address_listed"]
    forwards = replace(log, forwarded=45)
    assert [cause.code for cause in causes(listed, log=forwards)] == ["address_listed"]
    own = replace(log, own_domains=("bank.example",))
    assert [cause.code for cause in causes(listed, log=own)] == ["address_listed"]
    # Without a trace of spam nobody is accused.
    assert causes(sign("dnsbl.clean", OK), log=log)[0].code == "nothing_found"


def test_signposts_that_lead_past_our_server_matter_to_whoever_gets_no_mail() -> None:
    elsewhere = sign("dns_health.leads_elsewhere", OK, hosts=["old.example.jp"])
    lame = sign("dns_health.server_lame", WARNING, servers=["ns2.example.jp"])
    missing = replace(TARGET, symptom="not_received")
    for one in (elsewhere, lame):
        assert named_first(causes(one, target=missing)) == ("dns_moved", "possible")
        assert causes(one)[0].code == "nothing_found"


def turned_away(reason: str, example: str, hosts: int) -> Refusal:
    return Refusal("us", reason, hosts * 2, example, "", None, NOW, NOW, hosts)


MISSING = replace(TARGET, symptom="not_received")
REFUSED_BY_US = sign("mail_log.refused_by_us", OK, reasons=["policy_refused"])


def settings(**values: str) -> ServerHealthFacts:
    return replace(
        RUNS, takes_mail_here=True, settings=tuple((f"main.cf: {name}", each) for name, each in values.items())
    )


def test_a_server_that_has_forgotten_its_own_domain_turns_it_away() -> None:
    forgot = settings(mydestination="localhost, mail.example.jp")
    found = causes(REFUSED_BY_US, health=forgot, target=MISSING)
    assert named_first(found) == ("own_filter_rejects_all", "likely")
    assert found[0].values["zones"] == ["Postfix: mydestination"]
    assert causes(REFUSED_BY_US, health=forgot)[0].code == "nothing_found"  # who misses other mail is not told so


@pytest.mark.parametrize(
    "known",
    [
        {"mydestination": "localhost, Example.jp"},
        {"mydestination": "localhost", "virtual_mailbox_domains": "example.jp"},
        {"mydestination": "localhost", "virtual_alias_maps": "hash:/etc/postfix/virtual"},
        {"mydestination": "$mydomain"},
        {},
    ],
)
def test_a_domain_that_may_stand_in_a_table_is_not_called_forgotten(known: dict[str, str]) -> None:
    assert causes(REFUSED_BY_US, health=settings(**known), target=MISSING)[0].code == "nothing_found"


def test_one_answer_of_ours_to_everybody_is_a_rule_too_wide() -> None:
    said = "554 5.7.1 <a@far.example>: Sender address rejected: no more of this"
    log = replace(LOG, refusals=(turned_away("sender_refused", said, 16),))
    assert named_first(causes(REFUSED_BY_US, log=log, target=MISSING)) == ("own_filter_rejects_all", "possible")
    arrives = replace(log, sent=40)
    assert causes(REFUSED_BY_US, log=arrives, target=MISSING)[0].code == "nothing_found"
    robots = replace(LOG, refusals=(turned_away("relay_denied", "554 Relay access denied", 60),))
    assert causes(REFUSED_BY_US, log=robots, target=MISSING)[0].code == "nothing_found"


@pytest.mark.parametrize(
    ("example", "signs", "codes"),
    [
        ("451 4.3.0 Error: queue file write error", (), ["helper_down"]),
        ("452 4.3.1 Insufficient system storage", (), ["nothing_found"]),
        ("452 4.3.1 Insufficient system storage", (sign("mail_log.disk_full"),), ["disk_full"]),
        ("451 4.3.0 Error: queue file write error", (sign("mail_log.disk_full"),), ["disk_full"]),
        ("451 4.3.0 Error: queue file write error", (sign("server_health.disk_full", mount="/var"),), ["disk_full"]),
    ],
)
def test_where_there_is_no_room_no_helper_is_blamed(example: str, signs: tuple[Finding, ...], codes: list[str]) -> None:
    """Thirty callers are asked to come again. A full disk is why, and leads alone."""
    refusal = Refusal("us", "server_trouble", 120, example, hosts=30)
    refused = sign("mail_log.refused_by_us", Severity.OK, count=120)
    found = causes(*signs, refused, log=replace(LOG, refusals=(refusal,)))
    assert [one.code for one in found] == codes
