"""よその会社の月曜日。 Mail that does not leave, at companies unlike ours: another make, another way out, and people
who answer the questions as people do: not at all, or a little wrong."""

from __future__ import annotations

import base64
import string
import subprocess
import time
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat

from core.knowledge.dnsbl import reversed_address
from tests.servers.lab import SILENT
from tests.servers.lab_server import Server
from tests.stories.company import BIG, CUSTOMERS, STRANGERS, Company, OpenCompany, World, refused
from tests.stories.test_spam_from_our_own_server import strangers_relay
from tests.stories.test_turned_away import BIG_6, OURS_6, UNPROVEN, ipv6, letters, returned_mail

pytestmark = [pytest.mark.story, pytest.mark.slow]
EXIM_AGAIN = "update-exim4.conf; kill -HUP $(cat /run/exim4/exim.pid); sleep 1"
OPENSMTPD_AGAIN = (
    "pkill -x smtpd; sleep 0.5; /usr/sbin/smtpd; "
    "for n in $(seq 50); do smtpctl show status >/dev/null 2>&1 && break; sleep 0.1; done"
)
TREND = (
    "550 5.7.1 Service unavailable; Client host [{client}] blocked using Trend Micro RBL+. Please see "
    "http://www.mail-abuse.com/cgi-bin/lookup?ip_address={client}; Mail from {client} blocked using Trend Micro "
    "Email Reputation database."
)
CLOUDMARK = (
    "554 5.7.1 Mail from {client} refused due to poor reputation of the sending address. "
    "Please visit https://csi.cloudmark.com/reset-request/?ip={client}"
)
SLOWED_BY_REPUTATION = (
    "451 4.7.650 The mail server [{client}] has been temporarily rate limited due to IP reputation. For e-mail "
    "delivery information, see https://postmaster.live.com (S775)"
)
POLICY = (
    "550-5.7.26 Unauthenticated email from example.jp is not accepted due to domain's DMARC policy. Please contact "
    "the administrator of example.jp domain if this was a legitimate mail. To learn about the DMARC initiative, go to "
    "https://support.google.com/mail/?p=DmarcRejection"
)


def waits(office: Company, count: int, seconds: float = 60) -> None:
    """Until so many messages were tried and have to wait."""
    office.server.wait_for(office.server.kind.product.deferred, lambda text: int(text or 0) >= count, seconds)


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
    waits(office, 5)
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


def test_a_name_out_of_a_pool(company: OpenCompany) -> None:
    """家庭用回線の名前。 The address is called ip-203-0-113-x.pool…; a carrier takes no mail from such names."""
    pool = "ip-203-0-113.dynamic.pool.provider.example."
    office = company("sm-closed", reverse=pool, more_zones={"provider.example": "*.dynamic.pool A 203.0.113.99\n"})
    generic = "550 5.7.1 Mail from {client} refused: generic reverse DNS, see our policy for senders"
    office.world.answers({"docomo.ne.jp": refused("RCPT", generic)})
    office.server_sends([*letters("docomo.ne.jp", 5), *letters("customer1.example", 2)])
    office.wait_for_log("generic reverse DNS", 5)
    told = office.check("--symptom", "not_delivered", "--affected", "everyone")
    told.first_is("ptr_or_helo_wrong", "confirmed", "hosting_company")
    told.well("server_health", "smtp_banner", "sender_auth", "dnsbl")


def test_exim_forgot_its_name(company: OpenCompany) -> None:
    """The host name was lost in a restore: Exim says "localhost" to everybody."""
    office = company("ex-closed")
    macro = "MAIN_HARDCODE_PRIMARY_HOSTNAME = localhost"
    office.server.shell(f"echo '{macro}' >> /etc/exim4/exim4.conf.localmacros; {EXIM_AGAIN}")
    office.server_sends([f"helo@{name}" for name in CUSTOMERS[:5]])
    office.server.wait_for("cat /var/log/exim4/mainlog", lambda text: text.count("Helo command rejected") >= 5, 40)
    told = office.check("--symptom", "not_delivered")
    told.first_is("ptr_or_helo_wrong", "likely|confirmed", "you")
    told.well("server_health", "smtp_banner", "sender_auth", "dnsbl")


