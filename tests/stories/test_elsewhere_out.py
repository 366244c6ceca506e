"""よその会社の月曜日。 Mail that does not leave, at companies unlike ours: another make, another way out, and people
who answer the questions as people do: not at all, or a little wrong."""

from __future__ import annotations

import string
import subprocess
import time
from contextlib import ExitStack
from pathlib import Path

import pytest

from core.knowledge.dnsbl import reversed_address
from tests.servers.lab import SILENT
from tests.servers.lab_server import Server
from tests.stories.company import BIG, CUSTOMERS, Company, OpenCompany, World, refused
from tests.stories.restarts import EXIM_AGAIN, OPENSMTPD_AGAIN
from tests.stories.test_turned_away import UNPROVEN, letters, returned_mail

pytestmark = [pytest.mark.story, pytest.mark.slow]


def router_rejects_25(office: Company) -> None:
    """The hosting company's router answers each call to a port 25 with a reset: fast, and for every address."""
    table = f"inet reset{office.server.address.rpartition('.')[2]}"
    rules = (
        f"add table {table}; add chain {table} way {{ type filter hook forward priority 0; }}; "
        f"add rule {table} way ip saddr {office.server.address} tcp dport 25 reject with tcp reset"
    )
    subprocess.run(["nsenter", "--target", str(office.lab.router.pid), "--net", "nft", rules], check=True)


def test_exim_s_calls_are_turned_away_at_the_provider_s_router(company: OpenCompany) -> None:
    """「なんだか遅い」。 The new contract has no port 25. Each call is turned away at once; Exim keeps its mail in
    sixty folders; the person only says that mail is late."""
    office = company("ex-closed")
    office.server.shell(f"sed -i '1i split_spool_directory = true' /etc/exim4/exim4.conf.template; {EXIM_AGAIN}")
    router_rejects_25(office)
    office.server_sends([f"p{number}@{name}" for number, name in enumerate(CUSTOMERS[:8])])
    office.server.wait_for("find /var/spool/exim4/msglog -type f | wc -l", lambda text: int(text or 0) >= 8, 60)
    told = office.check("--symptom", "slow")
    told.first_is("outbound_25_blocked", "likely|confirmed", "hosting_company")
    told.well("smtp_banner", "dns_health", "dnsbl", "sender_auth")


def test_a_guard_program_on_the_server_itself_shuts_the_way_out(company: OpenCompany) -> None:
    """An administrator of before let the firewall refuse everything outgoing but the web. Sendmail says "no route"."""
    office = company("sm-closed")
    office.firewall("add table inet guard; add chain inet guard out { type filter hook output priority 0; }")
    office.firewall("add rule inet guard out oif != lo tcp dport 25 reject with icmpx admin-prohibited")
    office.server_sends([f"p{number}@{name}" for number, name in enumerate(CUSTOMERS[:5])])
    office.wait_for_waiting(5)
    told = office.check("--symptom", "not_delivered", "--recipients", "all")
    told.first_is("outbound_25_blocked", "likely|confirmed")
    told.well("smtp_banner", "dns_health", "dnsbl", "sender_auth")


def provider(world: World, stack: ExitStack) -> Server:
    """The server our mail goes through: customers log in on port 587."""
    server = world.lab.server("pf-login")
    stack.callback(server.stop)
    return server


def test_exim_s_password_at_the_provider_is_the_old_one(company: OpenCompany, world: World) -> None:
    """A smart host, and passwd.client of 2022. Exim is refused, then tries without, and everything comes back."""
    with ExitStack() as stack:
        relay = provider(world, stack)
        office = company("ex-closed")
        office.server.shell(
            "cd /etc/exim4; sed -i -e \"s/^dc_eximconfig_configtype=.*/dc_eximconfig_configtype='smarthost'/\" "
            f"-e \"s/^dc_smarthost=.*/dc_smarthost='{relay.address}::587'/\" update-exim4.conf.conf; "
            "echo '*:sales@example.jp:of-2022' > passwd.client; chown root:Debian-exim passwd.client; "
            f"chmod 640 passwd.client; {EXIM_AGAIN}"
        )
        office.server_sends([f"person@{name}" for name in CUSTOMERS[:5]])
        office.server.wait_for("cat /var/log/exim4/mainlog", lambda text: text.count(f"[{relay.address}]") >= 5, 40)
        told = office.check("--symptom", "not_delivered")
    told.first_is("relayhost_login_failing", "likely|confirmed", "you")
    told.well("smtp_banner", "dns_health", "dnsbl", "sender_auth")


