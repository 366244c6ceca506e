"""断られたメール。 Our server is well; others do not want our mail, each for a reason of its own."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.stories.company import BIG, CUSTOMERS, Answer, Company, OpenCompany, Told, refused

pytestmark = [pytest.mark.story, pytest.mark.slow]
OURS_6, BIG_6 = "2001:db8:25::25", "2001:db8:40::40"
S3140 = (
    "550 5.7.1 Unfortunately, messages from [{client}] weren't sent. Please contact your Internet service provider "
    "since part of their network is on our block list (S3140). You can also refer your provider to "
    "http://mail.live.com/mail/troubleshooting.aspx#errors."
)
TOO_FAST = (
    "421 4.7.28 Gmail has detected an unusual rate of unsolicited mail originating from your IP address [{client}]. To "
    "protect our users from spam, mail sent from your IP address has been temporarily rate limited."
)
UNPROVEN = (
    "550 5.7.26 Your email has been blocked because the sender is unauthenticated. Gmail requires all senders to "
    "authenticate with either SPF or DKIM. Authentication results: DKIM = did not pass SPF [example.jp] with ip: "
    "[{client}] = did not pass"
)
NAMELESS = (
    "550 5.7.25 [{client}] The IP address sending this message does not have a PTR record setup, or the corresponding "
    "forward DNS entry does not point to the sending IP. As a policy, Gmail does not accept messages from IPs with "
    "missing PTR records."
)
NAMELESS_6 = (
    "550 5.7.1 [{client}] Our system has detected that this message does not meet IPv6 sending guidelines "
    "regarding PTR records and authentication. Please review "
    "https://support.google.com/mail/?p=IPv6AuthError for more information."
)


def returned_mail(office: Company, kind_of_box: str = "/var/mail") -> Path:
    """The last returned mail in taro's mailbox, saved as a file, as a person drags it out of their mail program."""
    box = office.server.wait_for(
        f"cat {kind_of_box}/taro 2>/dev/null; true",
        lambda text: "Diagnostic-Code" in text or "while talking" in text,
        30,
    )
    path = office.folder / "returned.eml"
    path.write_text("\n".join(box.rpartition("\nFrom ")[2].split("\n")[1:]), encoding="utf-8")
    return path


def letters(domain: str, count: int) -> list[str]:
    return [f"guest{number}@{domain}" for number in range(count)]


def after_answers_of(
    office: Company, domain: str, answer: Answer, log: str = "status=bounced", count: int = 6, seen: int = 0
) -> Told:
    """What the check says after `count` letters to this provider met its answer, `seen` of them in the log, and a few
    to a customer did not."""
    office.world.answers({domain: answer})
    office.server_sends([*letters(domain, count), *letters("customer1.example", 3)])
    office.wait_for_log(log, seen or count)
    return office.check("--symptom", "not_delivered")


def test_the_address_stands_on_a_public_list(company: OpenCompany) -> None:
    """取引先の三社から突き返された。 Two years ago somebody else had this address. Nothing is wrong with our server."""
    office = company("pf-closed", listed=True)
    office.server_sends([f"listed@{name}" for name in CUSTOMERS[:6]])
    office.wait_for_log("status=bounced", 6)
    told = office.check("--symptom", "not_delivered")
    told.first_is("address_listed", "confirmed", "you")
    told.well("server_health", "smtp_banner", "open_relay", "dns_health", "tls_health")


def test_the_shared_server_of_a_hosting_company_is_listed(company: OpenCompany) -> None:
    """レンタルサーバーの隣人。 A flower shop has its mail at a hosting company. A neighbour on the same machine sent
    spam; the shop can only ask the hosting company, so that is who must act."""
    office = company(
        "pf-closed", listed=True, reverse="sv12.big-hosting.example.", spf="v=spf1 include:spf.big-hosting.example -all"
    )
    address = office.server.address
    hosting = {
        "big-hosting.example": f'sv12 A {address}\nspf TXT "v=spf1 ip4:{address} -all"\n',
        "example.jp": '@ MX 10 sv12.big-hosting.example.\n@ TXT "v=spf1 include:spf.big-hosting.example -all"\n'
        '_dmarc TXT "v=DMARC1; p=none"\n',
    }
    with office.lab.dns({**office.dns.zones, **hosting}) as dns:
        told = office.person("--domain", "example.jp", "--resolver", dns.server, "--symptom", "not_delivered")
    told.first_is("shared_host_listed", "likely|confirmed", "hosting_company")
    told.well("smtp_banner", "dns_health", "sender_auth")


def test_outlook_blocks_us_and_no_list_knows_why(company: OpenCompany) -> None:
    """Outlookだけに届かない。 Microsoft keeps a list of its own; no public list shows anything."""
    office = company("pf-closed")
    told = after_answers_of(office, "outlook.com", refused("RCPT", S3140))
    told.first_is("provider_blocked", "confirmed", "you")
    assert "microsoft" in told.first["values"]["providers"], told.first
    told.well("server_health", "smtp_banner", "open_relay", "dns_health", "dnsbl")


