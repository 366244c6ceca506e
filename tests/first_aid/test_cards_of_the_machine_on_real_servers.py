"""The cards for the machine under a mail server (door, names, certificate, room), each on every server that can be
built here: broken -> the printed commands -> repaired -> undone -> as before."""

from __future__ import annotations

import subprocess
import sys
from datetime import timedelta

import pytest

from core.knowledge.fixes import ServerKind
from tests.first_aid.conftest import Follow
from tests.first_aid.servers import (
    BUT_POSTFIX,
    CERT,
    DOOR,
    EVERY,
    FULL,
    KEY,
    PLAIN,
    Running,
    gets,
    with_mailboxes,
)
from tests.servers.lab import OUTSIDE, SILENT, Lab
from tests.servers.lab_around import certificate, is_guarded
from tests.servers.lab_server import Server

pytestmark = [pytest.mark.slow, pytest.mark.story]
LISTING = {"postfix": "postqueue -p", "sendmail": "mailq", "exim": "exim -bp", "opensmtpd": "smtpctl show queue"}


# --- the door ---------------------------------------------------------------------------------------------------------

JAILS = {"postfix": "postfix", "sendmail": "sendmail-auth", "exim": "exim", "opensmtpd": "sshd"}


@EVERY
def test_who_was_banned_is_let_in_and_can_be_banned_again(
    lab: Lab, running: Running, follow: Follow, kind: ServerKind
) -> None:
    with running(FULL[kind]) as server:
        jail = f"mail-{kind}"
        is_guarded(server, jail, JAILS[kind])

        def greeted() -> bool:
            return "220" in lab.outside.run(["sh", "-c", DOOR.format(server.address)], check=False).stdout

        server.shell(f"fail2ban-client set {jail} banip {OUTSIDE}")
        server.wait_for("nft list ruleset", lambda said: OUTSIDE in said, 10)
        assert not greeted()
        hand = follow(server, "self_banned", kind, {"jail": jail}, client_address=OUTSIDE)
        said = hand.parts("look")
        assert jail in said and OUTSIDE in said
        hand.parts("do", "verify")
        assert greeted()
        hand.parts("undo")
        server.wait_for("nft list ruleset", lambda said: OUTSIDE in said, 10)
        assert not greeted()


@EVERY
def test_a_door_to_the_world_that_is_shut_is_told_from_an_open_one(
    running: Running, follow: Follow, kind: ServerKind
) -> None:
    with running(FULL[kind]) as server:
        hand = follow(server, "outbound_25_blocked", kind)
        assert "CLOSED" not in hand.parts("look")
        server.shell(
            "nft add table inet wall; nft 'add chain inet wall out { type filter hook output priority 0; }'; "
            "nft add rule inet wall out oifname eth0 tcp dport 25 reject"
        )
        said = hand.parts("look")
        assert "CLOSED" in said and "dport 25" in said


# --- names and addresses ----------------------------------------------------------------------------------------------


@BUT_POSTFIX
def test_a_silent_resolver_is_replaced(lab: Lab, running: Running, follow: Follow, kind: ServerKind) -> None:
    with running(PLAIN[kind]) as server:
        good = "198.51.100.53"
        server.shell(f"echo nameserver {SILENT} > /etc/resolv.conf")
        hand = follow(
            server, "resolver_broken", kind, {"resolver": good}, mail_host="mx.far.example", domain="far.example"
        )
        assert "NO ANSWER" in hand.parts("look")
        hand.parts("backup", "do", "apply", "verify")
        server.fill_queue(1, recipients=["a@far.example"])
        hand.parts("undo")
        assert server.shell("cat /etc/resolv.conf").split()[1] == SILENT