@pytest.mark.parametrize(
    ("kind", "domain", "said"),
    [("sm-closed", "yahoo.co.jp", TREND), ("os-closed", "docomo.ne.jp", CLOUDMARK)],
    ids=["trend-micro", "cloudmark"],
)
def test_a_filter_company_keeps_us_out(company: OpenCompany, kind: str, domain: str, said: str) -> None:
    """No public list knows anything of us; the filter that several companies bought does."""
    office = company(kind)
    office.world.answers({domain: refused("RCPT", said)})
    office.server_sends([*letters(domain, 5), *letters("customer1.example", 2)])
    office.wait_for_log("reputation" if domain == "docomo.ne.jp" else "Trend Micro", 5)
    told = office.check("--symptom", "not_delivered")
    told.first_is("provider_blocked", "likely|confirmed", "you")
    told.well("server_health", "smtp_banner", "dns_health", "dnsbl")


def test_outlook_thinks_little_of_us_and_lets_us_wait(company: OpenCompany) -> None:
    """遅いだけ、と言われて。 Microsoft slows the whole address down for its reputation; waiting does not heal that."""
    office = company("ex-closed")
    office.world.answers({"outlook.com": refused("RCPT", SLOWED_BY_REPUTATION)})
    office.server_sends([*letters("outlook.com", 6), *letters("customer1.example", 2)])
    waits(office, 5)
    told = office.check("--symptom", "slow")
    told.first_is("provider_blocked", "likely|confirmed", "you")
    told.well("server_health", "smtp_banner", "dns_health", "dnsbl")


def test_the_newsletter_service_is_not_in_our_records(company: OpenCompany) -> None:
    """メルマガだけ届かない。 Marketing bought a service that sends in our name. Our DMARC record says "reject"; the
    service stands in no record of ours. All there is to show is one line out of the service's web page."""
    strict = '@ MX 10 mail\nmail A {address}\n_dmarc TXT "v=DMARC1; p=reject"\n@ TXT "v=spf1 mx -all"\n'
    office = company("pf-closed")
    zones = {
        **office.dns.zones,
        "example.jp": strict.format(address=office.server.address),
        "100.51.198.in-addr.arpa": "77 PTR out.news-service.example.\n",
        "news-service.example": "out A 198.51.100.77\n",
    }
    line = office.folder / "line.txt"
    line.write_text(f"guest@gmail.com: 198.51.100.77 -> gmail-smtp-in.l.google.com: {POLICY}\n", encoding="ascii")
    with office.lab.dns(zones) as dns:
        told = office.person(
            "--domain", "example.jp", "--resolver", dns.server, "--symptom", "not_delivered", "--bounce", str(line)
        )
    told.first_is("sender_auth_failing", "likely|confirmed", "domain_company")
    told.well("smtp_banner", "dns_health", "dnsbl")


def test_our_own_policy_sends_our_mail_to_the_spam_folder(company: OpenCompany) -> None:
    """「迷惑メールに入っていました」。 DMARC says "quarantine" since the consultant was here; the SPF record ends in
    ~all and still names the old line. Nothing is refused and nothing comes back."""
    zone = (
        '@ MX 10 mail\nmail A {address}\n_dmarc TXT "v=DMARC1; p=quarantine"\n@ TXT "v=spf1 ip4:198.51.100.99 ~all"\n'
    )
    office = company("os-closed")
    zones = {**office.dns.zones, "example.jp": zone.format(address=office.server.address)}
    office.server_sends(letters("gmail.com", 3))
    with office.lab.dns(zones) as dns:
        told = office.check("--symptom", "not_delivered", "--resolver", dns.server)
    told.first_is("sender_auth_failing", "likely|confirmed", "domain_company")
    told.well("server_health", "mail_queue", "mail_log", "smtp_banner", "dns_health", "dnsbl")


