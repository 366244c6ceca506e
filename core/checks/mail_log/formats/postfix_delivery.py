"""What became of a Postfix message: `QUEUEID: to=<...>, relay=..., dsn=..., status=sent (...)`.

Field names: Postfix logging since 2.3 (`dsn=`, `delays=`). The quick ways know the relay and the recipient from an
earlier line; whatever they do not know goes the plain way.
"""

from __future__ import annotations

from core.checks.mail_log.formats.postfix_arrivals import Arrivals, Waiting
from core.checks.mail_log.tally import LONGEST_ID, Tally

_MOST_HERE, _MOST_STATUSES, _LONGEST = 5000, 500, 400
_FAILED, _SIX = ("deferred (", "bounced ("), slice(6)


class Deliveries:
    """Reads the lines of smtp, lmtp, local, virtual, pipe and error."""

    def __init__(self, tally: Tally, arrivals: Arrivals) -> None:
        self._tally, self._arrivals = tally, arrivals
        self._mail, self._public, self._known_public = arrivals.mail, tally.public, tally.known_public
        # Recipients here and what took it, as in `a@b.example>, relay=local` -> counted since the last block ended.
        self.here: dict[str, int] = {}
        self.taken = 0  # recipients outside, since the last block ended
        self.delivered: set[str] = set()  # what stood behind status= of such mail

    def outside(self, text: str, line: str) -> bool:
        """An ordinary line about another company's answer. False: to be read the plain way."""
        queue_id, _, rest = text.partition(": to=<")
        fields, _, rest = rest.partition(", delay=")
        to, _, relay = fields.partition(">, relay=")
        status = rest.partition(", status=")[2]
        name, _, address = relay.partition("[")
        address = address.partition("]")[0]
        if ">" in to or "," in to or "," in relay or " " in queue_id:
            return False
        if not (self._known_public.get(address) or self._public(address)):
            return False
        if status[_SIX] == "sent (":
            known = self._mail.get(queue_id)
            return isinstance(known, tuple) and self._taken(queue_id, known, to.rpartition("@")[2].lower())
        if not status.startswith(_FAILED) or name == "none" or len(queue_id) > LONGEST_ID:
            return False
        message, said = self._arrivals.message(queue_id), status.partition(" (")[2].rstrip(")")
        self._tally.failed(message, to, name[:255], said, line, bounced=status[0] == "b", forwarded=False)
        return True

    def _taken(self, queue_id: str, known: Waiting, domain: str) -> bool:
        """Another company took a message of an account that logged in. False where it is another's message."""
        line, login, sender, left = known
        tally = self._tally
        if login is None or not sender or tally.timed_out.count or tally.names_failing.count:
            return False
        if not left:
            self._mail[queue_id] = (line, login, sender, True)
            if sender in tally.senders:
                tally.senders[sender] += 1
            else:
                tally.goes_out(sender)
        login.identity.takes(domain)
        self.taken += 1
        return True

    def count(self) -> None:
        """The quick way has read a block and counted here."""
        self._tally.sent += self.taken
        self._tally.outside += self.taken
        self.taken = 0
        for mailbox, count in self.here.items():
            if count:
                self._tally.here(_domain(mailbox), count)
                self.here[mailbox] = 0

    def line(self, line: str, text: str) -> bool:
        """Any line about a delivery; False when it is none."""
        start = text.find(": to=<")
        place = text.find(", status=", start)
        if place < 0 or start < 0:
            return False
        to, _, fields = text[start + 6 : place].partition(">")
        host, outside = self._relay(fields)
        forwarded = fields.startswith(", orig_to=<")
        status = text[place + 9 : place + 13]
        message = self._arrivals.message(text[:start]) if outside or status != "sent" or "queued as " in text else None
        if status == "sent" and not outside and "queued as " in text:
            new_id = text.partition("queued as ")[2].partition(")")[0]
            self._tally.handed_on(message, self._arrivals.message(new_id))
        elif status == "sent":
            self._tally.delivered(message, to, outside, forwarded)
            if not outside:
                self._remember(text[start + 6 : place], text[place + 9 :])
        elif status in ("defe", "boun", "unde"):
            said = text[place + 9 :].partition(" (")[2].rstrip(")")
            away = outside or "relay=none" in fields
            bounced = status == "boun"
            self._tally.failed(message, to, host, said, line, bounced=bounced, forwarded=forwarded, outside=away)
        return True

    def _remember(self, fields: str, status: str) -> None:
        mailbox, found, _ = fields.partition(", delay=")
        if found and len(mailbox) <= _LONGEST and len(self.here) < _MOST_HERE:
            self.here.setdefault(mailbox, 0)
        if status.endswith(")") and len(status) <= _LONGEST and len(self.delivered) < _MOST_STATUSES:
            self.delivered.add(status)

    def _relay(self, fields: str) -> tuple[str, bool]:
        """The machine that took (or refused) it: its name, and whether it is another company's."""
        name, _, rest = fields.partition("relay=")[2].partition(",")[0].partition("[")
        address = rest.partition("]")[0]
        return "" if name == "none" else name[:255], bool(address) and self._tally.public(address)


def _domain(mailbox: str) -> str:
    return mailbox.partition(">")[0].rpartition("@")[2].lower()
