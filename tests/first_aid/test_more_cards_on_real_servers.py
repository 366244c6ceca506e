"""The cards for what stands around a mail server, each on every server that can be built here: broken -> the printed
commands -> repaired -> undone -> as before."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from datetime import timedelta

import pytest

from core.knowledge.fixes import ServerKind
from tests.first_aid.conftest import Follow, Follower, answers
from tests.servers.lab import OUTSIDE, SILENT, Lab
from tests.servers.lab_around import certificate, has_mailboxes, is_guarded
from tests.servers.lab_server import Server

pytestmark = [pytest.mark.slow, pytest.mark.story]
Running = Callable[[str], AbstractContextManager[Server]]
FULL: dict[ServerKind, str] = {
    "postfix": "pf-guarded", "sendmail": "sm-full", "exim": "ex-full", "opensmtpd": "os-full",
}  # fmt: skip
PLAIN: dict[ServerKind, str] = {
    "postfix": "pf-closed", "sendmail": "sm-closed", "exim": "ex-closed", "opensmtpd": "os-closed",
}  # fmt: skip
LISTING = {"postfix": "postqueue -p", "sendmail": "mailq", "exim": "exim -bp", "opensmtpd": "smtpctl show queue"}
EVERY = pytest.mark.parametrize("kind", FULL)
BUT_POSTFIX = pytest.mark.parametrize("kind", list(FULL)[1:])
DOOR = "timeout 5 bash -c 'exec 3<>/dev/tcp/{}/25; read -r l <&3; echo $l; echo QUIT >&3'"


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

CERT, KEY = "/etc/ssl/mail.pem", "/etc/ssl/mail.key"
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


BOXES: dict[ServerKind, str] = {**FULL, "postfix": "pf-full"}


@contextmanager
def with_mailboxes(running: Running, kind: ServerKind) -> Iterator[Server]:
    with running(BOXES[kind]) as server:
        has_mailboxes(server, kind)
        yield server


def gets(server: Server, name: str, size: int = 100) -> None:
    """One message to `name`@example.jp from the server itself."""
    server.run(
        ["sendmail", "-f", "root@example.jp", f"{name}@example.jp"],
        input="Subject: to you\n\n" + "a line\n" * (size // 7),
    )


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


# --- parts around -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["exim", "opensmtpd"])
def test_a_stopped_mailbox_server_is_started_and_nothing_is_lost(
    running: Running, follow: Follow, kind: ServerKind
) -> None:
    with with_mailboxes(running, kind) as server:
        gets(server, "sales")
        server.wait_for("ls /srv/mail/sales/new", lambda said: len(said.split()) == 1, 20)
        server.shell("service dovecot stop")
        gets(server, "sales")
        server.wait_for(server.kind.product.count, lambda said: said.strip() == "1", 20)
        hand = follow(server, "helper_down", kind, {"helper": "dovecot"})
        assert "is running" in hand.parts("look", "do", "verify")
        retry = "exim -qff" if kind == "exim" else "smtpctl schedule all"
        server.shell(retry)
        server.wait_for("ls /srv/mail/sales/new", lambda said: len(said.split()) == 2, 20)
        hand.parts("undo")
        assert "not running" in server.run(["service", "dovecot", "status"], check=False).stdout


def test_a_stopped_milter_of_sendmail_is_started(lab: Lab, running: Running, follow: Follow) -> None:
    with running("sm-full") as server:
        server.shell(r"""
            mkdir -p /run/opendkim; chown opendkim: /run/opendkim
            printf 'Socket inet:8891@127.0.0.1\nPidFile /run/opendkim/opendkim.pid\nUserID opendkim\nMode v\n' \
                > /etc/opendkim.conf
            sed -i 's/^SOCKET=.*/SOCKET=inet:8891@127.0.0.1/' /etc/default/opendkim
            line="INPUT_MAIL_FILTER(\`dkim', \`S=inet:8891@127.0.0.1, F=T')dnl"
            sed -i "/^MAILER(.local/i $line" /etc/mail/sendmail.mc
            make -C /etc/mail && service sendmail restart
        """)
        assert answers(lab.outside, server)[1].startswith("451")
        hand = follow(server, "helper_down", "sendmail", {"helper": "opendkim"})
        hand.parts("look", "do", "verify")
        server.wait_for("ss -ltn", lambda said: ":8891" in said, 10)
        assert answers(lab.outside, server)[1].startswith("250")
        hand.parts("undo")
        server.wait_for("ss -ltn", lambda said: ":8891" not in said, 10)
        assert answers(lab.outside, server)[1].startswith("451")


@EVERY
def test_forwarding_ends_and_can_come_back(running: Running, follow: Follow, kind: ServerKind) -> None:
    """The line of sales@ leads outside; the person puts a "#" before it, as the card says."""
    with running(PLAIN[kind]) as server:
        place = "/etc/aliases"
        server.shell(f"useradd --create-home sales; echo 'sales: person@far.example' >> {place}; newaliases")
        gets(server, "sales")
        server.wait_for(server.kind.product.deferred, lambda said: said.strip() == "1", 30)
        hand = follow(server, "forwarding_breaks_auth", kind)
        assert "sales: person@far.example" in hand.parts("look")
        hand.parts("backup")
        before = server.shell(f"cat {place}")
        server.shell(f"sed -i 's/^sales:/#sales:/' {place}")
        hand.parts("do", "apply")
        waiting = server.queue_count()
        gets(server, "sales")
        server.wait_for("cat /var/mail/sales /home/sales/Maildir/new/* 2>/dev/null", lambda said: "to you" in said, 30)
        assert server.queue_count() == waiting
        hand.parts("undo")
        assert server.shell(f"cat {place}") == before
        gets(server, "sales")
        server.wait_for(server.kind.product.count, lambda said: int(said or 0) > waiting, 30)


# --- a list that is dead ----------------------------------------------------------------------------------------------


def test_exim_no_longer_asks_a_dead_list(lab: Lab, running: Running, follow: Follow) -> None:
    """The person takes the list's name out by hand, in the line the card found."""
    with running("ex-closed") as server, lab.dns({"dead.example": "* A 127.0.0.2\n"}) as dns:
        server.shell(f"""
            echo nameserver {dns.server.partition(":")[0]} > /etc/resolv.conf
            sed -i '/^acl_check_rcpt:/a \\  deny dnslists = dead.example' /etc/exim4/exim4.conf.template
            update-exim4.conf && service exim4 restart
        """)
        assert answers(lab.outside, server)[1].startswith("550")
        hand = follow(server, "own_filter_rejects_all", "exim", zone="dead.example")
        before = hand.settings()
        found = hand.parts("look")
        assert "exim4.conf.template" in found and "dnslists = dead.example" in found
        hand.parts("backup")
        server.shell("sed -i '/deny dnslists = dead.example/d' /etc/exim4/exim4.conf.template")
        hand.parts("do", "apply", "verify")
        assert answers(lab.outside, server)[1].startswith("250")
        hand.parts("undo")
        assert hand.settings() == before
        assert answers(lab.outside, server)[1].startswith("550")


