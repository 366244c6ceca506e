"""Postfix: `service[pid]: QUEUEID: text`. One message is tied together by its queue id, from client= to removed.

A million lines a few seconds: lines without news (connections, message ids) are left at once, and of the others only
the key fields are cut out. Field names: Postfix logging since 2.3 (`dsn=`, `delays=`), 3.x.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from core.checks.mail_log.formats.postfix_news import PostfixNews
from core.checks.mail_log.identity import Identity
from core.checks.mail_log.tally import Message, Tally

_MOST_LOGINS = 5000
_NO_NEWS = ("connect from ", "disconnect from ")
_CLIENT = re.compile(r"\[([0-9A-Fa-f.:]{2,45})\]")
# Accounts of web servers: Debian, Red Hat, FreeBSD, Alpine, SuSE; then the nobodies.
WEB_UIDS = {"33": "www-data", "48": "apache", "80": "www", "82": "www-data", "30": "wwwrun", "65534": "nobody"}
_TIRESOME = ("hostname ", "non-SMTP command", "Illegal address", "numeric hostname", "dnsblog", "dict_")


class Postfix:
    """Reads the lines of all of Postfix's services."""

    def __init__(self, tally: Tally) -> None:
        self._tally = tally
        self.news = PostfixNews(tally)
        self._relays: dict[str, tuple[str, bool]] = {}
        self._logins: dict[str, tuple[Identity, str]] = {}  # what follows client= -> whose session it is
        self.hot = (self._smtpd, self._login, self._arrived, self._sent)
        deliver = self._delivery
        self._services: dict[str, Callable[[str, str], None]] = {
            "smtpd": self._smtpd, "pickup": self._pickup, "qmgr": self._qmgr, "nqmgr": self._qmgr,
            "smtp": deliver, "lmtp": deliver, "local": deliver, "virtual": deliver, "pipe": deliver,
            "error": deliver, "retry": deliver, "discard": deliver, "relay": deliver,
            "bounce": self._bounce, "cleanup": self._cleanup, "postscreen": self._postscreen,
        }  # fmt: skip

    def service(self, name: str) -> Callable[[str, str], None] | None:
        """What reads the lines of this service."""
        if name in ("anvil", "scache", "verify", "tlsmgr", "tlsproxy", "dnsblog", "trivial-rewrite"):
            return self._complaints_only
        return self._services.get(name, self._complaints_only)

    def _smtpd(self, line: str, text: str) -> None:
        if text.startswith(_NO_NEWS):
            return
        queue_id, _, rest = text.partition(": ")
        if rest.startswith("client="):
            self._client(queue_id, rest, line)
        elif rest.startswith(("reject: ", "milter-reject: ")):
            self._reject(rest, line)
        else:
            self._smtpd_other(queue_id, rest, text, line)

    def _client(self, queue_id: str, rest: str, line: str) -> None:
        found = _CLIENT.search(rest, 0, 400)
        address = found[1] if found else ""
        place = rest.find("sasl_username=")
        if place < 0:
            self._tally.new_message(queue_id, Message(line, address))
            return
        self._tally.clock.at(line)
        name = rest[place + 14 :].partition(",")[0][:320].lower()
        identity = self._tally.logged_in(name, address)
        self._tally.new_message(queue_id, Message(line, address, identity))

    def _login(self, line: str, start: int) -> None:
        """The line of a message that comes with a login; its text begins at `start`."""
        colon = line.find(":", start)
        rest = line[colon + 2 :]
        known = self._logins.get(rest)
        if known is not None:
            self._tally.new_message(line[start:colon], Message(line, known[1], known[0]))
            return
        self._smtpd(line, line[start:])
        message = self._tally.messages.get(line[start:colon])
        # Once an account has sent from this address, a session has nothing new to say about guessed passwords.
        if message and message.identity and message.address in message.identity.addresses:
            if len(self._logins) >= _MOST_LOGINS:
                self._logins.clear()
            self._logins[rest] = (message.identity, message.address)

    def _reject(self, rest: str, line: str) -> None:
        found = _CLIENT.search(rest, 0, 500)
        said = rest.partition("]: ")[2] or rest
        for end in ("; from=<", "; to=<", " proto="):
            said = said.partition(end)[0]
        if rest.startswith("milter-reject") and "4.7.1 Service unavailable" in rest:
            self._tally.trouble("helper_down", self._tally.clock.at(line), line)
        self._tally.refused_by_us(found[1] if found else "", said[:1000], line)

    def _smtpd_other(self, kind: str, rest: str, text: str, line: str) -> None:
        if kind.startswith("message repeated "):  # rsyslog: "message repeated 3 times: [ text]"
            times = kind[17:].partition(" ")[0]
            for _ in range(min(int(times), 1000) if times.isascii() and times.isdecimal() and len(times) < 7 else 0):
                self._smtpd(line, rest.lstrip("[ ").removesuffix("]").replace("message repeated", "", 1))
            return
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
        found = _CLIENT.search(rest, 0, 400)
        place = rest.find("sasl_username=")
        name = rest[place + 14 :].partition(",")[0] if place >= 0 else ""
        self._tally.login_failed(found[1] if found else "", name, line)

    def _pickup(self, line: str, text: str) -> None:
        queue_id, _, rest = text.partition(": ")
        if not rest.startswith("uid="):
            self._complaints_only(line, text)
            return
        uid = rest[4:].partition(" ")[0]
        sender = rest.partition("from=<")[2].partition(">")[0]
        name = WEB_UIDS.get(uid) or (f"{sender.partition('@')[0]} (uid {uid})" if uid != "0" else "root")
        identity = self._tally.identity("script", name[:100])
        self._tally.new_message(queue_id, Message(line, "", identity))

    def _qmgr(self, line: str, text: str) -> None:
        queue_id, _, rest = text.partition(": ")
        if rest == "removed":
            self._tally.messages.pop(queue_id, None)
        elif rest.startswith("from=<"):
            self._queued(queue_id, rest, line)
        else:
            self._complaints_only(line, text)

    def _queued(self, queue_id: str, rest: str, line: str, message: Message | None = None) -> None:
        message = message or self._tally.messages.get(queue_id)
        if message is None:  # the log begins in the middle, or it is a notice of our own
            message = self._tally.new_message(queue_id, Message(line))
        if message.counted:
            if "status=expired" in rest:
                self._tally.expired(message.counted)
            return
        sender = rest[6:].partition(">")[0]
        recipients = 1
        if "nrcpt=1 " not in rest:
            count = rest.partition("nrcpt=")[2].partition(" ")[0]
            recipients = int(count) if count.isascii() and count.isdecimal() and len(count) < 8 else 1
        self._tally.accepted(message, sender[:320].lower(), recipients, self._tally.clock.at(line))

    def _arrived(self, line: str, place: int, message: Message) -> None:
        """The line of the queue manager about a message that is known; `from=` begins at `place`."""
        if message.counted or "nrcpt=1 " not in line:
            self._queued("", line[place:], line, message)
        else:
            sender = line[place + 6 : line.find(">", place)]
            self._tally.accepted(message, sender[:320].lower(), 1, self._tally.clock.at(line))

    def _sent(self, line: str, start: int) -> None:
        """A line of the smtp client, whose text begins at `start`: what went out to another company is read at once."""
        colon, place = line.find(": to=<", start, start + 70), line.find(", status=", start)
        relay = line.find(">, relay=", colon)
        known = self._relays.get(line[relay + 9 : line.find(",", relay + 9)])
        message = self._tally.messages.get(line[start:colon])
        to = line[colon + 6 : relay]
        if (
            message is None or known is None or not known[1] or colon < 0 or ">" in to
            or line[place + 9 : place + 14] != "sent "
        ):  # fmt: skip
            self._delivery(line, line[start:])
        else:
            self._tally.delivered(message, to, True, False)

    def _delivery(self, line: str, text: str) -> None:
        place = text.find(", status=")
        start = text.find(": to=<", 0, 70)
        if place < 0 or start < 0:
            self._complaints_only(line, text)
            return
        queue_id = text[:start]
        message = self._tally.messages.get(queue_id)
        to, _, fields = text[start + 6 : place].partition(">")
        host, outside = self._relay(fields)
        forwarded = fields.startswith(", orig_to=<")
        status = text[place + 9 : place + 13]
        if message is None and (outside or status != "sent"):
            message = self._left_out(queue_id)
        if status == "sent" and not outside and "queued as " in text:
            self._tally.handed_on(message, text.partition("queued as ")[2].partition(")")[0])
        elif status == "sent":
            self._tally.delivered(message, to, outside, forwarded)
        elif status in ("defe", "boun", "unde"):
            said = text[place + 9 :].partition(" (")[2].rstrip(")")
            bounced = status == "boun"
            away = outside or "relay=none" in fields
            self._tally.failed(message, to, host, said, line, bounced=bounced, forwarded=forwarded, outside=away)

    def _left_out(self, queue_id: str) -> Message | None:
        """Read the lines about a message's arrival that were left out as no news."""
        for line in self.news.arrival(queue_id):
            text = line.partition("]: ")[2]
            rest = text.partition(": ")[2]
            if rest.startswith("client="):
                self._client(queue_id, rest, line)
            elif rest.startswith("from=<"):
                self._queued(queue_id, rest, line)
        return self._tally.messages.get(queue_id)

    def _relay(self, fields: str) -> tuple[str, bool]:
        """The machine that took (or refused) it: its name, and whether it is another company's."""
        relay = fields.partition("relay=")[2].partition(",")[0]
        known = self._relays.get(relay)
        if known is None:
            if len(self._relays) > 20_000:
                self._relays.clear()
            name, _, rest = relay.partition("[")
            address = rest.partition("]")[0]
            host = "" if name == "none" else name[:255]
            known = self._relays[relay] = (host, bool(address) and self._tally.public(address))
        return known

    def _cleanup(self, line: str, text: str) -> None:
        if ": message-id=" in text[:80] or ": resent-message-id=" in text[:80]:
            return
        rest = text.partition(": ")[2]
        if rest.startswith(("reject: ", "milter-reject: ")):
            self._reject(rest, line)
        else:
            self._complaints_only(line, text)

    def _bounce(self, line: str, text: str) -> None:
        """A notice of our own goes back to a sender: it starts with the null sender, but is not from outside."""
        if "notification: " in text:
            self._tally.notices += 1

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
