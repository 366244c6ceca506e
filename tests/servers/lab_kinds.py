"""What each mail server of the lab is: how its Debian package is turned into that server, and how it is asked.

Every server is mail.example.jp and takes mail for example.jp. The names say the product and what is special:
`pf` Postfix, `sm` Sendmail, `ex` Exim, `os` OpenSMTPD; `closed` refuses to relay, `open` relays for everyone. The
partly open ones have one hole each: a forged sender, a greeting, an address form is believed.
The scripts run as root inside the server; the domain and network are the documentation's own.
"""

from __future__ import annotations

from dataclasses import dataclass, replace


@dataclass(frozen=True)
class Product:
    """One mail server program: its layer, and the shell commands that start it, count and find its mail.

    `deferred` prints the number of messages that were tried and have to wait.
    """

    layer: str
    configure: str
    start: str
    count: str
    deferred: str
    version: str


@dataclass(frozen=True)
class Kind:
    """A product with the directive that makes this server closed, open, or otherwise special."""

    product: Product
    special: str = ""


_TLS = "/etc/ssl/certs/ssl-cert-snakeoil.pem", "/etc/ssl/private/ssl-cert-snakeoil.key"

POSTFIX = Product(
    layer="postfix",
    configure=f"""
        postconf -e myhostname=mail.example.jp mydestination='example.jp, localhost' mynetworks=127.0.0.0/8 \\
            inet_interfaces=all inet_protocols=ipv4 relayhost= smtpd_tls_cert_file={_TLS[0]} \\
            smtpd_tls_key_file={_TLS[1]} smtpd_tls_security_level=may
        postconf -M submission/inet='submission inet n - y - - smtpd' smtps/inet='smtps inet n - y - - smtpd'
        for service in submission smtps; do
            postconf -P $service/inet/smtpd_client_restrictions=permit_sasl_authenticated,reject
        done
        postconf -P submission/inet/smtpd_tls_security_level=encrypt smtps/inet/smtpd_tls_wrappermode=yes
    """,
    start="service postfix start",
    count="postqueue -j | wc -l",
    deferred="""postqueue -j | grep -c '"queue_name": "deferred"' || true""",
    version="postconf -h mail_version",
)
# Accounts with passwords, kept by Dovecot: sales@, taro@ and news@example.jp, each with the password "secret-NAME".
LOGINS = """
        useradd -r -M vmail 2>/dev/null || true
        for name in sales taro news; do
            id $name >/dev/null 2>&1 || useradd --create-home $name
            echo "$name@example.jp:{PLAIN}secret-$name"
        done > /etc/dovecot/users
        cat > /etc/dovecot/dovecot.conf <<'END'
protocols = imap
listen = *
ssl = no
disable_plaintext_auth = no
auth_verbose = yes
auth_mechanisms = plain login
auth_failure_delay = 0
mail_location = maildir:/tmp/mail-%u
passdb {
  driver = passwd-file
  args = /etc/dovecot/users
}
userdb {
  driver = static
  args = uid=vmail gid=vmail home=/tmp/mail-%u
}
service anvil {
  unix_listener anvil-auth-penalty {
    mode = 0
  }
}
service auth {
  unix_listener /var/spool/postfix/private/auth {
    mode = 0666
  }
}
END
        postconf -e smtpd_sasl_type=dovecot smtpd_sasl_path=private/auth smtpd_sasl_auth_enable=yes \\
            smtpd_client_connection_rate_limit=0 smtpd_error_sleep_time=0
"""
# A login for Exim whose passwords are "secret-NAME", as its manual shows it.
EXIM_LOGIN = r"""
cd /etc/exim4
cat > /tmp/auth <<'END'
plain_server:
  driver = plaintext
  public_name = PLAIN
  server_set_id = $auth2
  server_prompts = :
  server_condition = ${if eq{$auth3}{secret-${sg{$auth2}{@.*}{}}}{yes}{no}}
  server_advertise_condition = yes
END
sed -i '/^begin authenticators/r /tmp/auth' exim4.conf.template
update-exim4.conf; kill -HUP $(cat /run/exim4/exim.pid); sleep 1
"""
SENDMAIL = Product(
    layer="sendmail",
    # Debian listens on loopback only, and its access table slows down a client after some connections, and turns the
    # documentation's network away.
    configure=r"""
        cd /etc/mail
        sed -i 's/Addr=127.0.0.1/Addr=0.0.0.0/; /inet6/d' sendmail.mc
        sed -i -E '/^(ClientRate|ClientConn|GreetPause):|^Connect:192[.]0[.]2\b/d' access
        echo example.jp >> local-host-names
    """,
    start="""
        cd /etc/mail && make -s all && mkdir -p /run/sendmail/mta && chown smmta:smmsp /run/sendmail/mta
        /usr/sbin/sendmail -bd -q15m
    """,
    count="/usr/sbin/sendmail -bp | sed -n 's/.*Total requests: *//p'",
    deferred="grep -l '^MDeferred' /var/spool/mqueue/qf* 2>/dev/null | wc -l",
    version=r"/usr/sbin/sendmail -d0.1 -bv root | sed -n 's/^Version //p'",
)
EXIM = Product(
    layer="exim",
    configure=r"""
        cd /etc/exim4
        sed -i -e "s/^dc_eximconfig_configtype=.*/dc_eximconfig_configtype='internet'/" \
            -e "s/^dc_other_hostnames=.*/dc_other_hostnames='example.jp'/" \
            -e "s/^dc_local_interfaces=.*/dc_local_interfaces='<; 0.0.0.0'/" update-exim4.conf.conf
        printf 'disable_ipv6 = true\n' > exim4.conf.localmacros
    """,
    # Started by pid 1 exim would stay in the foreground.
    start="update-exim4.conf && mkdir -p /run/exim4 && chown Debian-exim: /run/exim4 && (/usr/sbin/exim4 -bd -q30m)",
    count="/usr/sbin/exim4 -bpc",
    deferred="ls /var/spool/exim4/msglog | wc -l",
    version="/usr/sbin/exim4 -bV | sed -n 's/^Exim version \\([^ ]*\\).*/\\1/p'",
)
_SMTPD_CONF = r"""
        cat > /etc/smtpd.conf <<'END'
table aliases file:/etc/aliases
listen on 0.0.0.0 hostname mail.example.jp
action "local" maildir alias <aliases>
action "relay" relay
match from any for domain "example.jp" action "local"
match from local for any action "relay"
END
"""
OPENSMTPD = Product(
    layer="opensmtpd",
    configure=_SMTPD_CONF,
    start="/usr/sbin/smtpd",
    count="smtpctl show queue | wc -l",
    deferred="smtpctl show queue | grep -c pending || true",
    version="/usr/sbin/smtpd -h 2>&1 | sed -n 's/^version: OpenSMTPD //p'",
)


