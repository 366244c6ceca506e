"""What is read on the mail server to tell whether it is well: part of the fixed list of `remote_script`.

Every command only reads. Two of them touch the network from the server itself: it looks up three well-known names
with its own resolver (and each blacklist of its own settings, exactly as it does for every mail that comes in), and
it opens one connection to a well-known mail server's port 25, says nothing, and closes it.
"""

from __future__ import annotations

from core.clients.remote_command import RemoteCommand

# The server Gmail's mail goes to: the same landmark the laptop knows. The server connects once and says nothing.
LANDMARK = "gmail-smtp-in.l.google.com"
NAMES = ("www.google.com", "www.apple.com", "www.yahoo.co.jp")
# Parts of a mail server that its system starts by itself, under the names distributions give them.
UNITS = (
    "postfix postfix@- exim4 exim sendmail opensmtpd dovecot saslauthd rspamd opendkim opendmarc clamav-daemon "
    "clamd@amavisd clamav-milter amavis amavisd spamassassin spamd spamass-milter postgrey milter-greylist"
)
_LISTS_IN = (
    "smtpd_client_restrictions smtpd_helo_restrictions smtpd_sender_restrictions smtpd_relay_restrictions "
    "smtpd_recipient_restrictions smtpd_data_restrictions"
)
_EXIM = '"$(command -v exim || command -v exim4)"'
_OPENSSL_SHOWS = "openssl x509 -noout -enddate -fingerprint -sha256"

_RESOLVER = (
    f"cat /etc/resolv.conf; for n in {' '.join(NAMES)}; do date '+at=%s'; "
    "RES_OPTIONS='timeout:2 attempts:2' getent hosts $n >/dev/null; echo \"asked $n $?\"; done; date '+at=%s'"
)
# IPv4 only: a broken IPv6 path is not a closed port 25. The address is a word of its own for the inner shell.
_OUTBOUND = (
    f"h={LANDMARK}; a=$(RES_OPTIONS='timeout:1 attempts:2' getent ahostsv4 $h | sed -n '1s/ .*//p'); "
    'echo "to $h $a"; [ -n "$a" ] || exit 3; '
    "if command -v bash >/dev/null; then exec bash -c ': < /dev/tcp/$1/25' landmark \"$a\"; "
    'else exec nc -z -w 5 "$a" 25; fi'
)
# Each blacklist of the settings, asked as for a mail from 127.0.0.1, which no list may ever hold (RFC 5782).
_OWN_LISTS = (
    f"for z in $(postconf -h {_LISTS_IN} | sed 's/reject_rbl_client[ ,]*/\\n@/g' | "
    "sed -n 's/^@\\([A-Za-z0-9._-]*\\)\\(=[^ ,]*\\)\\{0,1\\}.*/\\1\\2/p' | sort -u | head -n 6); "
    'do echo "zone $z"; RES_OPTIONS=\'timeout:1 attempts:2\' getent ahostsv4 "1.0.0.127.${z%%=*}"; done; true'
)
_CERTIFICATE_FILES = (
    "{ { postconf -h smtpd_tls_cert_file smtpd_tls_eccert_file smtpd_tls_chain_files; "
    "sed -n 's/^O ServerCertFile=//p' /etc/mail/sendmail.cf /etc/sendmail.cf; "
    f"{_EXIM} -bP tls_certificate | sed 's/^tls_certificate = //'; "
    "sed -n 's/^pki .* cert \"\\{0,1\\}\\([^\" ]*\\).*/\\1/p' /etc/smtpd.conf /etc/mail/smtpd.conf; } 2>/dev/null | "
    "tr ', ' '\\n\\n' | sed -n 's#^/#mail /#p'; "
    "{ doveconf -h ssl_cert; doveconf -h ssl_server_cert_file; } 2>/dev/null | sed -n 's#^[^/]*/#boxes /#p'; } | "
    "sort -u | head -n 8 | while read -r p f; do "
    f'echo "file $p $f"; {_OPENSSL_SHOWS} -in "$f"; done; true'
)
_CERTIFICATES_SERVED = (
    'for p in 993 465; do echo "port $p"; openssl s_client -connect 127.0.0.1:$p </dev/null 2>/dev/null | '
    f"{_OPENSSL_SHOWS} 2>/dev/null; done; "
    'echo "port 25"; openssl s_client -connect 127.0.0.1:25 -starttls smtp </dev/null 2>/dev/null | '
    f"{_OPENSSL_SHOWS} 2>/dev/null; true"
)
# Where mail is passed on to, without the part before the @: how many addresses at which domain.
_FORWARDS = (
    "{ grep -hv '^#' /etc/aliases /etc/mail/aliases /etc/postfix/virtual 2>/dev/null | "
    "sed 's/^[^:[:space:]]*[:[:space:]]//'; cat /home/*/.forward /root/.forward 2>/dev/null; } | "
    "grep -o '@[A-Za-z0-9.-]*' | sort | uniq -c"
)
_SENDMAIL_FILES = (
    "for f in /etc/mail/sendmail.mc /etc/mail/access /etc/mail/relay-domains /etc/mail/local-host-names "
    '/etc/mail/mailertable /etc/mail/virtusertable; do [ -r $f ] && echo "== $f" && cat $f; done; true'
)
_EXIM_OPTIONS = (
    "cat /etc/exim4/update-exim4.conf.conf 2>/dev/null; "
    "for s in local_interfaces daemon_smtp_ports tls_advertise_hosts message_size_limit qualify_domain; "
    f"do {_EXIM} -bP $s; done"
)
_PANEL = (
    "for f in /usr/local/psa/version /usr/local/cpanel/version /etc/iredmail-release; "
    'do [ -r $f ] && echo "panel $f" && head -n 3 $f; done; '
    "[ -d /opt/zimbra ] && { dpkg-query -W zimbra-core || rpm -q zimbra-core; } 2>/dev/null; true"
)
# One question since 0.11; before, one for each jail.
_BANS = (
    "fail2ban-client banned || for j in $(fail2ban-client status | sed -n 's/.*Jail list://p' | tr -d ','); "
    'do fail2ban-client status "$j"; done'
)
# The old tools would load their part of the kernel; they are asked only where it is loaded already.
_FIREWALL = (
    "nft list ruleset; grep -q . /proc/net/ip_tables_names && iptables -S; "
    "grep -q . /proc/net/ip6_tables_names && ip6tables -S; [ -d /sys/module/ip_set ] && ipset list; true"
)
_CONTAINERS = "docker ps -a --format '{{.Names}}|{{.State}}|{{.Status}}'"