def test_the_signature_s_key_was_renewed_in_one_place_only(company: OpenCompany) -> None:
    """鍵の交換。 opendkim signs with the new key; the DNS company copied the old one. The line's address changed too,
    which nobody noticed as long as the signature held."""
    office = company("pf-guarded", spf="v=spf1 ip4:198.51.100.99 ~all")
    old, new = signing_key(), signing_key()
    office.server.run(["install", "-m", "600", "/dev/stdin", "/etc/new.key"], input=new.private)
    office.server.shell(
        "useradd --create-home taro; "
        "opendkim -x /dev/null -b s -d example.jp -s mail2024 -k /etc/new.key -p inet:8891@127.0.0.1; "
        "postconf -e smtpd_milters=inet:127.0.0.1:8891 non_smtpd_milters=inet:127.0.0.1:8891; postfix reload"
    )
    record = f'mail2024._domainkey TXT "v=DKIM1; k=rsa; p={old.public[:180]}" "{old.public[180:]}"\n'
    zones = {**office.dns.zones, "example.jp": f"{office.dns.zones['example.jp']}{record}"}
    office.world.answers({"gmail.com": refused("DATA", UNPROVEN)})
    office.server_sends(letters("gmail.com", 4))
    office.wait_for_log("status=bounced", 4)
    bounce = str(returned_mail(office))
    with office.lab.dns(zones) as dns:
        told = office.check("--symptom", "not_delivered", "--resolver", dns.server, "--bounce", bounce)
    told.first_is("sender_auth_failing", "confirmed", "domain_company")
    told.well("server_health", "smtp_banner", "dns_health", "dnsbl")


@dataclass(frozen=True)
class Signing:
    """A key for DKIM: as the signer keeps it, and as the DNS shows it."""

    private: str
    public: str


def signing_key() -> Signing:
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    own = key.private_bytes(Encoding.PEM, PrivateFormat.TraditionalOpenSSL, NoEncryption())
    shown = key.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    return Signing(own.decode(), base64.b64encode(shown).decode())


def test_only_the_ipv6_address_is_listed(company: OpenCompany) -> None:
    """IPv6だけブラックリスト。 The neighbours in our provider's IPv6 network send spam; a list took the whole of it.
    Over IPv4 nobody says anything."""
    names = {
        "l.google.com": f"gmail-smtp-in A {BIG}\ngmail-smtp-in AAAA {BIG_6}\n",
        "5.2.0.0.8.b.d.0.1.0.0.2.ip6.arpa": f"{reversed_address(OURS_6)[: -len('.5.2.0.0.8.b.d.0.1.0.0.2')]} "
        "PTR mail.example.jp.\n",
        "zen.spamhaus.org": "2.0.0.127 A 127.0.0.2\n2.0.0.127 A 127.0.0.4\n2.0.0.127 A 127.0.0.10\n"
        f"{reversed_address(OURS_6)} A 127.0.0.2\n",
    }
    office = company("pf-login", zone=f"mail AAAA {OURS_6}\n", more_zones=names)
    said = "554 5.7.1 Service unavailable; Client host [{client}] blocked using zen.spamhaus.org"
    with ipv6(office):
        office.world.answers({"gmail.com": refused("RCPT", said)})
        office.server_sends([*letters("gmail.com", 4), *letters("customer1.example", 2)])
        office.wait_for_log("status=bounced", 4)
        told = office.check("--symptom", "not_delivered")
    told.first_is("ipv6_path_bad", "likely|confirmed", "you")
    told.well("server_health", "smtp_banner")


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
    waits(office, 4)
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
    waits(office, 22, 120)
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


def test_every_stranger_looks_like_the_gateway(company: OpenCompany) -> None:
    """コンテナの落とし穴。 The mail program moved behind a gateway that gives every caller its own address, and that
    address stands among the trusted. Spammers need no password here."""
    office = company("pf-subnet", listed=True)
    last = office.server.address.rpartition(".")[2]
    rules = (
        f"add table ip hide{last}; add chain ip hide{last} way {{ type nat hook postrouting priority 100; }}; "
        f"add rule ip hide{last} way ip daddr {office.server.address} tcp dport 25 masquerade"
    )
    subprocess.run(["nsenter", "--target", str(office.lab.router.pid), "--net", "nft", rules], check=True)
    strangers_relay(office, 90)
    told = office.check("--symptom", "not_delivered", consent=True)
    told.first_is("open_relay", "likely|confirmed", "you")
    assert "address_listed" in told.causes, told.summary
    told.well("server_health", "smtp_banner", "dns_health")


