"""閉まった扉。 Our own people cannot get in: the certificate has ended, the guard has banned us, the line is closed."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

import pytest
import trustme

from tests.servers.lab import OUTSIDE
from tests.stories.company import Company, OpenCompany

pytestmark = pytest.mark.story
_SLOW = pytest.mark.slow
CERTIFICATE, KEY = "/etc/ssl/mail.pem", "/etc/ssl/mail.key"
# fail2ban as Debian ships it, with the jail for Postfix switched on; what it bans it bans with nftables.
_JAIL = """[DEFAULT]
banaction = nftables-multiport
[sshd]
enabled = false
[postfix]
enabled = true
backend = polling
logpath = /var/log/mail.log
"""


def puts(office: Company, path: str, text: bytes | str) -> None:
    """A file on the server, for root alone."""
    words = text.decode() if isinstance(text, bytes) else text
    office.server.run(["install", "-D", "-m", "600", "/dev/stdin", path], input=words)


def new_certificate(office: Company, ends_in: timedelta) -> None:
    """A certificate for mail.example.jp, by an authority, put where the programs look for it."""
    now = datetime.now(UTC)
    leaf = trustme.CA().issue_cert(
        "mail.example.jp", not_before=now - timedelta(days=90) + min(ends_in, timedelta()), not_after=now + ends_in
    )
    puts(office, CERTIFICATE, b"".join(blob.bytes() for blob in leaf.cert_chain_pems))
    puts(office, KEY, leaf.private_key_pem.bytes())


def encrypts(office: Company) -> None:
    """Postfix and Dovecot show the certificate; people fetch their mail on port 993."""
    office.server.shell(
        f"postconf -e smtpd_tls_cert_file={CERTIFICATE} smtpd_tls_key_file={KEY}; postfix reload; "
        f"sed -i 's|^ssl = no|ssl = yes\\nssl_cert = <{CERTIFICATE}\\nssl_key = <{KEY}|' /etc/dovecot/dovecot.conf; "
        "doveadm stop; for i in $(seq 100); do pgrep -x dovecot >/dev/null || break; sleep 0.1; done; "
        "dovecot >/dev/null 2>&1 </dev/null"
    )
    # The staff's programs are at the door at once: what Dovecot shows them it has read by then.
    shown = "openssl s_client -connect 127.0.0.1:993 </dev/null 2>/dev/null | grep -c 'BEGIN CERTIFICATE'; true"
    office.server.wait_for(shown, lambda text: text.strip() == "1", 20)


@_SLOW
def test_the_certificate_ended_on_sunday(company: OpenCompany) -> None:
    """月曜の朝、全員のパソコンに警告。 Who set up the certificate in 2021 also set up its yearly renewal: in his own
    calendar. Mail from outside keeps coming in; the staff's programs refuse to talk to the server."""
    office = company("pf-login")
    new_certificate(office, timedelta(days=-1))
    encrypts(office)
    told = office.check("--mail-host", "mail.example.jp", "--symptom", "not_received")
    told.first_is("certificate_expired", "confirmed", "you")
    told.well("server_health", "mail_queue", "mail_log", "smtp_banner", "open_relay", "dns_health", "dnsbl")


@_SLOW
def test_the_certificate_was_renewed_and_nobody_told_dovecot(company: OpenCompany) -> None:
    """自動更新のはずなのに。 The new file lies on the disk since yesterday. Dovecot read the old one when it started,
    and shows that one until somebody asks it to look again."""
    office = company("pf-login")
    new_certificate(office, timedelta(days=-1))
    encrypts(office)
    new_certificate(office, timedelta(days=89))
    office.server.shell("postfix reload")
    told = office.check("--mail-host", "mail.example.jp", "--symptom", "not_received")
    told.first_is("certificate_expired", "confirmed", "you")
    assert "server_health.certificate_not_reloaded" in told.first["findings"], told.first
    told.well("mail_queue", "mail_log", "smtp_banner", "open_relay", "dns_health", "dnsbl")


