"""Who handed a message to Postfix: a client, an account that logged in, a program on the server.

Nearly all mail from outside ends in a mailbox here, and nobody asks who handed it in. So the quick way only remembers
its lines; they are read when such a message goes out after all (a stranger's, or forwarded).
"""

from __future__ import annotations

import re
from itertools import islice

from core.checks.mail_log.identity import Identity
from core.checks.mail_log.tally import Message, Tally

LONGEST = 600  # a longer line is not remembered whole: it is read at once
_MOST_LOGINS, _MOST_WAITING, _FORGOTTEN = 5000, 60_000, 10_000
_CLIENT = re.compile(r"\[([0-9A-Fa-f.:]{2,45})\]")
# Accounts of web servers: Debian, Red Hat, FreeBSD, Alpine, SuSE; then the nobodies.
WEB_UIDS = {"33": "www-data", "48": "apache", "80": "www", "82": "www-data", "30": "wwwrun", "65534": "nobody"}


def client_address(rest: str) -> str:
    """The address in `name[address]`, "" where there is none."""
    found = _CLIENT.search(rest, 0, 500)
    return found[1] if found else ""


class Arrivals:
    """Messages by their queue ids, from client= or uid= to removed. Texts begin behind the queue id."""

    def __init__(self, tally: Tally) -> None:
        self._tally = tally
        # What the quick way remembered: queue id -> its client= line, and its first from= line.
        self.clients: dict[str, str] = {}
        self.queued: dict[str, str] = {}
        self._logins: dict[str, tuple[str, Identity]] = {}  # what follows the queue id -> whose session it is

    def message(self, queue_id: str) -> Message | None:
        """The message with this id; what was only remembered of it is read now."""
        if queue_id in self.clients:
            client, queued = self.clients.pop(queue_id), self.queued.pop(queue_id, None)
            self._client(queue_id, client.partition("]: ")[2].partition(": ")[2], client)
            if queued is not None:  # what follows from its acceptance was done when it was remembered
                message = self._tally.messages[queue_id]
                message.sender, message.counted = _envelope(queued.partition("]: ")[2].partition(": ")[2])
        return self._tally.messages.get(queue_id)

    def client(self, queue_id: str, rest: str, line: str) -> None:
        """`client=name[address]`, with a login or without."""
        self._forget(queue_id)
        self._client(queue_id, rest, line)

    def login(self, queue_id: str, rest: str, line: str) -> None:
        """The same, probably with a login: those that come again and again are taken apart once."""
        known = self._logins.get(rest)
        if known is not None:
            if queue_id in self.clients:
                self._forget(queue_id)
            self._tally.new_message(queue_id, Message(line, *known))
            return
        self.client(queue_id, rest, line)
        message = self._tally.messages.get(queue_id)
        # Once an account has sent from this address, a session has nothing new to say about guessed passwords.
        if message and message.identity and message.address in message.identity.addresses and len(rest) <= LONGEST:
            if len(self._logins) >= _MOST_LOGINS:
                self._logins.clear()
            self._logins[rest] = (message.address, message.identity)

    def pickup(self, queue_id: str, rest: str, line: str) -> None:
        """`uid=33 from=<www-data>`: a program on the server itself."""
        uid = rest[4:].partition(" ")[0]
        sender = rest.partition("from=<")[2].partition(">")[0]
        name = WEB_UIDS.get(uid) or (f"{sender.partition('@')[0]} (uid {uid})" if uid != "0" else "root")
        identity = self._tally.identity("script", name[:100])
        self._forget(queue_id)
        self._tally.new_message(queue_id, Message(line, "", identity))

    def from_line(self, queue_id: str, rest: str, line: str) -> None:
        """`from=<sender>, size=1, nrcpt=1 (queue active)`, or `from=<sender>, status=expired`."""
        message = self.message(queue_id)
        if message is None:  # the log begins in the middle, or it is a notice of our own
            message = self._tally.new_message(queue_id, Message(line))
        if message.counted:
            if "status=expired" in rest:
                self._tally.expired(message.counted)
            return
        sender, recipients = _envelope(rest)
        self._tally.accepted(message, sender, recipients, self._tally.clock.at(line))

    def one_recipient(self, message: Message, rest: str, line: str) -> bool:
        """The usual case of the same: new mail of a known sender to one recipient. False when it is another case."""
        if message.counted or message.identity is None or "nrcpt=1 " not in rest:
            return False
        message.sender, message.counted = rest[6:].partition(">")[0][:320].lower(), 1
        message.identity.message(self._tally.clock.at(line), 1, message.sender, message.address, message.line)
        return True

    def removed(self, queue_id: str) -> None:
        """It has left the queue; its id may be given again."""
        if queue_id in self.clients:
            self._forget(queue_id)
        else:
            self._tally.messages.pop(queue_id, None)

    def keep_small(self) -> None:
        """Too much mail is waiting: what came first is forgotten."""
        if len(self.clients) > _MOST_WAITING:
            for oldest in list(islice(self.clients, len(self.clients) - _MOST_WAITING + _FORGOTTEN)):
                self._forget(oldest)

    def _forget(self, queue_id: str) -> None:
        if self.clients.pop(queue_id, None) is not None:
            self.queued.pop(queue_id, None)

    def _client(self, queue_id: str, rest: str, line: str) -> None:
        address, place = client_address(rest), rest.find("sasl_username=")
        if place < 0:
            self._tally.new_message(queue_id, Message(line, address))
            return
        self._tally.clock.at(line)
        name = rest[place + 14 :].partition(",")[0][:320].lower()
        self._tally.new_message(queue_id, Message(line, address, self._tally.logged_in(name, address)))


def _envelope(rest: str) -> tuple[str, int]:
    """The sender and the number of recipients of `from=<sender>, size=1, nrcpt=1 (queue active)`."""
    count = rest.partition("nrcpt=")[2].partition(" ")[0]
    recipients = int(count) if count.isascii() and count.isdecimal() and len(count) < 8 else 1
    return rest[6:].partition(">")[0][:320].lower(), recipients or 1