def test_opensmtpd_s_password_at_the_provider_is_the_old_one(company: OpenCompany, world: World) -> None:
    """The same with OpenSMTPD and its table of secrets."""
    with ExitStack() as stack:
        relay = provider(world, stack)
        office = company("os-closed")
        office.server.shell(
            "cd /etc; echo 'gate sales@example.jp:of-2022' > secrets; chmod 640 secrets; chgrp opensmtpd secrets; "
            'sed -i -e \'1i table secrets file:/etc/secrets\' -e \'s|^action "relay".*|action "relay" relay host '
            f"smtp+tls://gate@{relay.address}:587 auth <secrets> tls no-verify|' /etc/smtpd.conf; {OPENSMTPD_AGAIN}"
        )
        office.server_sends([f"person@{name}" for name in CUSTOMERS[:4]])
        office.wait_for_log("AUTH rejected", 1)
        told = office.check("--symptom", "not_delivered")
    told.first_is("relayhost_login_failing", "likely|confirmed", "you")
    told.well("smtp_banner", "dns_health", "dnsbl", "sender_auth")


def test_the_provider_s_certificate_is_not_believed(company: OpenCompany, world: World) -> None:
    """安全第一。 Postfix was told to send through the provider only if its certificate can be proven. It cannot, since
    the list of authorities on this machine is of 2015."""
    with ExitStack() as stack:
        relay = provider(world, stack)
        office = company("pf-guarded")
        office.server.shell(
            f"postconf -e 'relayhost=[{relay.address}]:587' smtp_tls_security_level=secure "
            "smtp_tls_CAfile=/etc/ssl/certs/ca-certificates.crt smtp_sasl_auth_enable=yes "
            "smtp_sasl_password_maps=inline:{dummy=x:y}; postfix reload"
        )
        office.server_sends([f"person@{name}" for name in CUSTOMERS[:4]])
        office.wait_for_log("status=deferred", 4)
        told = office.check("--symptom", "not_delivered")
    told.first_is("relayhost_login_failing", "likely|confirmed", "you")
    told.well("smtp_banner", "dns_health", "dnsbl", "sender_auth")


def test_the_provider_has_given_its_server_a_new_name(company: OpenCompany) -> None:
    """社名変更のお知らせ。 The provider was bought, and its old server's name ended at midnight. All our mail waits for
    that one name; every other name is found."""
    office = company("pf-guarded", more_zones={"old-provider.example": "@ A 198.51.100.40\n"})
    office.server.shell("postconf -e 'relayhost=[smtp.old-provider.example]:587'; postfix reload")
    office.server_sends([f"person@{name}" for name in CUSTOMERS[:6]])
    office.wait_for_log("to=<person@", 6)
    told = office.check("--symptom", "not_delivered", "--recipients", "all")
    told.first_is("relayhost_login_failing", "possible|likely|confirmed", "you")
    told.well("smtp_banner", "dns_health", "dnsbl", "sender_auth")


def test_the_provider_s_daily_limit_is_used_up(company: OpenCompany) -> None:
    """一日二千通まで。 The campaign went out in the morning; since noon the provider takes nothing more from us."""
    office = company("pf-closed")
    limit = "550 5.4.5 Daily user sending limit exceeded. For more information on sending limits go to our help pages"
    office.world.answers({"*": refused("RCPT", limit, after=2)})
    office.server.shell(f"postconf -e 'relayhost=[{BIG}]'; postfix reload")
    office.server_sends([f"person@{name}" for name in ["customer1.example"] * 8])
    office.wait_for_log("status=bounced", 5)
    told = office.check("--symptom", "not_delivered")
    told.first_is("rate_limited", "likely|confirmed", "wait")
    told.well("smtp_banner", "dns_health", "dnsbl", "sender_auth")


