"""The cards for what stands around a mail server (helpers, forwarding, lists, the relay host, a thief, a web form),
each on every server that can be built here: broken -> the printed commands -> repaired -> undone -> as before."""

from __future__ import annotations

import sys
from contextlib import ExitStack
from datetime import timedelta

import pytest

from core.knowledge.fixes import ServerKind
from tests.first_aid.conftest import Follow, Follower, answers
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
from tests.servers.lab import Lab
from tests.servers.lab_around import certificate
from tests.servers.lab_server import Server

pytestmark = [pytest.mark.slow, pytest.mark.story]


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
