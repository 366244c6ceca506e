"""Mail servers that mislead: what a whole check says of them, by the numbers of the hostile world."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from core.checks import smtp_banner, tls_health
from core.checks.open_relay import judge as judge_relay
from core.checks.open_relay import measure as measure_relay
from core.checks.tls_health.certificate import name_matches
from core.clients import Clients
from core.clients.journal import Journal
from core.clients.reroute import Reroute
from core.clients.resolver import Resolver
from core.clients.smtp import SmtpClient
from core.clients.tls_door import TlsDoor
from core.diagnosis import diagnose
from core.model import CheckResult, Context, Finding, MailHost, Severity, Target, Vantage
from tests.servers.hostile_smtp import Script, Send, Silence, hostile_server
from tests.servers.tls_server import self_signed, server_context, tls_from_the_start

OURS, OURS_6 = "203.0.113.25", "2001:db8::25"
YES = (Send(b"250 2.1.5 Ok\r\n"),)
OUTSIDE = Context(
    Target(domain="example.jp", own_server=True),
    (MailHost("mx.example.jp", addresses=(OURS,)),),
    vantage=Vantage("outside"),
)


def clients_at(ports: dict[tuple[str, int], int], reply_limit: float = 1.0) -> Clients:
    """Documentation addresses and ports -> loopback ports; nothing else can be reached."""
    reroute = Reroute({door: ("127.0.0.1", port) for door, port in ports.items()}, closed=True)
    journal = Journal()
    smtp = SmtpClient(reroute, journal, 1.0, reply_limit)
    tls = TlsDoor(reroute, journal, 3.0)
    return Clients(Resolver("127.0.0.1:9", reroute, journal, 0.2), smtp, journal=journal, tls=tls)


async def relay_findings(script: Script) -> tuple[Finding, ...]:
    async with hostile_server(script) as server:
        return judge_relay(await measure_relay(OUTSIDE, clients_at({(OURS, 25): server.port})))


def causes_of(findings: tuple[Finding, ...]) -> dict[str, str]:
    now = datetime.now(UTC)
    found = diagnose((CheckResult("open_relay", now, now, None, findings),), OUTSIDE)
    return {cause.code: cause.certainty for cause in found}


async def test_s19_a_yes_at_rcpt_is_never_called_proven() -> None:
    """Servers that say yes at RCPT and no later exist: only an arrival or the settings prove it."""
    findings = await relay_findings({"RCPT": YES, "DATA": [Send(b"554 5.7.1 refused after all\r\n")]})
    assert [one.code for one in findings] == ["open_relay.accepted"]
    assert causes_of(findings)["open_relay"] == "possible"


async def test_s21_greylisting_is_no_verdict() -> None:
    (finding,) = await relay_findings({"RCPT": [Send(b"451 4.7.1 Greylisting in action, please come back later\r\n")]})
    assert (finding.code, finding.severity) == ("open_relay.incomplete", Severity.UNKNOWN)
    assert finding.values["reasons"] == ["greylisted"]


async def test_s22_a_server_that_takes_everything_is_only_suspected() -> None:
    findings = await relay_findings({"RCPT": YES})
    assert set(causes_of(findings).values()) <= {"possible"}


async def test_s23_nothing_of_ours_ever_logs_in_by_itself() -> None:
    offer = {"EHLO": [Send(b"250-mx.example.jp\r\n250-AUTH PLAIN LOGIN\r\n250 8BITMIME\r\n")]}
    async with hostile_server(offer) as server:
        clients = clients_at({(OURS, 25): server.port, (OURS, 587): server.port})
        await smtp_banner.measure(OUTSIDE, clients)
        await measure_relay(OUTSIDE, clients)
        await tls_health.CHECK.measure(OUTSIDE, clients)
        assert server.connections >= 3
        assert not any(line.upper().startswith("AUTH") for line in server.received)


@pytest.mark.parametrize("offer", [b"AUTH PLAIN LOGIN", b"auth login", b"AUTH=LOGIN", b"AUTH CRAM-MD5 PLAIN"])
async def test_s23_a_login_before_encryption_is_warned_of(offer: bytes) -> None:
    async with hostile_server({"EHLO": [Send(b"250-mx.example.jp\r\n250-STARTTLS\r\n250 %s\r\n" % offer)]}) as server:
        clients = clients_at({(OURS, 25): server.port, (OURS, 587): server.port})
        findings = smtp_banner.judge(await smtp_banner.measure(OUTSIDE, clients))
    (finding,) = [one for one in findings if one.code == "smtp_banner.login_in_clear"]
    assert (finding.severity, finding.values["ports"]) == (Severity.WARNING, [25, 587])


async def test_s23_a_login_after_encryption_only_is_not() -> None:
    """Before STARTTLS there is no AUTH; at 465 everything is encrypted already. CRAM-MD5 sends no password."""
    plain: Script = {"EHLO": [Send(b"250-mx.example.jp\r\n250-XAUTH PLAIN\r\n250-AUTH CRAM-MD5\r\n250 STARTTLS\r\n")]}
    offer: Script = {"EHLO": [Send(b"250-mx.example.jp\r\n250 AUTH PLAIN\r\n")]}
    tls = server_context(self_signed("mx.example.jp"))
    async with hostile_server(plain) as server, hostile_server(offer, tls=tls, implicit_tls=True) as inner:
        clients = clients_at({(OURS, 25): server.port, (OURS, 465): inner.port})
        facts = await smtp_banner.measure(OUTSIDE, clients)
    assert any("AUTH PLAIN" in answer.capabilities for host in facts.hosts for answer in host.answers)
    assert not [one for one in smtp_banner.judge(facts) if one.code == "smtp_banner.login_in_clear"]


async def test_s25_tls_on_the_plain_port_is_no_mail_server_and_ends_in_time() -> None:
    async with tls_from_the_start(server_context(self_signed("mx.example.jp"))) as port:
        facts = await smtp_banner.measure(OUTSIDE, clients_at({(OURS, 25): port}, reply_limit=0.5))
    (finding,) = smtp_banner.judge(facts)
    assert finding.code in ("smtp_banner.silent", "smtp_banner.not_smtp")
    assert finding.severity is Severity.WARNING


async def test_s26_a_black_hole_over_ipv6_hides_nothing_of_ipv4() -> None:
    context = Context(Target(domain="example.jp"), (MailHost("mx.example.jp", addresses=(OURS, OURS_6)),))
    async with hostile_server() as alive, hostile_server({"connect": [Silence(30)]}) as hole:
        clients = clients_at({(OURS, 25): alive.port, (OURS_6, 25): hole.port}, reply_limit=0.4)
        facts = await smtp_banner.measure(context, clients)
    findings = smtp_banner.judge(facts)
    assert findings[0].code == "smtp_banner.answers"
    rows = {(row[1], row[2]): row[3] for row in findings[0].table.rows} if findings[0].table else {}
    assert (rows[OURS, "25"], rows[OURS_6, "25"]) == ("answered", "silent")


async def test_s14_no_probe_goes_on_in_the_clear_after_encryption_failed() -> None:
    script: Script = {
        "EHLO": [Send(b"250-mx.example.jp\r\n250 STARTTLS\r\n")],
        "MAIL": [Send(b"530 5.7.0 Must issue a STARTTLS command first\r\n")],
        "STARTTLS": [Send(b"454 4.7.0 TLS not available\r\n")],
    }
    async with hostile_server(script) as server:
        (finding,) = judge_relay(await measure_relay(OUTSIDE, clients_at({(OURS, 25): server.port})))
    after = [now for before, now in zip(server.received, server.received[1:], strict=False) if before == "STARTTLS"]
    assert all(line.startswith("EHLO") for line in after)  # the next connection's greeting
    assert finding.severity is Severity.UNKNOWN


WILD = (
    b"220 mx \x1b]52;c;x\x07\x00 \xff " + "\u202e\u200b".encode() + b"<img src=file://10.0.0.1/x> =cmd|' /C calc'\r\n"
)


async def test_s11_what_is_shown_of_a_wild_greeting_holds_no_control_character() -> None:
    async with hostile_server({"connect": [Send(WILD)]}) as server:
        findings = smtp_banner.judge(await smtp_banner.measure(OUTSIDE, clients_at({(OURS, 25): server.port})))
    shown = [str(value) for one in findings for value in one.values.values()]
    shown += [cell for one in findings if one.table for row in one.table.rows for cell in row]
    assert any("⟨U+202E⟩" in text for text in shown)
    assert not any(character in text for text in shown for character in "\x00\x07\x1b\u202e\u200b")


def test_s27_a_name_with_a_nul_matches_nothing() -> None:
    assert not name_matches("mx.example.jp\x00.evil.example", "mx.example.jp")