# OpenSMTPD asks lists through a filter program; this one speaks smtpd-filters(7) and asks each list it is given.
RBL = r"""#!/bin/sh
while IFS='|' read -r kind version time system event session token _ source _; do
    case $kind in
    config) [ "$version" != ready ] || printf 'register|filter|smtp-in|connect\nregister|ready\n' ;;
    filter)
        verdict=proceed; address=${source%:*}
        for list; do
            name=$(echo "$address" | awk -F. '{print $4 "." $3 "." $2 "." $1}').$list
            getent hosts "$name" >/dev/null && verdict="reject|550 listed by $list"
        done
        echo "filter-result|$session|$token|$verdict" ;;
    esac
done
"""


def test_opensmtpds_filter_no_longer_asks_a_dead_list(lab: Lab, running: Running, follow: Follow) -> None:
    """The person takes the list's name out of the line that the card found."""
    with running("os-closed") as server, lab.dns({"dead.example": "* A 127.0.0.2\n"}) as dns:
        server.run(["install", "-m", "755", "/dev/stdin", "/usr/local/bin/rbl"], input=RBL)
        server.shell(f"""
            echo nameserver {dns.server.partition(":")[0]} > /etc/resolv.conf
            sed -i -e 's/^listen .*/& filter "rbl"/' -e '1i filter "rbl" proc-exec "/usr/local/bin/rbl dead.example"' \\
                /etc/smtpd.conf
            smtpd -n && pkill -x smtpd; sleep 2; smtpd; sleep 1
        """)
        assert refused(lab, server)
        hand = follow(server, "own_filter_rejects_all", "opensmtpd", zone="dead.example")
        before = hand.settings()
        assert "/etc/smtpd.conf" in hand.parts("look")
        hand.parts("backup")
        server.shell("sed -i 's/ dead.example//' /etc/smtpd.conf")
        hand.parts("do", "apply", "verify")
        assert not refused(lab, server)
        hand.parts("undo")
        assert hand.settings() == before
        assert refused(lab, server)


def refused(lab: Lab, server: Server) -> bool:
    """Whether the server turns a stranger away at the door."""
    return "550" in lab.outside.run(["sh", "-c", DOOR.format(server.address)], check=False).stdout


# --- a new password at the relay host ---------------------------------------------------------------------------------