def guarded(company: OpenCompany) -> Company:
    """A server whose fail2ban watches the mail log."""
    office = company("pf-guarded")
    puts(office, "/etc/fail2ban/jail.local", _JAIL)
    office.server.shell("mkdir -p /run/fail2ban; rm -f /etc/fail2ban/jail.d/*; fail2ban-client start >/dev/null")
    return office


def gets_banned(office: Company) -> None:
    """Taro's new telephone, at home, sends without a password; it does not give up easily."""
    mail = "taro@example.jp"
    job = (OUTSIDE, "", "", mail, ["person@customer1.example"], mail)
    assert office.send(office.lab.outside, [job] * 6)["refused"] == 6
    office.server.wait_for("fail2ban-client status postfix", lambda text: OUTSIDE in text, 20)


def test_the_guard_has_locked_us_out(company: OpenCompany) -> None:
    """私だけつながらない。 Fail2ban took the home of Taro for an attacker. From there the server looks dead: connection
    refused. It is not dead, and must not be restarted."""
    office = guarded(company)
    gets_banned(office)
    told = office.check("--symptom", "not_received")
    told.first_is("self_banned", "confirmed", "you")
    assert told.first["values"]["addresses"] == [OUTSIDE]
    assert "mail_service_stopped" not in told.causes, told.summary
    told.well("mail_queue", "mail_log", "dns_health", "dnsbl", "sender_auth")


@_SLOW
def test_the_same_server_seen_from_the_office_is_well(company: OpenCompany) -> None:
    """Taro drives to the office and runs the check once more: nothing is wrong there."""
    office = guarded(company)
    gets_banned(office)
    told = office.check("--symptom", "checkup", machine=office.lab.neighbour)
    assert not told.critical and "self_banned" not in told.causes, told.summary


@_SLOW
def test_banned_and_stopped_at_once(company: OpenCompany) -> None:
    """We are banned, and that is why the port is shut for us. And Postfix does not run, and that is why it is shut for
    everybody: which comes first."""
    office = guarded(company)
    gets_banned(office)
    office.server.shell("service postfix stop")
    told = office.check("--symptom", "not_received")
    told.first_is("mail_service_stopped", "confirmed", "you")
    assert "self_banned" in told.causes[:3], told.summary
    told.well("mail_log", "dns_health", "dnsbl", "sender_auth")


@_SLOW
def test_a_rule_written_by_hand_and_forgotten(company: OpenCompany) -> None:
    """In 2023 somebody was angry at an address. Today it is that of our own branch office."""
    office = company("pf-guarded")
    office.firewall("add table inet guard")
    office.firewall("add chain inet guard in { type filter hook input priority 0; }")
    office.firewall(f"add rule inet guard in ip saddr {OUTSIDE} tcp dport {{ 25, 465, 587 }} reject with tcp reset")
    told = office.check("--symptom", "not_received")
    told.first_is("self_banned", "likely|confirmed", "you")
    assert "mail_service_stopped" not in told.causes, told.summary
    told.well("mail_queue", "mail_log", "dns_health", "dnsbl", "sender_auth")


@contextmanager
def line_closes_25(office: Company) -> Iterator[None]:
    """The provider of the line at home lets nothing out to port 25 (OP25B)."""
    network = ["nsenter", "--target", str(office.lab.outside.pid), "--net", "nft"]
    rules = "table inet op25b { chain o { type filter hook output priority 0; tcp dport 25 drop; }; }"
    subprocess.run([*network, rules], check=True)
    try:
        yield
    finally:
        subprocess.run([*network, "delete table inet op25b"], check=True)


@_SLOW
@pytest.mark.parametrize("login", [True, False])
def test_the_line_at_home_lets_nothing_out_to_port_25(company: OpenCompany, login: bool) -> None:
    """在宅勤務の罠。 Nothing is wrong with the server. The line this computer hangs on closes port 25, as lines of
    homes, hotels and telephones do; whoever believes this view repairs a healthy server."""
    office = company("pf-closed")
    with line_closes_25(office):
        told = office.check("--symptom", "not_received", login=login)
    told.first_is("port_25_blocked_here", "likely", "you")
    assert "mail_service_stopped" not in told.causes, told.summary
    assert not told.critical, told.summary
