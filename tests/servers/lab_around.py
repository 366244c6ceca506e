"""What stands around a mail server of the lab: Dovecot with mailboxes, fail2ban with a jail, certificates, logins.

For the layers "full..." and "guarded", "mailserver" of `lab_layers`; each function sets one thing up on a running
server and starts it.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import trustme

from tests.servers.lab_server import Server

PEOPLE = ("sales", "taro")
# Mailboxes of 200 KB that Dovecot keeps; it takes mail by LMTP on port 24 and shows it by IMAP.
_DOVECOT = """
protocols = imap lmtp
listen = 127.0.0.1
ssl = no
disable_plaintext_auth = no
log_path = /var/log/dovecot.log
auth_username_format = %n
mail_location = maildir:/srv/mail/%n
mail_plugins = quota
plugin {
  quota = count:User quota
  quota_rule = *:storage=200K
  quota_vsizes = yes
}
passdb {
  driver = passwd-file
  args = /etc/dovecot/users
}
userdb {
  driver = static
  args = uid=vmail gid=vmail home=/srv/mail/%n
}
service lmtp {
  inet_listener lmtp {
    address = 127.0.0.1
    port = 24
  }
}
"""
# Local mail goes to Dovecot.
_TO_DOVECOT = {
    "postfix": "postconf -e local_transport=lmtp:inet:127.0.0.1:24 local_recipient_maps= && postfix reload",
    "sendmail": r"""
        lda=/usr/lib/dovecot/dovecot-lda
        sed -i "/^MAILER(.local/i FEATURE(\`local_procmail', \`$lda', \`dovecot-lda -d \$u')dnl" /etc/mail/sendmail.mc
        make -C /etc/mail && service sendmail restart
    """,
    "exim": r"""
        cat > /tmp/transport <<'END'
dovecot_lmtp:
  driver = smtp
  protocol = lmtp
  port = 24
  hosts = 127.0.0.1
  hosts_override
  allow_localhost
END
        sed -i '/^begin transports/r /tmp/transport' /etc/exim4/exim4.conf.template
        sed -i "s/^dc_localdelivery=.*/dc_localdelivery='dovecot_lmtp'/" /etc/exim4/update-exim4.conf.conf
        update-exim4.conf && service exim4 restart
    """,
    "opensmtpd": r"""
        sed -i 's/^action "local" .*/action "local" lmtp "127.0.0.1:24"/' /etc/smtpd.conf
        smtpd -n && pkill -x smtpd; sleep 2; smtpd; sleep 1
    """,
}
# fail2ban as Debian ships it, one jail switched on; what it bans it bans with nftables.
_JAIL = """[DEFAULT]
banaction = nftables-multiport
[sshd]
enabled = false
[{jail}]
enabled = true
backend = polling
port = smtp,465,submission
filter = {filter}
logpath = /var/log/guarded.log
"""


def has_mailboxes(server: Server, product: str) -> None:
    """Accounts `PEOPLE` (password "secret-NAME") whose mailboxes Dovecot keeps; local mail goes there."""
    users = "".join(f"{name}:{{PLAIN}}secret-{name}\n" for name in PEOPLE)
    server.run(["install", "-D", "-m", "644", "/dev/stdin", "/etc/dovecot/users"], input=users)
    server.run(["install", "-m", "644", "/dev/stdin", "/etc/dovecot/dovecot.conf"], input=_DOVECOT)
    add = "".join(f"id {name} >/dev/null 2>&1 || useradd --create-home {name}\n" for name in PEOPLE)
    server.shell(f"id vmail >/dev/null 2>&1 || useradd -r -M vmail\n{add}install -d -o vmail -g vmail /srv/mail")
    server.shell("service dovecot stop >/dev/null 2>&1 || true; service dovecot start >/dev/null 2>&1 </dev/null")
    server.shell(_TO_DOVECOT[product])


def is_guarded(server: Server, jail: str, filter_name: str) -> None:
    """fail2ban watches."""
    words = _JAIL.format(jail=jail, filter=filter_name)
    server.run(["install", "-m", "644", "/dev/stdin", "/etc/fail2ban/jail.local"], input=words)
    server.shell("rm -f /etc/fail2ban/jail.d/*; touch /var/log/guarded.log; mkdir -p /run/fail2ban")
    server.shell("fail2ban-client start >/dev/null 2>&1 </dev/null")
    server.wait_for(f"fail2ban-client status {jail}", lambda said: "Banned IP list" in said, 20)


def certificate(server: Server, path: str, key: str, ends_in: timedelta, name: str = "mail.example.jp") -> str:
    """A certificate for `name` of an authority of the test's own, and its key, for root alone; returns the
    authority's certificate in PEM, for those who shall trust it."""
    end = datetime.now(UTC) + ends_in
    authority = trustme.CA()
    leaf = authority.issue_cert(name, not_before=end - timedelta(days=90), not_after=end)
    for place, text in (
        (path, b"".join(blob.bytes() for blob in leaf.cert_chain_pems)),
        (key, leaf.private_key_pem.bytes()),
    ):
        server.run(["install", "-D", "-m", "600", "/dev/stdin", place], input=text.decode())
    return authority.cert_pem.bytes().decode()
