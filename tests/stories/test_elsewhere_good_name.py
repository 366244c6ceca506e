"""よその会社の月曜日、つづき。 Mail that is turned away for who sends it: the name, the reputation, the proof."""

from __future__ import annotations

import base64
from dataclasses import dataclass

import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat

from core.knowledge.dnsbl import reversed_address
from tests.stories.company import BIG, CUSTOMERS, OpenCompany, refused
from tests.stories.restarts import EXIM_AGAIN
from tests.stories.test_turned_away import BIG_6, OURS_6, UNPROVEN, ipv6, letters, returned_mail

pytestmark = [pytest.mark.story, pytest.mark.slow]
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
    office.wait_for_waiting(5)
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
