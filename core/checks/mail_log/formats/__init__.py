"""One module a product: each reads its own lines into the tally. `Handlers` says which program's lines go where."""

from __future__ import annotations

from collections.abc import Callable

from core.checks.mail_log.formats.daemons import Dovecot, Fail2ban, Other
from core.checks.mail_log.formats.exchange_tracking import ExchangeTracking
from core.checks.mail_log.formats.exim import Exim
from core.checks.mail_log.formats.opensmtpd import OpenSmtpd
from core.checks.mail_log.formats.postfix import Postfix
from core.checks.mail_log.formats.qmail import Qmail
from core.checks.mail_log.formats.sendmail import Sendmail
from core.checks.mail_log.tally import Tally

# (whole line, what follows the program's name)
Handler = Callable[[str, str], None]
MTAS = ("postfix", "sendmail", "exim", "opensmtpd", "qmail", "exchange")
_SENDMAIL = ("sendmail", "sm-mta", "sm-msp-queue", "sm-msp", "sendmail-mta", "mta", "sm-que", "sm-submission")


class Handlers:
    """The readers of all products for one log, found by the name in front of the process number."""

    def __init__(self, tally: Tally) -> None:
        self.postfix, self.exim, self.qmail = Postfix(tally), Exim(tally), Qmail(tally)
        self.exchange = ExchangeTracking(tally)
        self._sendmail, self._opensmtpd = Sendmail(tally), OpenSmtpd(tally)
        self._dovecot, self._fail2ban, self._other = Dovecot(tally), Fail2ban(tally), Other(tally)

    def of(self, program: str) -> tuple[str, Handler | None]:
        """The product a program belongs to ("" for none), and what reads its lines (None: nothing worth reading)."""
        name = program.lower()
        if name.startswith("postfix") and "/" in name:
            return "postfix", self.postfix.service(name.rpartition("/")[2])
        if name in _SENDMAIL:
            return "sendmail", self._sendmail.line
        if name in ("exim", "exim4"):
            return "exim", self.exim.after_syslog
        if name == "smtpd":
            return "opensmtpd", self._opensmtpd.line
        if name.startswith("qmail"):
            return "qmail", self.qmail.after_syslog
        return self._daemon(name)

    def _daemon(self, name: str) -> tuple[str, Handler | None]:
        if name.startswith(("dovecot", "imap-login", "pop3-login")) or name == "auth":
            return "dovecot", self._dovecot.line
        if name.startswith("fail2ban"):
            return "other", self._fail2ban.line
        if name in ("rsyslogd", "systemd-journald", "journal", "syslogd"):
            return "", self._other.logging
        if name in ("saslauthd", "opendkim", "amavis", "clamd", "spamd", "clamav-milter", "rspamd", "postgrey"):
            return "other", self._other.line
        return "", None
