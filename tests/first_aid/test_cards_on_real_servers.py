"""Each card that says it was tried: broken -> the printed commands -> repaired -> undone -> as before."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import UTC, datetime, timedelta

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from core.first_aid import filled
from core.knowledge.fixes import ServerKind, hold_steps
from tests.first_aid.conftest import Follow, answers, relays
from tests.servers.lab import Lab
from tests.servers.lab_server import Server

pytestmark = pytest.mark.story  # the quick ones are in every run too
Running = Callable[[str], AbstractContextManager[Server]]
LISTING = {
    "postfix": "postqueue -p", "sendmail": "mailq; mailq -qQ", "exim": "exim -bp", "opensmtpd": "smtpctl show queue",
}  # fmt: skip
# What makes the reader of a card stop, unless the step names it.
UNSAID = re.compile(r"error|fatal|no such file", re.IGNORECASE)
# What stands there while mail is held, nothing or 0 when it is not.
HELD = {
    "postfix": "postconf -h defer_transports", "sendmail": "mailq -qQ | grep -c QUARANTINE",
    "exim": "exim -bp | grep -c frozen", "opensmtpd": "smtpctl show status | grep -c 'MTA paused'",
}  # fmt: skip
SPAM = "www-data@mail.example.jp"
# The heart of the matter in every run; the others, minutes long, by `make stories`.
slow = pytest.mark.slow
KINDS: tuple[tuple[str, ServerKind], ...] = (
    ("pf", "postfix"), ("sm", "sendmail"), ("ex", "exim"), ("os", "opensmtpd"),
)  # fmt: skip
EVERY_KIND = pytest.mark.parametrize(("short", "kind"), KINDS, ids=[kind for _, kind in KINDS])
FIRST_QUICK = pytest.mark.parametrize(
    ("short", "kind"),
    [KINDS[0], *(pytest.param(*pair, marks=slow) for pair in KINDS[1:])],
    ids=[kind for _, kind in KINDS],
)


@slow
@pytest.mark.parametrize("networks", ["203.0.113.2", "10.9.0.0/16 203.0.113.0/24 10.8.7.6"])
@pytest.mark.parametrize(("short", "kind"), KINDS[:3], ids=[kind for _, kind in KINDS[:3]])
def test_a_machine_of_ours_may_still_send(
    lab: Lab, running: Running, follow: Follow, short: str, kind: ServerKind, networks: str
) -> None:
    """One machine, or several with their networks, each written in the way that the mail program reads."""
    assert filled("networks", networks) == networks
    with running(f"{short}-open") as server:
        hand = follow(server, "open_relay", kind, {"networks": networks})
        hand.parts("look", "backup", "do", "apply", "verify")
        assert not relays(lab.outside, server)
        assert relays(lab.neighbour, server)


def certificate_until(days: int) -> tuple[str, str]:
    """A certificate that ends so many days from now, and its key, in PEM."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "mail.example.jp")])
    end = datetime.now(UTC) + timedelta(days=days)
    certificate = (
        x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
        .serial_number(x509.random_serial_number()).not_valid_before(end - timedelta(days=90)).not_valid_after(end)
        .sign(key, hashes.SHA256())
    )  # fmt: skip
    plain = key.private_bytes(Encoding.PEM, PrivateFormat.TraditionalOpenSSL, NoEncryption())
    return certificate.public_bytes(Encoding.PEM).decode(), plain.decode()


@FIRST_QUICK
def test_an_open_relay_is_closed_and_can_be_put_back(
    lab: Lab, running: Running, follow: Follow, short: str, kind: ServerKind
) -> None:
    with running(f"{short}-open") as server:
        assert relays(lab.outside, server)
        hand = follow(server, "open_relay", kind)
        before = hand.settings()
        seen = hand.parts("look")
        assert not UNSAID.search(seen), seen
        said = hand.parts("backup", "do", "apply", "verify")
        assert not UNSAID.search(said.replace("$# error", "")), said
        elsewhere, own = answers(lab.outside, server)
        assert elsewhere.startswith("55") and own.startswith("250")
        hand.parts("undo")
        assert hand.settings() == before
        assert relays(lab.outside, server)