@pytest.mark.parametrize("kind", ["sendmail", "exim"])
def test_mail_leaves_by_ipv4_only(lab: Lab, running: Running, follow: Follow, kind: ServerKind) -> None:
    """A recipient with an IPv6 address only can no longer be reached; undone, it is tried again."""
    zone = "@ MX 10 mx\nmx A 198.51.100.25\nmx AAAA 2001:db8:1::25\n"
    with running(PLAIN[kind]) as server, lab.dns({"six.example": zone}) as dns:
        own = {"exim": "rm -f /etc/exim4/exim4.conf.localmacros; update-exim4.conf; service exim4 restart"}
        server.shell(f"""
            echo nameserver {dns.server.partition(":")[0]} > /etc/resolv.conf
            ip -6 address add 2001:db8:1::10/64 dev eth0 nodad
            {own.get(kind, "true")}
        """)
        hand = follow(server, "ipv6_path_bad", kind)
        before = hand.settings()
        hand.parts("look", "backup", "do", "apply", "verify")
        assert hand.settings() != before
        server.fill_queue(1, recipients=["a@six.example"])
        assert "2001:db8:1" not in server.shell(LISTING[kind])
        hand.parts("undo")
        assert hand.settings() == before


# --- certificates -----------------------------------------------------------------------------------------------------

SHOWS = {
    "postfix": f"postconf -e smtpd_tls_cert_file={CERT} smtpd_tls_key_file={KEY}; service postfix restart",
    # One file for both is Postfix's own default.
    "postfix one file": f"cat {KEY} >> {CERT}; postconf -e smtpd_tls_cert_file={CERT} "
    "'smtpd_tls_key_file=$smtpd_tls_cert_file'; service postfix restart",
    "sendmail": f"""
        for line in "confSERVER_CERT {CERT}" "confSERVER_KEY {KEY}" "confCACERT_PATH /etc/ssl/certs" \\
            "confCACERT /etc/ssl/certs/ca-certificates.crt"; do
            sed -i "/^MAILER(.local/i define(\\`${{line% *}}', \\`${{line#* }}')dnl" /etc/mail/sendmail.mc
        done
        make -C /etc/mail && service sendmail restart
    """,
    "exim": f"""
        chown root:Debian-exim {CERT} {KEY}; chmod 640 {CERT} {KEY}
        printf 'MAIN_TLS_ENABLE = true\\nMAIN_TLS_CERTIFICATE = {CERT}\\nMAIN_TLS_PRIVATEKEY = {KEY}\\n' \\
            >> /etc/exim4/exim4.conf.localmacros
        update-exim4.conf && service exim4 restart
    """,
    "opensmtpd": f"""
        sed -i '/^listen/d' /etc/smtpd.conf
        {{ echo 'pki mail.example.jp cert "{CERT}"'; echo 'pki mail.example.jp key "{KEY}"'
           echo 'listen on 0.0.0.0 hostname mail.example.jp tls pki mail.example.jp'; cat /etc/smtpd.conf; }} > /tmp/new
        cat /tmp/new > /etc/smtpd.conf; smtpd -n && pkill -x smtpd; sleep 2; smtpd; sleep 1
    """,
}


@pytest.mark.parametrize("shows", SHOWS)
def test_an_ended_certificate_is_replaced_and_a_wrong_pair_is_refused(
    running: Running, follow: Follow, shows: str
) -> None:
    kind: ServerKind = shows.partition(" ")[0]  # type: ignore[assignment]
    with running(PLAIN[kind]) as server:
        certificate(server, CERT, KEY, timedelta(days=-1))
        certificate(server, "/root/new.pem", "/root/new.key", timedelta(days=90))
        certificate(server, "/root/other.pem", "/root/other.key", timedelta(days=90))
        server.shell(SHOWS[shows])
        before = server.shell(f"cat {CERT} {KEY}")
        wrong = follow(
            server, "certificate_expired", kind, {"new_certificate": "/root/new.pem", "new_key": "/root/other.key"}
        )
        wrong.parts("look", "backup")
        with pytest.raises(AssertionError, match="cert_install_bought"):
            wrong.parts("do")
        assert server.shell(f"cat {CERT} {KEY}") == before
        hand = follow(
            server, "certificate_expired", kind, {"new_certificate": "/root/new.pem", "new_key": "/root/new.key"}
        )
        with pytest.raises(AssertionError, match="will not expire"):
            hand.parts("verify")
        hand.parts("do", "apply")
        hand.parts("verify")
        hand.parts("undo")
        assert server.shell(f"cat {CERT} {KEY}") == before


# --- room -------------------------------------------------------------------------------------------------------------