def test_the_shop_s_program_sends_spam_under_our_own_name(company: OpenCompany) -> None:
    """通販ページの穴。 The web shop hands in its mail with -f info@example.jp. So does whoever found its hole."""
    office = company("pf-closed", listed=True)
    office.server.shell(
        "".join(
            f"printf 'From: <info@example.jp>\\nTo: <{'nobody' if n % 4 == 0 else f'p{n}'}@{CUSTOMERS[n % 60]}>\\n"
            "Subject: win\\n\\nText.\\n' | setpriv --reuid www-data --regid www-data --clear-groups "
            "/usr/sbin/sendmail -t -i -f info@example.jp\n"
            for n in range(90)
        ),
        timeout=300,
    )
    office.wait_for_log("status=", 80, 60)
    told = office.check("--symptom", "complaint")
    told.first_is("web_form_abused", "likely|confirmed", "you")
    assert "account_hijacked" not in told.causes, told.summary
    told.well("server_health", "smtp_banner", "dns_health")


def test_a_plug_in_sends_spam_through_the_server_s_own_door(company: OpenCompany) -> None:
    """The web site's plug-in speaks SMTP to 127.0.0.1, which needs no password; forged senders, sixty companies."""
    office = company("pf-closed", listed=True)
    jobs = [
        ("127.0.0.1", "", "", f"win{n % 12}@bank.example", [f"{('nobody', 'p', 'q')[n % 3]}@{CUSTOMERS[n % 60]}"],
         f"win{n % 12}@bank.example")
        for n in range(90)
    ]  # fmt: skip
    sends_inside(office, jobs)
    told = office.check("--symptom", "complaint")
    told.first_is("web_form_abused", "possible|likely|confirmed", "you")
    told.well("server_health", "smtp_banner", "dns_health")


def sends_inside(office: Company, jobs: list[tuple[str, str, str, str, list[str], str]]) -> None:
    """Mail handed in over SMTP on the server itself."""
    import json
    import sys

    from tests.stories.company import _CLIENT

    network = ["nsenter", "--target", str(office.server.pid), "--net", "--"]
    text = "".join(json.dumps(list(job)) + "\n" for job in jobs)
    done = subprocess.run(
        [*network, sys.executable, "-c", _CLIENT, "127.0.0.1"], input=text, text=True, check=True,
        stdout=subprocess.PIPE, timeout=300,
    )  # fmt: skip
    assert json.loads(done.stdout)["accepted"] == len(jobs), done.stdout


def test_the_thief_has_patience(company: OpenCompany) -> None:
    """一時間に八通。 No burst: whoever has sales@'s password writes eight letters an hour, all night, each time from
    elsewhere, under our own name. A third of the addresses do not exist."""
    office = company("pf-login")
    jobs = []
    for number in range(120):
        to = f"{'nobody' if number % 3 == 0 else f'person{number}'}@{CUSTOMERS[(number * 7) % 60]}"
        source = "198.51.100.7" if number % 9 == 8 else STRANGERS[number % 16]
        jobs.append((source, "sales@example.jp", "secret-sales", "sales@example.jp", [to], "sales@example.jp"))
    assert office.send(office.lab.outside, jobs)["accepted"] == 120
    office.wait_for_log("status=", 120, 60)
    spread(office, hours=15)
    told = office.check("--symptom", "complaint")
    told.first_is("account_hijacked", "possible|likely|confirmed", "you")
    told.well("server_health", "smtp_banner", "dns_health", "dnsbl")


def spread(office: Company, hours: float) -> None:
    """What was logged within a minute is stamped as if it had taken the whole night."""
    office.server.run(["sh", "-c", "cat > /tmp/spread.awk"], input=_SPREAD)
    office.server.shell(
        f"f=/var/log/mail.log; n=$(wc -l < $f); awk -v total=$n -v seconds={int(hours * 3600)} -v now=$(date +%s) "
        "-f /tmp/spread.awk $f > /tmp/new.log; cat /tmp/new.log > $f"
    )


_SPREAD = """
{ at = now - seconds + int(seconds * NR / total); print strftime("%b %e %H:%M:%S", at) substr($0, 16) }
"""