HEALTH_SECTIONS: tuple[RemoteCommand, ...] = (
    RemoteCommand(
        "load",
        "cat /proc/loadavg; grep -c '^processor' /proc/cpuinfo; "
        "grep -E '^(MemTotal|MemAvailable|SwapTotal|SwapFree)' /proc/meminfo",
        seconds=5,
    ),
    RemoteCommand(
        "units",
        f"systemctl show -p Id -p LoadState -p UnitFileState -p ActiveState -p SubState {UNITS}",
        "has systemctl",
        seconds=8,
    ),
    RemoteCommand("sockets", "ss -lx || netstat -lx", seconds=5),
    RemoteCommand(
        "sendmail_helpers", "sed -n 's/^X//p' /etc/mail/sendmail.cf /etc/sendmail.cf 2>/dev/null", "real_sendmail"
    ),
    RemoteCommand("sendmail_files", _SENDMAIL_FILES, "real_sendmail", masked=True),
    RemoteCommand("exim_options", _EXIM_OPTIONS, "has exim exim4", masked=True),
    RemoteCommand("certificate_files", _CERTIFICATE_FILES, "has openssl", seconds=6),
    RemoteCommand("certificates_served", _CERTIFICATES_SERVED, "has openssl", seconds=8),
    RemoteCommand("bans", _BANS, "has fail2ban-client", seconds=6),
    RemoteCommand("firewall", _FIREWALL, "has iptables nft", seconds=6),
    RemoteCommand("hosts_deny", "cat /etc/hosts.deny 2>/dev/null; true", seconds=5),
    RemoteCommand("forwards", _FORWARDS, seconds=5),
    RemoteCommand("quota", "doveadm -f tab quota get -A | cut -f 3,6", "has doveadm", seconds=6),
    RemoteCommand("panel", _PANEL, seconds=6),
    RemoteCommand("container_states", _CONTAINERS, "has docker", seconds=6),
    RemoteCommand("resolver", _RESOLVER, seconds=10),
    RemoteCommand("outbound", _OUTBOUND, seconds=7),
    RemoteCommand("own_lists", _OWN_LISTS, "has postconf", seconds=7),
)