@EVERY_KIND
@slow
def test_a_stopped_service_is_started_and_can_be_stopped(
    lab: Lab, running: Running, follow: Follow, short: str, kind: ServerKind
) -> None:
    with running(f"{short}-closed") as server:
        hand = follow(server, "mail_service_stopped", kind)
        hand.parts("undo")
        server.wait_for("ss -ltn", lambda said: ":25 " not in said, 15)
        hand.parts("look", "do", "verify")
        assert answers(lab.outside, server)[1].startswith("250")


@EVERY_KIND
@slow
def test_the_name_a_server_gives_is_corrected_and_can_be_put_back(
    lab: Lab, running: Running, follow: Follow, short: str, kind: ServerKind
) -> None:
    greeting = "timeout 9 bash -c 'exec 3<>/dev/tcp/127.0.0.1/25; read -r l <&3; echo $l; echo QUIT >&3'"
    with running(f"{short}-closed") as server:
        hand = follow(server, "ptr_or_helo_wrong", kind, mail_host="mx7.example.jp", address="203.0.113.10")
        before = hand.settings()
        hand.parts("look", "backup", "do", "apply", "verify")
        server.wait_for(greeting, lambda said: said.startswith("220 mx7.example.jp"), 20)
        hand.parts("undo")
        assert hand.settings() == before
        server.wait_for(greeting, lambda said: said.startswith("220 mail.example.jp"), 20)


@slow
def test_a_web_forms_account_can_no_longer_send(running: Running, follow: Follow) -> None:
    send = f"echo test | setpriv --reuid=www-data --clear-groups sendmail -f {SPAM} x@far.example"
    with running("pf-closed") as server:
        server.shell(f"for n in 1 2 3; do {send}; done")
        server.wait_for(server.kind.product.count, lambda text: text.strip() == "3", 30)
        hand = follow(server, "web_form_abused", "postfix", web_account="www-data", sender=SPAM)
        before = hand.settings()
        hand.parts("look", "backup", "do", "apply", "verify")
        assert server.shell("postqueue -j | grep -c '\"hold\"'").strip() == "3"
        assert server.run(["sh", "-c", send], check=False).returncode
        hand.parts("undo")
        assert hand.settings() == before
        server.shell(send)


def test_a_dead_milter_no_longer_stops_mail(lab: Lab, running: Running, follow: Follow) -> None:
    with running("pf-closed") as server:
        server.shell("postconf -e smtpd_milters=inet:127.0.0.1:8891 && postfix reload")
        assert answers(lab.outside, server)[1].startswith("451")
        hand = follow(server, "helper_down", "postfix")
        before = hand.settings()
        hand.parts("look", "backup", "do", "apply", "verify")
        assert answers(lab.outside, server)[1].startswith("250")
        hand.parts("undo")
        assert hand.settings() == before
        assert answers(lab.outside, server)[1].startswith("451")


@slow
@pytest.mark.parametrize("ask", ["reject_rbl_client dead.example", "reject_rbl_client dead.example=127.0.0.2"])
def test_a_list_that_calls_everybody_bad_is_taken_out(lab: Lab, running: Running, follow: Follow, ask: str) -> None:
    rules = f"permit_mynetworks, {ask}, reject_unlisted_recipient"
    with running("pf-closed") as server, lab.dns({"dead.example": "* A 127.0.0.2\n"}) as dns:
        server.shell(f"echo nameserver {dns.server.partition(':')[0]} > /etc/resolv.conf && service postfix restart")
        server.shell(f"postconf -e 'smtpd_client_restrictions = {rules}' && postfix reload")
        assert answers(lab.outside, server)[1].startswith("554")
        hand = follow(server, "own_filter_rejects_all", "postfix", zone="dead.example")
        before = hand.settings()
        hand.parts("look", "backup", "do", "apply", "verify")
        assert answers(lab.outside, server)[1].startswith("250")
        left = server.shell("postconf -h smtpd_client_restrictions").strip()
        assert left == "permit_mynetworks, reject_unlisted_recipient"
        hand.parts("undo")
        assert hand.settings() == before
        assert answers(lab.outside, server)[1].startswith("554")