def test_the_provider_s_own_server_is_listed(company: OpenCompany, world: World) -> None:
    """隣の客のせいで。 All our mail leaves through the provider, whose server stands on a list since another of its
    customers sent spam. Our own address is clean, and only the provider can act."""
    with ExitStack() as stack:
        relay = world.lab.server("pf-open")
        stack.callback(relay.stop)
        office = company(
            "pf-login", spf="v=spf1 mx include:spf.gate.example -all",
            more_zones={
                "gate.example": f'spf TXT "v=spf1 ip4:{relay.address} -all"\nout A {relay.address}\n',
                "zen.spamhaus.org": f"2.0.0.127 A 127.0.0.2\n2.0.0.127 A 127.0.0.4\n2.0.0.127 A 127.0.0.10\n"
                f"{reversed_address(relay.address)} A 127.0.0.2\n",
            },
        )  # fmt: skip
        relay.shell(
            f"printf 'nameserver {office.dns.address}\\n' > /etc/resolv.conf; "
            "postconf -e myhostname=out.gate.example mydestination=localhost; "
            "service postfix stop; service postfix start"
        )
        office.server.shell(f"postconf -e 'relayhost=[{relay.address}]'; postfix reload")
        office.server_sends(["listed@customer1.example"])
        bounce = str(returned_mail(office))
        own = office.dns.zones["113.0.203.in-addr.arpa"]
        named = {"113.0.203.in-addr.arpa": f"{own}{relay.address.rpartition('.')[2]} PTR out.gate.example.\n"}
        with office.lab.dns({**office.dns.zones, **named}) as dns:
            told = office.check("--symptom", "not_delivered", "--resolver", dns.server, "--bounce", bounce)
    assert told.first["code"] in ("shared_host_listed", "address_listed"), told.summary
    assert told.first["who_acts"] == "hosting_company", told.summary
    told.well("smtp_banner", "dns_health", "sender_auth")


def test_postfix_in_its_cage_still_asks_the_old_dns(company: OpenCompany) -> None:
    """檻の中の古いファイル。 /etc/resolv.conf was repaired last night, and every test on the server works. Postfix
    keeps a copy of its own in its cage, and nobody started it anew."""
    office = company("pf-closed")
    office.server.shell(
        f"printf 'nameserver {SILENT}\\noptions timeout:1 attempts:1\\n' > /var/spool/postfix/etc/resolv.conf; "
        "postfix reload"
    )
    office.server_sends([f"p{number}@{name}" for number, name in enumerate(CUSTOMERS[:6])])
    office.wait_for_log("status=deferred", 6, 60)
    told = office.check("--symptom", "not_delivered", "--recipients", "all")
    told.first_is("resolver_broken", "possible|likely|confirmed", "you")
    told.well("smtp_banner", "dns_health", "dnsbl", "sender_auth")


def test_the_move_is_over_and_postfix_still_holds_everything_back(company: OpenCompany) -> None:
    """引っ越しの夜の一行。 During the move all outgoing mail was held back by one setting. It still is."""
    office = company("pf-closed")
    office.server.shell("postconf -e defer_transports=smtp; postfix reload")
    office.server_sends([f"p{number}@{name}" for number, name in enumerate(CUSTOMERS[:14])])
    office.wait_for_log("status=deferred", 14)
    told = office.check("--symptom", "not_delivered")
    told.first_is("mail_service_stopped", "likely|confirmed", "you")
    told.well("smtp_banner", "dns_health", "dnsbl", "sender_auth")


def test_exim_takes_mail_and_nobody_runs_its_queue(company: OpenCompany) -> None:
    """Somebody started Exim by hand after the update, without the option that sends. Everything lies in the queue."""
    office = company("ex-closed")
    office.server.shell(
        "sed -i '1i queue_only = true' /etc/exim4/exim4.conf.template; update-exim4.conf; "
        "pkill -x exim4; sleep 0.5; (/usr/sbin/exim4 -bd)"
    )
    office.server_sends([f"p{number}@{name}" for number, name in enumerate(CUSTOMERS[:14])])
    three_hours_pass(office)
    told = office.check("--symptom", "not_delivered")
    told.first_is("mail_service_stopped", "likely|confirmed", "you")
    told.well("smtp_banner", "dns_health", "dnsbl", "sender_auth")


