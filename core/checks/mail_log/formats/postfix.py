"""Postfix: `service[pid]: QUEUEID: text`. One message is tied together by its queue id, from client= to removed.

This is the plain way, which understands every line; `postfix_quick` reads the ordinary lines of large logs before it.
Field names: Postfix logging since 2.3 (`dsn=`, `delays=`), 3.x.
"""

from __future__ import annotations

from collections.abc import Callable

from core.checks.mail_log.formats.postfix_arrivals import Arrivals, client_address
from core.checks.mail_log.formats.postfix_delivery import Deliveries
from core.checks.mail_log.tally import Tally

_NO_NEWS = ("connect from ", "disconnect from ")
_TIRESOME = ("hostname ", "non-SMTP command", "Illegal address", "numeric hostname", "dnsblog", "dict_")


class Postfix:
    """Reads the lines of all of Postfix's services."""

    def __init__(self, tally: Tally) -> None:
        self._tally = tally
        self.arrivals = Arrivals(tally)
        self.deliveries = Deliveries(tally, self.arrivals)
        deliver = self.delivery
        self._services: dict[str, Callable[[str, str], None]] = {
            "smtpd": self.smtpd, "pickup": self._pickup, "qmgr": self._qmgr, "nqmgr": self._qmgr,
            "smtp": deliver, "lmtp": deliver, "local": deliver, "virtual": deliver, "pipe": deliver,
            "error": deliver, "retry": deliver, "discard": deliver, "relay": deliver,
            "cleanup": self._cleanup, "postscreen": self._postscreen,
        }  # fmt: skip

    def service(self, name: str) -> Callable[[str, str], None] | None:
        """What reads the lines of this service."""
        if name in ("anvil", "scache", "verify", "tlsmgr", "tlsproxy", "dnsblog", "trivial-rewrite"):
            return self._complaints_only
        return self._services.get(name, self._complaints_only)

    def smtpd(self, line: str, text: str) -> None:
        """A line of smtpd."""
        if text.startswith(_NO_NEWS):
            return
        queue_id, _, rest = text.partition(": ")
        if rest.startswith("client="):
            self.arrivals.client(queue_id, rest, line)
        elif rest.startswith(("reject: ", "milter-reject: ")):
            self._reject(rest, line)
        else:
            self._smtpd_other(queue_id, rest, text, line)

    def _reject(self, rest: str, line: str) -> None:
        said = rest.partition("]: ")[2] or rest
        for end in ("; from=<", "; to=<", " proto="):
            said = said.partition(end)[0]
        if rest.startswith("milter-reject") and "4.7.1 Service unavailable" in rest:
            self._tally.trouble("helper_down", self._tally.clock.at(line), line)
        self._tally.refused_by_us(client_address(rest), said[:1000], line)

    def _smtpd_other(self, kind: str, rest: str, text: str, line: str) -> None:
        if kind == "warning":
            if rest.startswith(_TIRESOME):
                return
            if " authentication failed" in rest and "SASL " in rest:
                self._login_failed(rest, line)
                return
        if kind in ("warning", "fatal", "error", "panic") or "SSL_accept error" in text[:20]:
            self._tally.complaint(text, line)

    def _login_failed(self, rest: str, line: str) -> None:
        if "cannot connect to saslauthd" in rest or "Connection lost to authentication server" in rest:
            self._tally.trouble("login_helper_down", self._tally.clock.at(line), line)
            return
        place = rest.find("sasl_username=")
        name = rest[place + 14 :].partition(",")[0] if place >= 0 else ""
        self._tally.login_failed(client_address(rest), name, line)

    def _pickup(self, line: str, text: str) -> None:
        queue_id, _, rest = text.partition(": ")
        if rest.startswith("uid="):
            self.arrivals.pickup(queue_id, rest, line)
        else:
            self._complaints_only(line, text)

    def _qmgr(self, line: str, text: str) -> None:
        queue_id, _, rest = text.partition(": ")
        if rest == "removed":
            self.arrivals.mail.pop(queue_id, None)  # its id may be given again
        elif rest.startswith("from=<"):
            self.arrivals.from_line(queue_id, rest, line)
        else:
            self._complaints_only(line, text)

    def delivery(self, line: str, text: str) -> None:
        """A line of smtp, lmtp, local, virtual, pipe or error."""
        if not self.deliveries.line(line, text):
            self._complaints_only(line, text)

    def _cleanup(self, line: str, text: str) -> None:
        rest = text.partition(": ")[2]
        if rest.startswith(("reject: ", "milter-reject: ")):
            self._reject(rest, line)
        elif not rest.startswith(("message-id=", "resent-message-id=")):
            self._complaints_only(line, text)

    def _postscreen(self, line: str, text: str) -> None:
        if text.startswith("NOQUEUE: reject: "):
            self._reject(text[9:], line)
        else:
            self._complaints_only(line, text)

    def _complaints_only(self, line: str, text: str) -> None:
        if text.startswith(("warning: ", "fatal: ", "error: ", "panic: ", "SSL_connect error", "connect to ")) or (
            "SASL authentication failed" in text or "status=expired" in text
        ):
            self._tally.complaint(text, line)
