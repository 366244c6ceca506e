"""Name servers that mislead: what is said of private, homograph and wild names, by the numbers of the hostile world."""

from __future__ import annotations

import pytest

from core.checks import dns_health
from core.checks.dns_health.spelling import judge_spelling
from core.clients import Clients, Doors
from core.clients.dns_message import absolute_name
from core.clients.journal import Journal
from core.clients.relay_ledger import RelayLedger
from core.clients.reroute import Reroute
from core.clients.resolver import Resolver
from core.clients.smtp import SmtpClient
from core.clients.spf import SpfDoor
from core.model import Context, Finding, SendingAddress, Severity, Target
from core.report.text_file import report_text
from core.run import Run, RunFinished
from core.texts import LANGUAGES, Texts
from tests.servers.dns_server import DnsServer
from tests.servers.hostile_smtp import hostile_server
from tests.servers.tls_server import self_signed, server_context, smtp_starttls, tls_from_the_start

OURS = "203.0.113.25"


async def dns_findings(server: DnsServer, domain: str = "example.jp") -> tuple[Finding, ...]:
    clients = Clients(Resolver(server.address, Reroute(), Journal(), 1.0), SmtpClient(Reroute(), Journal()))
    context = Context(Target(domain=domain), addresses=(SendingAddress(OURS, "given"),))
    return dns_health.CHECK.judge(await dns_health.CHECK.measure(context, clients))


def test_d10_a_look_alike_is_another_name_on_the_wire() -> None:
    real, cyrillic = absolute_name("apple.example"), absolute_name("аpple.example")
    assert real != cyrillic
    assert cyrillic.to_text().startswith("xn--")


@pytest.mark.parametrize(
    "name",
    ["аpple.example", "paypаl.co.jp", "аррӏе.com", "sony.みどりα.jp", "gооgle.example", "ａпple.example"],
)  # fmt: skip
def test_d10_letters_that_pose_as_others_are_flagged(name: str) -> None:
    (finding,) = judge_spelling(name)
    assert (finding.code, finding.severity) == ("dns_health.look_alike", Severity.WARNING)
    assert "xn--" in str(finding.values["wire"])
    for language in LANGUAGES:
        assert str(finding.values["wire"]) in Texts(language).text(f"{finding.code}.meaning", **finding.values)


@pytest.mark.parametrize(
    "name",
    ["みどり商事.jp", "カフェABC.jp", "サーバー.日本", "佐々木メール.jp", "münchen.de", "почта.рф", "한국abc.kr"],
)  # fmt: skip
def test_d10_names_of_one_language_are_only_spelled_out(name: str) -> None:
    (finding,) = judge_spelling(name)
    assert (finding.code, finding.severity) == ("dns_health.written_as", Severity.OK)
    assert str(finding.values["wire"]) == absolute_name(name).to_text(omit_final_dot=True)


@pytest.mark.parametrize("name", [None, "", "example.jp", "xn--r8jz45g.jp", "é" * 300, "a..é"])
def test_d10_plain_names_and_none_are_not_spoken_of(name: str | None) -> None:
    assert list(judge_spelling(name)) == []


async def test_d10_the_whole_check_says_so() -> None:
    async with DnsServer() as server:
        server.add("аpple.example", "MX", "10 mx.example.jp.")
        server.add("mx.example.jp", "A", OURS)
        assert "dns_health.look_alike" in {one.code for one in await dns_findings(server, "аpple.example")}


async def test_d12_a_private_mail_server_is_never_probed_without_consent() -> None:
    """An MX may name any machine of the office: without the person's word no relay test is made."""
    async with DnsServer() as dns, hostile_server() as trap:
        dns.add("example.jp", "MX", "10 mx.example.jp.")
        dns.add("mx.example.jp", "A", "127.0.0.1")
        target = Target(domain="example.jp", mail_host=f"mx.example.jp:{trap.port}", resolver=dns.address)
        async for event in Run(target, only=frozenset({"open_relay", "smtp_banner"})).events():
            if isinstance(event, RunFinished):
                report = event.report
        assert not any(line.startswith(("MAIL", "RCPT")) for line in trap.received)
    relay = next(result for result in report.results if result.check_id == "open_relay")
    assert relay.severity is not Severity.OK or not relay.applies


async def test_d05_ten_thousand_strings_are_cut() -> None:
    async with DnsServer() as server:
        server.add("many.jp", "TXT", " ".join(['"ab"'] * 10_000))
        answer = await Resolver(server.address, Reroute(), Journal(), 5.0).query("many.jp", "TXT")
    assert answer.cut and len(answer.records[0]) == 10_000