def three_hours_pass(office: Company) -> None:
    """Exim's messages carry the time of their arrival at the head of their names, in base 62, and in their fourth
    line."""
    then = int(time.time()) - 3 * 3600
    digits = string.digits + string.ascii_uppercase + string.ascii_lowercase
    head = "".join(digits[then // 62**place % 62] for place in range(5, -1, -1))
    for path in Path(f"/proc/{office.server.pid}/root/var/spool/exim4/input").glob("*-[HD]"):
        lines = path.read_bytes().split(b"\n")
        lines[0] = head.encode() + lines[0][6:]
        if path.name.endswith("H"):
            lines[3] = f"{then} 0".encode()
        path.write_bytes(b"\n".join(lines))
        path.rename(path.with_name(head + path.name[6:]))


def test_opensmtpd_was_told_to_pause(company: OpenCompany) -> None:
    """「一時停止」のまま三日。 smtpctl pause mta, for the test of a backup. Nobody said "resume"."""
    office = company("os-closed")
    office.server.shell("smtpctl pause mta")
    office.server_sends([f"p{number}@{name}" for number, name in enumerate(CUSTOMERS[:14])])
    # Three days pass, with one restart that kept the pause.
    office.server.shell(
        "pkill -x smtpd; sleep 0.5; find /var/spool/smtpd/queue -type f ! -name message -exec sed -i "
        '"s/^ctime: .*/ctime: $(($(date +%s) - 259200))/" {} +; /usr/sbin/smtpd -P mta; sleep 1'
    )
    told = office.check("--symptom", "not_delivered")
    told.first_is("mail_service_stopped", "possible|likely|confirmed", "you")
    told.well("smtp_banner", "dns_health", "dnsbl", "sender_auth")


@pytest.mark.parametrize("kind", ["sm-closed", "ex-closed"])
def test_the_owner_s_copy_goes_to_gmail_and_gmail_takes_it_for_forged(company: OpenCompany, kind: str) -> None:
    """Another make passes the shop's mail on; customers' letters are refused there, ours are not."""
    office = company(kind)
    office.world.answers({"gmail.com": refused("DATA", UNPROVEN.replace("[example.jp]", "[customer1.example]"))})
    alias = "echo 'info: owner.of.the.shop@gmail.com' >> /etc/aliases; newaliases"
    if kind == "sm-closed":
        alias = "echo 'info: owner.of.the.shop@gmail.com' >> /etc/mail/aliases; newaliases"
    office.server.shell(alias)
    office.strangers_write([f"buyer@{customer}" for customer in CUSTOMERS[:6]], "info@example.jp")
    office.server_sends(letters("customer9.example", 3))
    log = "cat /var/log/exim4/mainlog /var/log/mail.log 2>/dev/null; true"
    office.server.wait_for(log, lambda text: text.count("sender is unauthenticated") >= 6, 40)
    told = office.check("--symptom", "not_delivered")
    told.first_is("forwarding_breaks_auth", "likely|confirmed", "you")
    told.well("server_health", "smtp_banner", "dns_health", "dnsbl", "sender_auth")


def test_opensmtpd_is_told_to_come_again(company: OpenCompany) -> None:
    """Four customers let new senders wait. The person has no idea what is affected, and says so."""
    office = company("os-closed")
    office.server_sends([f"grey@{name}" for name in CUSTOMERS[:4]])
    office.wait_for_waiting(4)
    told = office.check("--symptom", "slow")
    told.first_is("greylisted_wait", "possible|likely", "wait")
    assert not told.critical, told.summary


@pytest.mark.parametrize("kind", ["pf-closed", "ex-closed"])
def test_a_large_provider_is_down_and_its_mail_piles_up_here(company: OpenCompany, kind: str) -> None:
    """ヤフーが止まった日。 Forty letters wait for one provider, whose servers answer nobody today. All others arrive;
    the person says "nearly all", since most of her customers are there."""
    office = company(kind, more_zones={"mail.yahoo.co.jp": f"mx1 A {SILENT}\n"})
    if kind == "pf-closed":
        office.server.shell("postconf -e smtp_connect_timeout=2s && postfix reload")
    else:
        office.server.shell(
            "sed -i '/^remote_smtp:/,/^$/s/driver = smtp/&\\n  connect_timeout = 2s/' /etc/exim4/exim4.conf.template; "
            f"{EXIM_AGAIN}"
        )
    office.server_sends([*letters("customer1.example", 6), *letters("customer2.example", 4)])
    office.server_sends(letters("yahoo.co.jp", 25))
    office.wait_for_waiting(22, 120)
    told = office.check("--symptom", "not_delivered", "--recipients", "all")
    told.first_is("recipient_side", "possible|likely", "recipient")
    assert not told.critical, told.summary


def test_a_picture_book_is_too_big_for_them(company: OpenCompany) -> None:
    """カタログを送りたい。 Forty megabytes, to a customer who takes ten. The returned mail says so."""
    office = company("pf-login")
    office.server_sends(["big@customer7.example"])
    bounce = str(returned_mail(office))
    told = office.check("--symptom", "not_delivered", "--affected", "one", "--bounce", bounce)
    told.first_is("recipient_side", "possible|likely|confirmed", "recipient")
    assert not told.critical, told.summary
