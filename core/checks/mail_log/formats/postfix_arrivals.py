"""Who handed a message to Postfix: a client, an account that logged in, a program on the server.

Nearly all mail from outside ends in a mailbox here, and nobody asks who handed it in. So the quick way only remembers
its lines; they are read when such a message goes out after all (a stranger's, or forwarded).
"""

from __future__ import annotations

import re
from itertools import islice
from typing import NamedTuple

from core.checks.mail_log.identity import Identity
from core.checks.mail_log.tally import LONGEST_ID, Message, Tally

LONGEST = 600  # a longer line is not remembered whole: it is read at once
_MOST_LOGINS, _MOST_WAITING, _FORGOTTEN = 5000, 60_000, 10_000
_CLIENT = re.compile(r"\[([0-9A-Fa-f.:]{2,45})\]")
_TO_ONE = "nrcpt=1 (queue active)"
_ENDING = slice(-len(_TO_ONE), None)
# Accounts of web servers: Debian, Red Hat, FreeBSD, Alpine, SuSE; then the nobodies.
WEB_UIDS = {"33": "www-data", "48": "apache", "80": "www", "82": "www-data", "30": "wwwrun", "65534": "nobody"}


class Login(NamedTuple):
    """An account's session, as its client= lines say it again and again."""

    address: str
    identity: Identity


# What the quick way remembers of a message: a stranger's client= line; or that line, the login, what was said when it
# was queued (a stranger's from= line, an account's sender; "" before), and whether some of it has gone out.
Waiting = tuple[str, Login | None, str, bool]
Remembered = str | Waiting


def client_address(rest: str) -> str:
    """The address in `name[address]`, "" where there is none."""
    found = _CLIENT.search(rest, 0, 500)
    return found[1] if found else ""


class Arrivals:
    """Messages by their queue ids, from client= or uid= to removed. Texts begin behind the queue id."""

    def __init__(self, tally: Tally) -> None:
        self._tally = tally
        self.mail: dict[str, Remembered | Message] = {}
        self.logins: dict[str, Login] = {}  # what follows the queue id -> whose session it is

    def message(self, queue_id: str) -> Message | None:
        """The message with this id; what was only remembered of it is read now."""
        known = self.mail.get(queue_id)
        if known is None or isinstance(known, Message):
            return known
        if len(queue_id) > LONGEST_ID:
            return None
        self.mail[queue_id] = message = self._read(known)
        return message

    def client(self, queue_id: str, rest: str, line: str) -> Message:
        """`client=name[address]`, with a login or without."""
        address, place = client_address(rest), rest.find("sasl_username=")
        identity = None
        if place >= 0:
            self._tally.clock.at(line)
            identity = self._tally.logged_in(rest[place + 14 :].partition(",")[0][:320].lower(), address)
        return self._new(queue_id, Message(line, address, identity))

    def login(self, queue_id: str, rest: str, line: str) -> None:
        """The same, probably with a login: those that come again and again are taken apart once."""
        message = self.client(queue_id, rest, line)
        # Once an account has sent from this address, a session has nothing new to say about guessed passwords.
        if message.identity and message.address in message.identity.addresses and len(rest) <= LONGEST:
            if len(self.logins) >= _MOST_LOGINS:
                self.logins.clear()
            self.logins[rest] = Login(message.address, message.identity)

    def pickup(self, queue_id: str, rest: str, line: str) -> None:
        """`uid=33 from=<www-data>`: a program on the server itself."""
        uid = rest[4:].partition(" ")[0]
        sender = rest.partition("from=<")[2].partition(">")[0]
        name = WEB_UIDS.get(uid) or (f"{sender.partition('@')[0]} (uid {uid})" if uid != "0" else "root")
        self._new(queue_id, Message(line, "", self._tally.identity("script", name[:100])))

    def from_line(self, queue_id: str, rest: str, line: str) -> None:
        """`from=<sender>, size=1, nrcpt=1 (queue active)`, or `from=<sender>, status=expired`."""
        message = self.message(queue_id)
        if message is None:  # the log begins in the middle, or it is a notice of our own
            message = self._new(queue_id, Message(line))
        if message.counted:
            if "status=expired" in rest:
                self._tally.expired(message.counted)
            return
        sender, recipients = _envelope(rest)
        self._tally.accepted(message, sender, recipients, self._tally.clock.at(line))

    def from_account(self, queue_id: str, known: Remembered | Message, rest: str, line: str) -> bool:
        """`rest`, behind from=<: an account sends new mail to one recipient. False when it is another case."""
        if not isinstance(known, tuple) or known[2] or rest[_ENDING] != _TO_ONE:
            return False
        client, login, _, _ = known
        sender = rest.partition(">")[0][:320].lower()
        if login is None or not sender:
            return False
        login.identity.message(self._tally.clock.at(line), 1, sender, login.address, client)
        self.mail[queue_id] = (client, login, sender, False)
        return True

    def keep_small(self) -> None:
        """Too much mail is waiting: what came first is forgotten."""
        if len(self.mail) > _MOST_WAITING:
            for oldest in list(islice(self.mail, len(self.mail) - _MOST_WAITING + _FORGOTTEN)):
                del self.mail[oldest]

    def _new(self, queue_id: str, message: Message) -> Message:
        if len(queue_id) <= LONGEST_ID:
            self.mail[queue_id] = message
            self.keep_small()
        return message

    def _read(self, known: Remembered) -> Message:
        if isinstance(known, str):
            return Message(known, client_address(_behind_id(known)))
        line, login, queued, left = known
        if login is None:
            message = self._read(line)
            message.sender, message.counted = _envelope(_behind_id(queued))
            return message  # what follows from its acceptance was done when it was remembered
        message = Message(line, *login)
        message.sender, message.counted, message.left = queued, 1 if queued else 0, left
        return message


def _behind_id(line: str) -> str:
    return line.partition("]: ")[2].partition(": ")[2]


def _envelope(rest: str) -> tuple[str, int]:
    """The sender and the number of recipients of `from=<sender>, size=1, nrcpt=1 (queue active)`."""
    count = rest.rpartition("nrcpt=")[2].partition(" ")[0]  # the last: a sender may call himself so
    recipients = int(count) if count.isascii() and count.isdecimal() and len(count) < 8 else 1
    return rest[6:].partition(">")[0][:320].lower(), recipients or 1