def test_outlook_s_returned_mail_alone_tells_the_same(company: OpenCompany) -> None:
    """There is no login to the server, only the mail that came back to taro."""
    office = company("pf-login")
    office.world.answers({"outlook.com": refused("RCPT", S3140)})
    office.server_sends(letters("outlook.com", 1))
    told = office.check("--symptom", "not_delivered", "--bounce", str(returned_mail(office)), login=False)
    told.first_is("provider_blocked", "confirmed", "you")
    told.well("smtp_banner", "open_relay", "dns_health", "dnsbl")


def test_gmail_asks_us_to_slow_down(company: OpenCompany) -> None:
    """一斉送信の翌朝。 A mailing went out at once; Gmail takes two letters and lets the others wait."""
    office = company("pf-closed")
    told = after_answers_of(office, "gmail.com", refused("RCPT", TOO_FAST, after=2), "status=deferred", 12, seen=8)
    told.first_is("rate_limited", "likely|confirmed", "wait")
    told.well("server_health", "smtp_banner", "open_relay", "dns_health", "dnsbl")


def test_the_new_server_was_never_written_into_the_spf_record(company: OpenCompany) -> None:
    """サーバー移転の忘れ物。 The mail moved to a new server last week. The SPF record still names the old address."""
    office = company("pf-closed", spf="v=spf1 ip4:198.51.100.99 -all")
    told = after_answers_of(office, "gmail.com", refused("DATA", UNPROVEN))
    told.first_is("sender_auth_failing", "confirmed", "domain_company")
    told.well("server_health", "smtp_banner", "open_relay", "dns_health", "dnsbl")


def test_the_address_has_no_name(company: OpenCompany) -> None:
    """逆引きがない。 The hosting company gave a new address and no reverse name; Gmail wants one."""
    office = company("pf-closed", reverse="")
    told = after_answers_of(office, "gmail.com", refused("RCPT", NAMELESS))
    told.first_is("ptr_or_helo_wrong", "confirmed", "hosting_company")
    told.well("server_health", "smtp_banner", "open_relay", "sender_auth", "dnsbl")


def test_the_server_greets_as_localhost(company: OpenCompany) -> None:
    """「localhost です」。 The name was lost when the machine was cloned; strict receivers refuse its greeting."""
    office = company("pf-closed")
    office.server.shell("postconf -e smtp_helo_name=localhost.localdomain && postfix reload")
    office.server_sends([f"helo@{name}" for name in CUSTOMERS[:6]])
    office.wait_for_log("status=bounced", 6)
    told = office.check("--symptom", "not_delivered")
    told.first_is("ptr_or_helo_wrong", "confirmed", "you")
    told.well("server_health", "smtp_banner", "open_relay", "sender_auth", "dnsbl")


def test_mail_fails_now_and_then_because_it_leaves_over_ipv6(company: OpenCompany) -> None:
    """届く日と届かない日。 The hosting company switched IPv6 on. Nobody gave that address a name, and whoever speaks
    IPv6 (Gmail does) turns us away; over IPv4 everything is in order."""
    gmail = {"l.google.com": f"gmail-smtp-in A {BIG}\ngmail-smtp-in AAAA {BIG_6}\n"}
    spf = f"v=spf1 a:mail.example.jp ip6:{OURS_6} -all"
    office = company("pf-login", zone=f"mail AAAA {OURS_6}\n", spf=spf, more_zones=gmail)
    with ipv6(office):
        office.world.answers({"gmail.com": refused("DATA", NAMELESS_6)})
        office.server_sends([*letters("gmail.com", 4), *letters("customer1.example", 2)])
        office.wait_for_log("status=bounced", 4)
        told = office.check("--symptom", "not_delivered")
        shown = office.check("--symptom", "not_delivered", "--bounce", str(returned_mail(office)), login=False)
    told.first_is("ipv6_path_bad", "confirmed", "you")
    told.well("server_health", "smtp_banner", "open_relay", "dnsbl")
    shown.first_is("ipv6_path_bad", "confirmed", "you")


@contextmanager
def ipv6(office: Company) -> Iterator[None]:
    """The server and Gmail's server get an IPv6 address each, and the router carries it between them."""
    router, outside = office.lab.router, office.lab.outside
    router.shell(
        "sysctl -qw net.ipv6.conf.all.forwarding=1; ip -6 address replace 2001:db8:25::1/64 dev servers nodad; "
        "ip -6 address replace 2001:db8:40::1/64 dev outside nodad"
    )
    outside.shell(f"ip -6 address replace {BIG_6}/64 dev eth0 nodad; ip -6 route replace default via 2001:db8:40::1")
    office.server.shell(
        f"ip -6 address add {OURS_6}/64 dev eth0 nodad; ip -6 route add default via 2001:db8:25::1; "
        "postconf -e inet_protocols=all smtp_address_preference=ipv6; service postfix stop; service postfix start"
    )
    try:
        with office.world.receiver_at(BIG_6):
            yield
    finally:
        outside.shell(f"ip -6 route del default; ip -6 address del {BIG_6}/64 dev eth0")