RELAYS = {
    "postfix": """
        postconf -e 'relayhost=[smtp.relay.example]:587' smtp_sasl_auth_enable=yes smtp_tls_security_level=encrypt \\
            smtp_sasl_password_maps=texthash:/etc/postfix/sasl_passwd smtp_sasl_security_options=noanonymous
        echo '[smtp.relay.example]:587 taro@example.jp:old' > /etc/postfix/sasl_passwd; service postfix restart
    """,
    "sendmail": r"""
        printf 'AuthInfo:smtp.relay.example "U:taro@example.jp" "P:old" "M:PLAIN LOGIN"\n' > /etc/mail/authinfo
        chmod 600 /etc/mail/authinfo; makemap hash /etc/mail/authinfo < /etc/mail/authinfo
        for line in "define(\`SMART_HOST', \`[smtp.relay.example]')" "define(\`RELAY_MAILER_ARGS', \`TCP \$h 587')" \
            "define(\`confAUTH_MECHANISMS', \`PLAIN LOGIN')" "FEATURE(\`authinfo', \`hash /etc/mail/authinfo')" \
            "define(\`confCACERT_PATH', \`/etc/ssl/certs')" \
            "define(\`confCACERT', \`/etc/ssl/certs/ca-certificates.crt')"; do
            sed -i "/^MAILER(.local/i ${line}dnl" /etc/mail/sendmail.mc
        done
        make -C /etc/mail && service sendmail restart
    """,
    "exim": r"""
        sed -i -e "s/^dc_eximconfig_configtype=.*/dc_eximconfig_configtype='smarthost'/" \
            -e "s/^dc_smarthost=.*/dc_smarthost='smtp.relay.example::587'/" /etc/exim4/update-exim4.conf.conf
        echo 'smtp.relay.example:taro@example.jp:old' > /etc/exim4/passwd.client
        update-exim4.conf && service exim4 restart
    """,
    "opensmtpd": r"""
        mkdir -p /etc/mail; echo 'office taro@example.jp:old' > /etc/mail/secrets; chmod 600 /etc/mail/secrets
        way='relay host "smtp+tls://office@smtp.relay.example:587" auth <secrets> tls no-verify'
        sed -i -e "s,^action \"relay\".*,action \"relay\" $way," \
            -e '1i table secrets file:/etc/mail/secrets' /etc/smtpd.conf
        smtpd -n && pkill -x smtpd; sleep 2; smtpd; sleep 1
    """,
}


@EVERY
def test_the_relay_hosts_new_password_is_written(lab: Lab, running: Running, follow: Follow, kind: ServerKind) -> None:
    with running("pf-login") as provider, running(FULL[kind]) as server, ExitStack() as names:
        trusted = certificate(provider, CERT, KEY, timedelta(days=90), "smtp.relay.example")
        provider.shell(f"""
            postconf -e myhostname=smtp.relay.example mydestination='inbox.example, localhost'
            postconf -e smtpd_tls_cert_file={CERT} smtpd_tls_key_file={KEY}
            service postfix restart; sleep 1
        """)
        server.run(["tee", "-a", "/etc/ssl/certs/ca-certificates.crt"], input=trusted)
        dns = names.enter_context(lab.dns({"relay.example": f"smtp A {provider.address}\n"}))
        server.shell(f"echo nameserver {dns.server.partition(':')[0]} > /etc/resolv.conf")
        server.shell(RELAYS[kind])
        arrived = "cat /var/mail/taro 2>/dev/null | grep -c '^Subject\\|^test' || true"
        server.run(["sendmail", "-f", "boss@example.jp", "taro@inbox.example"], input="Subject: a\n\ntest\n")
        values = {"relay_user": "taro@example.jp", "recipient": "taro@inbox.example"}
        hand = follow(server, "relayhost_login_failing", kind, values, sender="boss@example.jp")
        before = hand.settings()
        hand.parts("look", "backup")
        assert provider.shell(f"sleep 3; {arrived}").strip() == "0"
        hand.parts("do", typed="secret-taro\n")
        hand.parts("apply", "verify")
        provider.wait_for(arrived, lambda said: int(said or 0) >= 1, 30)
        hand.parts("undo")
        assert hand.settings() == before


# --- a thief ----------------------------------------------------------------------------------------------------------