def _believes(check: str) -> str:
    """Postfix: something a stranger may freely choose is believed before the destination is looked at."""
    return f"postconf -e smtpd_relay_restrictions='permit_mynetworks, {check}, reject_unauth_destination'"


def _feature(name: str, *arguments: str) -> str:
    """Sendmail: a FEATURE of its configuration language."""
    quoted = ", ".join(f"`{word}'" for word in (name, *arguments))
    return f'sed -i "/^MAILER(/i FEATURE({quoted})dnl" /etc/mail/sendmail.mc'.replace("`", "\\`")


def _accepts(condition: str) -> str:
    """Exim: a first word in the rules for recipients."""
    return f"sed -i '/^acl_check_rcpt:/a \\  accept {condition}' /etc/exim4/exim4.conf.template"


def _matches(rule: str) -> str:
    """OpenSMTPD: one more rule."""
    return f"echo 'match from any {rule} for any action \"relay\"' >> /etc/smtpd.conf"


# x%far@ours goes to x@far. Debian forbids the percent sign by a macro of its own.
_EXIM_PERCENT = r"""
        cd /etc/exim4
        echo 'CHECK_RCPT_LOCAL_LOCALPARTS = ^[.] : ^.*[|`#&]' >> exim4.conf.localmacros
        cat > /tmp/routers <<'END'
percent_hack:
  driver = redirect
  domains = +local_domains
  local_parts = ^.*%.*
  data = ${sg{$local_part}{\N^(.*)%([^%]+)$\N}{\$1@\$2}}
bang_path:
  driver = redirect
  domains = +local_domains
  local_parts = ^.*!.*
  data = ${sg{$local_part}{\N^([^!]+)!(.*)$\N}{\$2@\$1}}
END
        sed -i '/^begin routers/r /tmp/routers' exim4.conf.template
"""

