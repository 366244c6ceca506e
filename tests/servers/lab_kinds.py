"""What each mail server of the lab is: how its Debian package is turned into that server, and how it is asked.

Every server is mail.example.jp and takes mail for example.jp. The names say the product and what is special:
`pf` Postfix, `sm` Sendmail, `ex` Exim, `os` OpenSMTPD; `closed` refuses to relay, `open` relays for everyone.
The scripts run as root inside the server; the domain and network are the documentation's own.
"""

from __future__ import annotations

from dataclasses import dataclass


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
SENDMAIL = Product(
    layer="sendmail",
    # Debian listens on loopback only, and its access table slows down a client after some connections.
    configure=r"""
        cd /etc/mail
        sed -i 's/Addr=127.0.0.1/Addr=0.0.0.0/; /inet6/d' sendmail.mc
        sed -i -E '/^(ClientRate|ClientConn|GreetPause):/d' access
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

KINDS: dict[str, Kind] = {
    "pf-closed": Kind(POSTFIX),
    "pf-open": Kind(POSTFIX, "postconf -e mynetworks=0.0.0.0/0"),
    # Trusts its own subnet only: open from the office, closed from outside.
    "pf-subnet": Kind(POSTFIX, "postconf -# mynetworks; postconf -e mynetworks_style=subnet"),
    # Says yes to every recipient and refuses at DATA.
    "pf-atdata": Kind(POSTFIX, "postconf -e mynetworks=0.0.0.0/0 smtpd_data_restrictions=reject"),
    "pf-hidden": Kind(POSTFIX, "postconf -e smtpd_banner='$myhostname ESMTP'"),
    "sm-closed": Kind(SENDMAIL),
    "sm-open": Kind(SENDMAIL, "sed -i '/^MAILER(/i FEATURE(`promiscuous_relay'\"'\"')dnl' /etc/mail/sendmail.mc"),
    "ex-closed": Kind(EXIM),
    "ex-open": Kind(
        EXIM, "sed -i \"s|^dc_relay_nets=.*|dc_relay_nets='0.0.0.0/0'|\" /etc/exim4/update-exim4.conf.conf"
    ),
    "os-closed": Kind(OPENSMTPD),
    "os-open": Kind(
        OPENSMTPD, """sed -i 's/^match from local.*/match from any for any action "relay"/' /etc/smtpd.conf"""
    ),
}