SPF_WITHOUT_END = {
    "a ring of two": {"example.jp": "v=spf1 include:b.jp -all", "b.jp": "v=spf1 include:example.jp -all"},
    "more look-ups than allowed": {
        "example.jp": f"v=spf1 {' '.join(f'include:i{n}.jp' for n in range(11))} -all",
        **{f"i{n}.jp": "v=spf1 ip4:203.0.113.9 -all" for n in range(11)},
    },
    "names that are not there": {"example.jp": "v=spf1 a:x1.jp a:x2.jp a:x3.jp ip4:203.0.113.25 -all"},
    "ten thousand terms": {"example.jp": "v=spf1 " + "?ip4:203.0.113.9 " * 3_000 + "ip4:203.0.113.25 -all"},
}


@pytest.mark.parametrize("records", SPF_WITHOUT_END.values(), ids=SPF_WITHOUT_END)
async def test_d09_a_policy_without_end_is_no_pass(records: dict[str, str]) -> None:
    """Bounded, and called broken or unknown, whatever its last word would have been."""
    async with DnsServer() as server:
        for name, record in records.items():
            pieces = [record[start : start + 250] for start in range(0, len(record), 250)]
            server.add(name, "TXT", " ".join(f'"{piece}"' for piece in pieces))
        resolver = Resolver(server.address, Reroute(), Journal(), 5.0)
        found = await SpfDoor(resolver).check(OURS, "a@example.jp", "example.jp")
        assert found.result in ("permerror", "temperror"), found
        assert len(server.asked) < 60


@pytest.mark.parametrize(
    "name",
    ["<img\\032src=file://10.0.0.1/x>.example.", "a" * 63 + "." + "b" * 63 + "." + "c" * 63 + "." + "d" * 61 + "."],
)
async def test_d14_a_wild_reverse_name_is_text(name: str) -> None:
    async with DnsServer() as server:
        server.add("example.jp", "MX", "10 mx.example.jp.")
        server.add("mx.example.jp", "A", OURS)
        server.add("25.113.0.203.in-addr.arpa", "PTR", name)
        findings = await dns_findings(server)
    assert any(one.code == "dns_health.ptr_not_confirmed" for one in findings), [one.code for one in findings]
    shown = [str(value) for one in findings for value in one.values.values()]
    assert all(character.isprintable() for text in shown for character in text)


async def test_d12_an_mx_that_is_a_number_or_inside_is_shown() -> None:
    async with DnsServer() as server:
        server.add("example.jp", "MX", "10 203.0.113.9.", "20 inside.example.jp.", "30 localhost.")
        server.add("inside.example.jp", "A", "192.168.1.10")
        server.add("localhost", "A", "127.0.0.1")
        found = {one.code: one for one in await dns_findings(server)}
    assert "dns_health.mx_is_address" in found and "dns_health.mx_private" in found
    assert "dns_health.ok" not in found


WILD_NAMES = {
    "bytes that are no letters": r"\255" * 20,
    "as long as can be": ".".join(["a" * 63] * 3 + ["b" * 61]),
    "with a NUL": r"\000mx.example",
    "with dots inside": r"a\.\.b.example",
    "beginning with a dot": r"\.mx.example",
    "an empty foreign word": "xn--.example",
    "markup": r"<b>\032x.example",
}


@pytest.mark.parametrize("name", WILD_NAMES.values(), ids=WILD_NAMES)
async def test_d12_a_mail_server_of_any_name_is_looked_at(name: str) -> None:
    """The name goes into the TLS handshake, findings and causes: none of it may break on it."""
    tls = server_context(self_signed("mx.example.jp"))
    async with DnsServer() as dns, tls_from_the_start(tls) as imap, smtp_starttls(tls) as smtp:
        dns.add("example.jp", "MX", f"10 {name}.")
        dns.add(name, "A", OURS)
        doors = {(OURS, 25): ("127.0.0.1", smtp), (OURS, 993): ("127.0.0.1", imap), (OURS, 465): ("127.0.0.1", imap)}
        doors["127.0.0.1", dns.port] = ("127.0.0.1", dns.port)
        run = Run(
            Target(domain="example.jp"), only=frozenset({"tls_health", "smtp_banner"}),
            doors=Doors(resolver=dns.address, reroute=Reroute(doors, closed=True)),
        )  # fmt: skip
        async for event in run.events():
            if isinstance(event, RunFinished):
                report = event.report
    assert [one.problem for one in report.results] == [None, None]
    assert "smtp_banner.answers" in {finding.code for one in report.results for finding in one.findings}
    for language in LANGUAGES:
        assert report_text(report, Texts(language))


def test_d12_consent_is_asked_for_every_server_on_its_own() -> None:
    assert RelayLedger().consented_at("127.0.0.1") is None