KINDS: dict[str, Kind] = {
    # Postfix with logins, and Dovecot beside it.
    "pf-login": Kind(
        replace(POSTFIX, layer="mailserver", start=f"/usr/sbin/dovecot >/dev/null 2>&1 </dev/null\n{POSTFIX.start}"),
        LOGINS,
    ),
    "pf-closed": Kind(POSTFIX),
    # With fail2ban, nftables, opendkim and postgrey beside it; a story starts the ones it needs.
    "pf-guarded": Kind(replace(POSTFIX, layer="guarded")),
    "pf-full": Kind(replace(POSTFIX, layer="fullpostfix")),
    "pf-open": Kind(POSTFIX, "postconf -e mynetworks=0.0.0.0/0"),
    # Trusts its own subnet only: open from the office, closed from outside.
    "pf-subnet": Kind(POSTFIX, "postconf -# mynetworks; postconf -e mynetworks_style=subnet"),
    # Says yes to every recipient and refuses at DATA.
    "pf-atdata": Kind(POSTFIX, "postconf -e mynetworks=0.0.0.0/0 smtpd_data_restrictions=reject"),
    "pf-hidden": Kind(POSTFIX, "postconf -e smtpd_banner='$myhostname ESMTP'"),
    "pf-sender": Kind(POSTFIX, _believes("check_sender_access inline:{example.jp=OK}")),
    "pf-helo": Kind(POSTFIX, _believes("check_helo_access inline:{mail.example.jp=OK}")),
    "pf-null": Kind(POSTFIX, _believes("check_sender_access inline:{{<> = OK}}")),
    "pf-regexp": Kind(
        POSTFIX,
        f"echo '/example\\.jp/ OK' > /etc/postfix/ours\n{_believes('check_recipient_access regexp:/etc/postfix/ours')}",
    ),
    "pf-untrusted": Kind(POSTFIX, "postconf -e allow_untrusted_routing=yes relay_domains=backup.test"),
    # Backup mail server for another company, as it should be.
    "pf-backup": Kind(POSTFIX, "postconf -e relay_domains=backup.test"),
    # Says yes to everyone, and its smart host then refuses.
    "pf-bounce": Kind(POSTFIX, "postconf -e mynetworks=0.0.0.0/0 relayhost='[198.51.100.25]'"),
    # Takes every address there is into one local mailbox.
    "pf-catchall": Kind(
        POSTFIX, "echo '/./ root@localhost' > /etc/postfix/all\npostconf -e virtual_alias_maps=regexp:/etc/postfix/all"
    ),
    # Takes every name in its own domain.
    "pf-everyname": Kind(POSTFIX, "postconf -e local_recipient_maps= luser_relay=root allow_percent_hack=no"),
    # Every recipient waits, as with a strict greylist in front of everything.
    "pf-grey": Kind(
        POSTFIX,
        "postconf -e smtpd_client_restrictions='check_client_access static:{450 4.2.0 Greylisted, try again later}'",
    ),
    # Speaks to nobody without encryption.
    "pf-tls": Kind(POSTFIX, "postconf -e smtpd_tls_security_level=encrypt"),
    # Waits five seconds before each refusal, then breaks off after three.
    "pf-strict": Kind(
        POSTFIX, "postconf -e smtpd_error_sleep_time=5 smtpd_soft_error_limit=1 smtpd_hard_error_limit=3"
    ),
    "sm-closed": Kind(SENDMAIL),
    "sm-loose": Kind(SENDMAIL, f"{_feature('loose_relay_check')}\necho backup.test >> /etc/mail/relay-domains"),
    "sm-relaydom": Kind(SENDMAIL, "echo backup.test >> /etc/mail/relay-domains"),
    "sm-localfrom": Kind(SENDMAIL, _feature("relay_local_from")),
    "sm-mailfrom": Kind(
        SENDMAIL, f"{_feature('relay_mail_from', 'domain')}\nprintf 'From:example.jp\\tRELAY\\n' >> /etc/mail/access"
    ),
    "sm-open": Kind(SENDMAIL, "sed -i '/^MAILER(/i FEATURE(`promiscuous_relay'\"'\"')dnl' /etc/mail/sendmail.mc"),
    # On a Debian that is no longer repaired for nothing.
    "sm-old": Kind(replace(SENDMAIL, layer="oldmail")),
    # With fail2ban, nftables and Dovecot beside them; a test starts the ones it needs.
    "sm-full": Kind(replace(SENDMAIL, layer="fullsendmail")),
    "ex-full": Kind(replace(EXIM, layer="fullexim")),
    "os-full": Kind(replace(OPENSMTPD, layer="fullopensmtpd")),
    "ex-closed": Kind(EXIM),
    "ex-open": Kind(
        EXIM, "sed -i \"s|^dc_relay_nets=.*|dc_relay_nets='0.0.0.0/0'|\" /etc/exim4/update-exim4.conf.conf"
    ),
    "ex-percent": Kind(EXIM, _EXIM_PERCENT),
    "ex-sender": Kind(EXIM, _accepts("sender_domains = +local_domains")),
    "ex-helo": Kind(EXIM, _accepts("condition = ${if eq{$sender_helo_name}{mail.example.jp}}")),
    "ex-null": Kind(EXIM, _accepts("senders = :")),
    "os-closed": Kind(OPENSMTPD),
    "os-sender": Kind(OPENSMTPD, _matches('mail-from "@example.jp"')),
    "os-helo": Kind(OPENSMTPD, _matches('helo "mail.example.jp"')),
    "os-open": Kind(
        OPENSMTPD, """sed -i 's/^match from local.*/match from any for any action "relay"/' /etc/smtpd.conf"""
    ),
}