@slow
def test_a_resolver_that_is_silent_is_replaced(lab: Lab, running: Running, follow: Follow) -> None:
    with running("pf-closed") as server:
        server.shell("echo nameserver 192.0.2.66 > /etc/resolv.conf; service postfix restart")
        fill = {"resolver": "198.51.100.53"}
        hand = follow(server, "resolver_broken", "postfix", fill, mail_host="mx.far.example", domain="far.example")
        assert "NO ANSWER" in hand.parts("look")
        hand.parts("backup", "do", "apply", "verify")
        assert "198.51.100.53" in server.shell("cat /var/spool/postfix/etc/resolv.conf")
        hand.parts("undo")
        assert server.shell("cat /etc/resolv.conf").split()[1] == "192.0.2.66"


@slow
def test_an_expired_certificate_is_replaced(running: Running, follow: Follow) -> None:
    with running("pf-closed") as server:
        for name, days in (("old", -1), ("new", 90)):
            certificate, key = certificate_until(days)
            server.run(["tee", f"/root/{name}.pem"], input=certificate)
            server.run(["tee", f"/root/{name}.key"], input=key)
        server.shell(
            "cp /root/old.pem /etc/ssl/mail.pem; cp /root/old.key /etc/ssl/mail.key; postconf -e "
            "smtpd_tls_cert_file=/etc/ssl/mail.pem smtpd_tls_key_file=/etc/ssl/mail.key; service postfix restart"
        )
        fill = {"new_certificate": "/root/new.pem", "new_key": "/root/new.key"}
        hand = follow(server, "certificate_expired", "postfix", fill)
        hand.parts("look", "backup")
        with pytest.raises(AssertionError, match="will not expire"):
            hand.parts("verify")
        hand.parts("do", "apply")
        hand.parts("verify")
        hand.parts("undo")
        assert server.shell("cmp /root/old.pem /etc/ssl/mail.pem; cmp /root/old.key /etc/ssl/mail.key") == ""


@slow
def test_a_full_disk_is_emptied_without_losing_anything(lab: Lab, running: Running, follow: Follow) -> None:
    with running("pf-closed") as server:
        server.shell("""
            service postfix stop
            cp -a /var /old-var && mount -t tmpfs -o size=96m lab /var && cp -a /old-var/. /var/ && rm -rf /old-var
            service postfix start; mkdir -p /disk2 /var/log
            dd if=/dev/zero of=/var/cache/apt/archives/left.deb bs=1M count=10 2>/dev/null
            yes 'a line of the log' | dd of=/var/log/big.log bs=1M count=500 2>/dev/null iflag=fullblock || true
        """)
        assert answers(lab.outside, server)[1].startswith(("452", "451", "421"))
        log = server.shell("sha256sum < /var/log/big.log")
        fill = {"big_file": "/var/log/big.log", "other_disk": "/disk2"}
        hand = follow(server, "disk_full", "postfix", fill)
        assert "100%" in hand.parts("look")
        hand.parts("backup", "do")
        hand.parts("verify")
        assert answers(lab.outside, server)[1].startswith("250")
        assert server.shell("sha256sum < /disk2/big.log") == log
        hand.parts("undo")
        assert server.shell("sha256sum < /var/log/big.log") == log