STOPS = {
    "sendmail": "service sendmail stop", "exim": "service exim4 stop", "opensmtpd": "pkill -x smtpd; sleep 2",
}  # fmt: skip
STARTS = {"sendmail": "service sendmail start", "exim": "service exim4 start", "opensmtpd": "smtpd; sleep 1"}
WHOLE = """
import smtplib, sys
with smtplib.SMTP(sys.argv[1], 25, "client.far.example", timeout=60) as smtp:
    try:
        smtp.sendmail("someone@far.example", ["root@example.jp"], "Subject: x\\n\\n" + "line of text\\n" * 2000)
        print("taken")
    except smtplib.SMTPException as error:
        print("refused", error)
"""


@BUT_POSTFIX
def test_a_full_disk_is_emptied_without_losing_anything(
    lab: Lab, running: Running, follow: Follow, kind: ServerKind
) -> None:
    with running(PLAIN[kind]) as server:
        server.shell(f"""
            {STOPS[kind]}
            cp -a /var /old-var && mount -t tmpfs -o size=160m lab /var && cp -a /old-var/. /var/ && rm -rf /old-var
            {STARTS[kind]}; mkdir -p /disk2 /var/log
            dd if=/dev/zero of=/var/cache/apt/archives/left.deb bs=1M count=10 2>/dev/null
            yes 'a line of the log' | dd of=/var/log/big.log bs=1M count=500 2>/dev/null iflag=fullblock || true
        """)

        def taken() -> str:
            return lab.outside.run([sys.executable, "-c", WHOLE, server.address], check=False).stdout

        server.wait_for(DOOR.format("127.0.0.1"), bool, 20)
        assert "taken" not in taken()
        log = server.shell("sha256sum < /var/log/big.log")
        hand = follow(server, "disk_full", kind, {"big_file": "/var/log/big.log", "other_disk": "/disk2"})
        assert "100%" in hand.parts("look")
        hand.parts("backup", "do")
        hand.parts("verify")
        assert taken() == "taken\n"
        assert server.shell("sha256sum < /disk2/big.log") == log
        hand.parts("undo")
        assert server.shell("sha256sum < /var/log/big.log") == log


def owned(server: Server, name: str) -> int:
    """How many messages lie in the mailbox."""
    said = server.run(["sh", "-c", f"ls /srv/mail/{name}/new /srv/mail/{name}/cur"], check=False).stdout
    return sum(1 for line in said.splitlines() if "M" in line and "." in line)


# Somebody's mail program takes the old mail home, looks at it, and empties the mailbox.
TAKES_HOME = """
import imaplib, sys
door = imaplib.IMAP4("127.0.0.1", timeout=60)
door.login(sys.argv[1], "secret-" + sys.argv[1])
door.select()
_, (numbers,) = door.search(None, "ALL")
kept = [door.fetch(number, "(RFC822)")[1][0][1] for number in numbers.split()]
assert kept and all(b"to you" in text for text in kept)
for number in numbers.split():
    door.store(number, "+FLAGS", "\\\\Deleted")
door.expunge()
door.logout()
print(len(kept))
"""


@EVERY
def test_a_full_mailbox_has_room_again(running: Running, follow: Follow, kind: ServerKind) -> None:
    with with_mailboxes(running, kind) as server:
        for _ in range(3):
            gets(server, "taro", 49_000)
        server.wait_for("doveadm quota get -u taro", lambda said: "MESSAGE     3" in said, 30)
        gets(server, "taro", 49_000)
        before = owned(server, "taro")
        hand = follow(server, "mailbox_full", kind, account="taro")
        assert "STORAGE" in hand.parts("look")
        network = ["nsenter", "--target", str(server.pid), "--net", "--"]
        took = subprocess.run(
            [*network, sys.executable, "-c", TAKES_HOME, "taro"], capture_output=True, text=True, check=True, timeout=60
        )
        assert int(took.stdout) == before
        room = hand.parts("verify").split()
        assert room[room.index("STORAGE") + 1] == "0"
        gets(server, "taro")
        server.wait_for("ls /srv/mail/taro/new", lambda said: len(said.split()) >= 1, 20)
