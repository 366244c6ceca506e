"""Causes that are told by little: one answer at a door, one name, one refused login."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from core.checks.hosting.facts import Facts as HostingFacts
from core.checks.mail_log.facts import LogFacts, Outage, Refusal
from core.checks.mail_queue.facts import QueueFacts, Reason
from core.checks.open_relay.facts import OpenRelayFacts, ProbeResult, ServerProbes
from core.checks.server_health.facts import Outbound, ServerHealthFacts, Service
from core.diagnosis import diagnose
from core.lookup import Lookup
from core.model import CheckResult, Context, Finding, MailHost, Severity, Symptom, Target, Value

NOW = datetime(2026, 11, 22, tzinfo=UTC)
OURS, OURS_6 = "203.0.113.25", "2001:db8:25::25"
HOSTS = (MailHost("mail.example.jp", preference=10, addresses=(OURS,)),)
RUNS = ServerHealthFacts(read_at=NOW, services=(Service("postfix", True, True),), ports=("*",))
UNREACHED = replace(RUNS, outbound=Outbound("mx.test", "192.0.2.26", "unreachable"))
LOG = LogFacts("postfix", 500, NOW)


def sign(code: str, severity: Severity = Severity.CRITICAL, **values: Value) -> Finding:
    return Finding(code, severity, values)


def first(*signs: Finding, facts: tuple[object, ...] = (), symptom: Symptom | None = None, ssh: str = "") -> str:
    target = Target(domain="example.jp", symptom=symptom, ssh=ssh or None)
    results = [CheckResult("x", NOW, NOW, findings=(each,)) for each in signs]
    results += [CheckResult("y", NOW, NOW, facts=each) for each in facts]
    return diagnose(results, Context(target, HOSTS))[0].code


def put_off(text: str) -> OpenRelayFacts:
    probe = ProbeResult("plain", None, "a@b.test", "c@d.test", "foreign", (), "temporary", "MAIL", 451, None, text)
    return OpenRelayFacts(NOW, (ServerProbes("mail.example.jp", OURS, 25, probes=(probe,)),))


@pytest.mark.parametrize(
    ("said", "cause"),
    [
        ("4.7.1 Service unavailable - try again later", "helper_down"),
        ("Temporary local problem - please try later", "helper_down"),
        ("4.3.1 Insufficient system storage", "disk_full"),
        ("4.7.1 Greylisted, try again later", "nothing_found"),
        ("4.7.0 Too many connections, try again later", "nothing_found"),
    ],
)
def test_a_door_that_says_later_says_why(said: str, cause: str) -> None:
    looked = sign("open_relay.incomplete", Severity.UNKNOWN), sign("dnsbl.clean", Severity.OK)
    assert first(*looked, facts=(put_off(said),)) == cause


@pytest.mark.parametrize(
    ("reverse", "spf", "cause"),
    [
        ("sv12.hosting.example", "v=spf1 include:spf.hosting.example -all", "shared_host_listed"),
        ("sv12.hosting.example", "v=spf1 ip4:203.0.113.25 -all", "address_listed"),  # a machine rented for oneself
        ("mail.example.jp", "v=spf1 include:spf.hosting.example -all", "address_listed"),
    ],
)
def test_whose_address_it_is_is_told_by_two_names_together(reverse: str, spf: str, cause: str) -> None:
    names = HostingFacts(
        NOW, "192.0.2.53", "example.jp", Lookup("example.jp", "MX", ("10 mail.example.jp.",), "NOERROR"),
        Lookup("example.jp", "TXT", (spf,), "NOERROR"), None, None,
        (Lookup("25.113.0.203.in-addr.arpa.", "PTR", (f"{reverse}.",), "NOERROR"),), False, None, None,
    )  # fmt: skip
    listed = sign("dnsbl.listed", zone="zen.spamhaus.org", list_name="Spamhaus ZEN", address=OURS)
    assert first(listed, facts=(names,)) == cause


@pytest.mark.parametrize(
    ("names", "sent", "cause"),
    [(4, 0, "own_filter_rejects_all"), (2, 0, "nothing_found"), (4, 9, "nothing_found")],
)
def test_a_list_that_lets_nobody_in_is_the_cause_from_few_callers_on(names: int, sent: int, cause: str) -> None:
    row = Outage(names, names, NOW, NOW, True, ())
    refusal = Refusal("us", "ip_blocked", names, "554 blocked using dbl.test", "dbl.test", None, NOW, NOW, names)
    log = replace(LOG, own_filter=row, refusals=(refusal,), sent=sent)
    told = sign("mail_log.refused_by_us", Severity.OK)
    assert first(told, facts=(RUNS, log), symptom="not_received", ssh="root@mail.example.jp") == cause


def test_the_queue_names_the_ipv6_address_that_has_no_name() -> None:
    said = f"host mx.test[192.0.2.1] said: 450 4.7.25 cannot find your reverse hostname, [{OURS_6}]"
    queue = QueueFacts("postfix", NOW, total=3, deferred=3, reasons=(Reason("reverse_dns_missing", 3, said),))
    signs = sign("dns_health.ipv6_path_bad", Severity.WARNING, addresses=[OURS_6], good=[OURS])
    nameless = sign("dns_health.ptr_missing", Severity.WARNING, address=OURS_6)
    assert first(signs, nameless, sign("mail_queue.normal", Severity.OK), facts=(queue,)) == "ipv6_path_bad"


def test_a_server_that_reaches_nobody_has_no_way_out() -> None:
    reasons = (Reason("unreachable", 5, "Network error on destination MXs"),)
    queue = QueueFacts("opensmtpd", NOW, total=5, deferred=5, reasons=reasons, distinct_domains=5)
    normal = sign("mail_queue.normal", Severity.OK)
    assert first(normal, facts=(UNREACHED, queue), ssh="root@mail.example.jp") == "outbound_25_blocked"
    one = replace(queue, distinct_domains=1)
    assert first(normal, facts=(UNREACHED, one), ssh="root@mail.example.jp") == "nothing_found"


def test_a_certificate_of_another_name_is_told_to_who_cannot_get_in() -> None:
    strange = sign("tls_health.wrong_name", Severity.WARNING, host="mail.example.jp")
    assert first(strange, symptom="not_received") == "certificate_expired"
    assert first(strange, symptom="not_delivered") == "nothing_found"


def test_a_refused_login_needs_no_relay_host_in_the_settings() -> None:
    refusal = Refusal("them", "login_required", 5, "535 5.7.8 authentication failed", "", None, NOW, NOW, 1)
    log = replace(LOG, refusals=(refusal,), deferred=5)
    assert first(sign("mail_log.none_arrived", Severity.UNKNOWN), facts=(log,)) == "relayhost_login_failing"


def test_a_notice_our_own_server_could_not_put_away_says_nothing_of_them() -> None:
    refusal = Refusal("them", "user_unknown", 5, 'unknown user: "taro"', "", None, NOW, NOW, 1, ("local",))
    back = sign("mail_log.most_came_back", Severity.WARNING, reasons=["user_unknown"])
    assert first(back, facts=(replace(LOG, refusals=(refusal,)),)) == "nothing_found"
    assert first(back, facts=(replace(LOG, refusals=(replace(refusal, machines=("mx.test",)),)),)) == "recipient_side"