@slow
def test_mail_goes_by_ipv4_first(lab: Lab, running: Running, follow: Follow) -> None:
    """The reason for waiting names the address that was tried last: the other one was tried before it."""
    zone = "@ MX 10 mx\nmx A 198.51.100.25\nmx AAAA 2001:db8:1::25\n"
    with running("pf-closed") as server, lab.dns({"six.example": zone}) as dns:
        server.shell(f"""
            echo nameserver {dns.server.partition(":")[0]} > /etc/resolv.conf
            ip -6 address add 2001:db8:1::10/64 dev eth0 nodad
            postconf -e inet_protocols=all smtp_address_preference=ipv6 smtp_connect_timeout=5; service postfix restart
        """)
        server.fill_queue(1, recipients=["a@six.example"])
        assert "198.51.100.25" in server.shell("postqueue -p")
        hand = follow(server, "ipv6_path_bad", "postfix")
        before = hand.settings()
        hand.parts("look", "backup", "do", "apply", "verify")
        server.fill_queue(1, recipients=["b@six.example"])
        assert "[2001:db8:1::25]" in server.shell("postqueue -p")
        hand.parts("undo")
        assert hand.settings() == before


@slow
@pytest.mark.parametrize("kind", ["sendmail"])
def test_sendmail_no_longer_asks_a_dead_list(lab: Lab, running: Running, follow: Follow, kind: ServerKind) -> None:
    with running("sm-closed") as server, lab.dns({"dead.example": "* A 127.0.0.2\n"}) as dns:
        server.shell(f"echo nameserver {dns.server.partition(':')[0]} > /etc/resolv.conf")
        server.shell(
            "sed -i '/^MAILER(/i FEATURE(`dnsbl'\"'\"', `dead.example'\"'\"')dnl' /etc/mail/sendmail.mc; "
            "make -C /etc/mail && service sendmail restart"
        )
        assert answers(lab.outside, server)[1].startswith(("550", "553", "554", "571"))
        hand = follow(server, "own_filter_rejects_all", kind, zone="dead.example")
        before = hand.settings()
        hand.parts("look", "backup", "do", "apply", "verify")
        assert answers(lab.outside, server)[1].startswith("250")
        hand.parts("undo")
        assert hand.settings() == before


@FIRST_QUICK
def test_waiting_spam_is_copied_then_deleted_and_can_come_back(
    running: Running, follow: Follow, short: str, kind: ServerKind
) -> None:
    with running(f"{short}-closed") as server:
        server.fill_queue(7, "spam@example.jp")
        server.fill_queue(2, "boss@example.jp")
        hand = follow(server, "queue_cleanup", kind, sender="spam@example.jp")
        assert "spam@example.jp" in hand.parts("look")
        hand.parts("backup")
        said = hand.parts("do")
        assert "\n7\n7\n" in f"\n{said}", said
        assert "Subject: " in said
        hand.parts("verify")
        assert "spam@" not in server.shell(LISTING[kind]) and server.queue_count() == 2
        hand.parts("undo")
        if kind != "opensmtpd":  # its card says that only the copies remain
            assert server.shell(LISTING[kind]).count("spam@example.jp") == 7
        assert server.run(["sh", "-c", f"grep -l spam@example.jp {hand.card.values['backup']}/mail-*/*"]).stdout


def test_spam_of_as_many_senders_as_messages_is_set_aside_and_can_come_back(running: Running, follow: Follow) -> None:
    """Nobody clears thousands of forged senders one after the other; what has to do with us stays."""
    with running("sm-closed") as server:
        for number in range(6):
            server.fill_queue(1, f"forged{number}@far.example")
        server.fill_queue(2, "boss@example.jp")
        waiting = server.queue_count()
        hand = follow(server, "queue_cleanup", "sendmail", sender="forged0@far.example", domain="example.jp")
        seen = hand.parts("look")
        assert "1 <forged3@far.example>" in seen and "2 <boss@example.jp>" in seen and "user0@" not in seen
        hand.parts("backup")
        said = hand.parts("do")
        assert re.search(r"^5$.*^5$", said, re.DOTALL | re.MULTILINE), said
        assert "forged1@" in said and not UNSAID.search(said)
        left = server.shell(LISTING["sendmail"])
        assert "forged" not in left and server.queue_count() == waiting - 6
        hand.parts("verify", "undo")
        assert server.shell("mailq -qQ").count("forged") == 6 and server.queue_count() == waiting - 6


