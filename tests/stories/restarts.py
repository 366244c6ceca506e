"""How an administrator makes each mail program read its settings anew."""

POSTFIX_AGAIN = "service postfix stop; service postfix start"
SENDMAIL_AGAIN = "pkill -x sendmail || pkill -f 'sendmail: MTA'; sleep 1; /usr/sbin/sendmail -bd -q15m"
EXIM_AGAIN = "update-exim4.conf; kill -HUP $(cat /run/exim4/exim.pid); sleep 1"
OPENSMTPD_AGAIN = (
    "pkill -x smtpd; sleep 0.5; /usr/sbin/smtpd; "
    "for n in $(seq 50); do smtpctl show status >/dev/null 2>&1 && break; sleep 0.1; done"
)