LOGIN = """
import smtplib, sys
with smtplib.SMTP(sys.argv[1], 25, "client.far.example", timeout=60) as smtp:
    try:
        smtp.login("sales", "secret-sales")
        smtp.sendmail("sales@example.jp", ["someone@far.example"], "Subject: buy this\\n\\ntext\\n")
        print("sent")
    except smtplib.SMTPException as error:
        print("refused", error)
"""
LOGINS = {
    "sendmail": r"""
        sed -i 's/^START=no/START=yes/; s/^MECHANISMS=.*/MECHANISMS="shadow"/' /etc/default/saslauthd
        mkdir -p /run/saslauthd; saslauthd -a shadow -m /run/saslauthd
        printf 'pwcheck_method: saslauthd\nmech_list: PLAIN LOGIN\n' > /etc/mail/sasl/Sendmail.conf.2
        usermod -a -G sasl smmta
        for line in "define(\`confAUTH_MECHANISMS', \`PLAIN LOGIN')" "TRUST_AUTH_MECH(\`PLAIN LOGIN')"; do
            sed -i "/^MAILER(.local/i ${line}dnl" /etc/mail/sendmail.mc
        done
        make -C /etc/mail && service sendmail restart
    """,
    "exim": r"""
        cat > /tmp/login <<'END'
plain_shadow:
  driver = plaintext
  public_name = PLAIN
  server_prompts = :
  server_set_id = $auth2
  server_condition = ${if crypteq{$auth3}{${extract{1}{:}{${lookup{$auth2}lsearch{/etc/shadow}{$value}{*:*}}}}}}
  server_advertise_condition = *
END
        sed -i '/^begin authenticators/r /tmp/login' /etc/exim4/exim4.conf.template
        usermod -a -G shadow Debian-exim
        update-exim4.conf && service exim4 restart
    """,
}
HELD = {
    "sendmail": "mailq -qQ | grep -c '<sales@example.jp>' || true",
    "exim": "exim -bp | grep -c 'sales@example.jp.*frozen' || true",
    "opensmtpd": "smtpctl show queue | grep 'sales@example.jp' | grep -c suspend || true",
}


@pytest.mark.parametrize("kind", ["sendmail", "exim"])
def test_a_stolen_login_is_locked_and_its_mail_held(
    lab: Lab, running: Running, follow: Follow, kind: ServerKind
) -> None:
    with running(FULL[kind]) as server:
        server.shell("useradd --create-home sales; echo sales:secret-sales | chpasswd")
        server.shell(LOGINS[kind])

        def sends() -> str:
            return lab.outside.run([sys.executable, "-c", LOGIN, server.address], check=False).stdout

        server.wait_for(DOOR.format("127.0.0.1"), bool, 20)
        assert [sends() for _ in range(3)] == ["sent\n"] * 3
        hand = is_held(server, follow, kind)
        assert "refused" in sends()
        hand.parts("undo")
        assert sends() == "sent\n"


def test_a_stolen_account_of_opensmtpd_is_locked_and_its_mail_held(running: Running, follow: Follow) -> None:
    """Nobody logs in from outside here: Debian 12's OpenSMTPD cannot finish a TLS handshake (its private keys are lost
    to OpenSSL 3), and takes no login without. The mail comes from the account itself; the lock is read where it is."""
    send = "printf 'Subject: buy\\n\\ntext\\n' | setpriv --reuid=sales --clear-groups sendmail x@far.example"
    with running("os-full") as server:
        server.shell("useradd --create-home sales; echo sales:secret-sales | chpasswd")
        server.shell(f"for n in 1 2 3; do {send.replace('sendmail', 'sendmail -f sales@example.jp')}; done")
        hand = is_held(server, follow, "opensmtpd")
        assert server.shell("passwd -S sales").split()[1] == "L"
        hand.parts("undo")
        assert server.shell("passwd -S sales").split()[1] == "P"


def is_held(server: Server, follow: Follow, kind: ServerKind) -> Follower:
    """The card is followed as far as its last look; all three messages of the account are held."""
    server.wait_for(server.kind.product.deferred, lambda said: int(said or 0) >= 3, 60)
    mail = "sales@example.jp"
    hand = follow(server, "account_hijacked", kind, account=mail, sender=mail, account_name="sales")
    hand.parts("look", "backup", "do", "verify")
    assert int(server.shell(HELD[kind]).strip()) == 3
    return hand


# --- a web form -------------------------------------------------------------------------------------------------------


@BUT_POSTFIX
def test_a_web_form_is_stopped_and_can_come_back(running: Running, follow: Follow, kind: ServerKind) -> None:
    form = "/var/www/html/contact.sh"
    visit = f"setpriv --reuid=www-data --regid=www-data --clear-groups sh {form}"
    with running(PLAIN[kind]) as server:
        server.shell("mkdir -p /var/www/html")
        server.run(
            ["tee", form], input="printf 'Subject: spam\\n\\ntext\\n' | sendmail -f www-data@example.jp x@far.example\n"
        )
        server.shell(f"{visit}; {visit}")
        server.wait_for(server.kind.product.count, lambda said: said.strip() == "2", 30)
        fill = {"form_file": form}
        hand = follow(server, "web_form_abused", kind, fill, web_account="www-data", sender="www-data@example.jp")
        hand.parts("look", "backup", "do", "verify")
        assert server.run(["sh", "-c", visit], check=False).returncode
        assert server.queue_count() == 2
        hand.parts("undo")
        server.shell(visit)
        server.wait_for(server.kind.product.count, lambda said: said.strip() == "3", 30)