@pytest.mark.parametrize(
    ("short", "kind"), [KINDS[1], *(pytest.param(*pair, marks=slow) for pair in (KINDS[0], *KINDS[2:]))]
)
def test_outgoing_mail_is_held_and_let_go(lab: Lab, running: Running, short: str, kind: ServerKind) -> None:
    with running(f"{short}-closed") as server:
        server.fill_queue(3, "spam@example.jp")
        hold, release = hold_steps(kind)
        before, held = server.shell(LISTING[kind]), HELD[kind]
        server.shell(hold.run)
        assert server.shell(held).strip() not in ("", "0")
        assert answers(lab.outside, server)[1].startswith("250")  # mail still comes in
        assert server.shell(LISTING[kind]).count("spam@example.jp") == before.count("spam@example.jp")
        server.shell(release.run)
        assert server.shell(f"{held} || true").strip() in ("", "0")
        assert server.shell(LISTING[kind]).count("spam@example.jp") == before.count("spam@example.jp")


@EVERY_KIND
@slow
@pytest.mark.parametrize("cause", ["prevention", "server_unsupported"])
def test_the_settings_are_recorded(running: Running, follow: Follow, short: str, kind: ServerKind, cause: str) -> None:
    with running(f"{short}-closed") as server:
        hand = follow(server, cause, kind)
        hand.parts("backup")
        folder = hand.card.values["backup"]
        assert server.shell(f"stat -c %a {folder}").strip() == "700"
        again = server.run(["sh", "-c", hand.printed(hand.card.of_part("backup")[0])], check=False)
        assert again.returncode and "File exists" in again.stderr


LOGIN = """
import smtplib, sys
with smtplib.SMTP(sys.argv[1], 25, "client.far.example", timeout=60) as smtp:
    smtp.ehlo()
    smtp.login(sys.argv[2], sys.argv[3])
    smtp.mail(sys.argv[2])
    code, said = smtp.rcpt("someone@other.example")
    if code == 250 and len(sys.argv) > 4:
        print(*smtp.data("Subject: buy this\\n\\ntext\\n"))
    else:
        print(code, said)
"""
STAYS = """
import imaplib, socket, sys
door = imaplib.IMAP4(sys.argv[1], timeout=60)
door.login(sys.argv[2], sys.argv[3])
print("in", flush=True)
print("out" if b"disconnect" in door.readline().lower() or not door.readline() else "still in", flush=True)
"""


@slow
def test_a_stolen_account_is_shut_out_and_its_mail_held(lab: Lab, running: Running, follow: Follow) -> None:
    thief = "sales@example.jp", "secret-sales"

    def sends(account: str, password: str, *more: str) -> str:
        return lab.outside.run([sys.executable, "-c", LOGIN, server.address, account, password, *more]).stdout

    with running("pf-login") as server:
        assert [sends(*thief, "now")[:3] for _ in range(3)] == ["250"] * 3
        inside = lab.outside.start([sys.executable, "-c", STAYS, server.address, *thief], stdout=subprocess.PIPE)
        assert inside.stdout and inside.stdout.readline() == b"in\n"
        hand = follow(server, "account_hijacked", "postfix", account=thief[0], sender=thief[0], account_name="sales")
        before = hand.settings()
        hand.parts("look", "backup", "do", "apply", "verify")
        assert inside.stdout.readline() == b"out\n"
        inside.wait(10)
        inside.stdout.close()
        assert "account suspended" in sends(*thief)
        assert sends("taro@example.jp", "secret-taro").startswith("250")
        assert server.shell("postqueue -j | grep -c '\"hold\"'").strip() == "3"
        hand.parts("undo")
        kept = [line for line in hand.settings().splitlines() if "mail_first_aid_block" not in line]
        assert kept == before.splitlines()
        assert sends(*thief).startswith("250")
