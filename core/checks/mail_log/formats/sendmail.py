"""Sendmail: `QUEUEID: key=value, ...`, one line for the sender and one for each delivery (8.9 and newer).

A program on the server hands its mail to a first process, which hands it to the daemon under a second id.
"""

from __future__ import annotations

import re

from core.checks.mail_log.tally import Message, Tally

_ADDRESS = re.compile(r"\[(?:IPv6:)?([0-9A-Fa-f.:]{2,45})\]")
_AUTH_ID = re.compile(r"authid=([^,\s]{1,320})")
_RECIPIENT = re.compile(r"<?([^<>,\s]{1,320})>?")
_ACCEPTED = re.compile(r"stat=Sent \((\w{8,24}) Message accepted")
_LOCAL_USER = re.compile(r"relay=([^@\s,\[]{1,64})@")
_MOST_SESSIONS = 5000


class Sendmail:
    """Reads the lines of the daemon, the submission program and the queue runner."""

    def __init__(self, tally: Tally) -> None:
        self._tally = tally
        self._sessions: dict[str, tuple[str, str]] = {}  # process number -> (account, address)

    def line(self, line: str, text: str) -> None:
        """Take one line."""
        queue_id, _, rest = text.partition(": ")
        if rest.startswith("from="):
            self._arrival(queue_id, rest, line)
        elif rest.startswith("to="):
            self._delivery(queue_id, rest, line)
        elif "reject=" in rest and ("ruleset=" in rest or "Milter" in rest):
            self._refused(rest, line)
        elif "AUTH=server, " in text[:200]:
            self._login(text, line)
        elif "AUTH failure" in text[:200] or "possible SMTP attack: command=AUTH" in text:
            found = _ADDRESS.search(text, 0, 500)
            self._tally.login_failed(found[1] if found else "", "", line)
        else:
            self._tally.complaint(text, line)

    def _login(self, text: str, line: str) -> None:
        found, name = _ADDRESS.search(text, 0, 500), _AUTH_ID.search(text, 0, 800)
        if name:
            if len(self._sessions) >= _MOST_SESSIONS:
                self._sessions.clear()
            self._sessions[_process(line)] = (name[1].lower(), found[1] if found else "")

    def _arrival(self, queue_id: str, rest: str, line: str) -> None:
        relay = rest.rpartition("relay=")[2]
        found = _ADDRESS.search(relay, 0, 300)
        user = _LOCAL_USER.match("relay=" + relay[:80])
        address = "" if user else found[1] if found else ""
        message = Message(line, address)
        account = self._sessions.get(_process(line))
        if account and account[1] == address:
            message.identity = self._tally.logged_in(account[0], address)
        elif user:
            message.identity = self._tally.identity("script", user[1])
        count = rest.partition("nrcpts=")[2].partition(",")[0]
        if not (count.isascii() and count.isdecimal() and len(count) < 8) or count == "0":
            return  # refused before it had a recipient
        self._tally.new_message(queue_id, message)
        sender = rest[5:].partition(",")[0].strip("<>")[:320].lower()
        self._tally.accepted(message, sender, int(count), self._tally.clock.at(line))

    def _delivery(self, queue_id: str, rest: str, line: str) -> None:
        message = self._tally.messages.get(queue_id)
        place = rest.find("stat=")
        recipients = _RECIPIENT.findall(rest[3:4000].partition(", ")[0])
        if place < 0 or not recipients:
            return
        said, dsn = rest[place + 5 :], rest.partition("dsn=")[2][:1]
        relay = rest.partition("relay=")[2].partition(",")[0]
        found = _ADDRESS.search(relay, 0, 300)
        outside = bool(found and self._tally.public(found[1]))
        if (accepted := _ACCEPTED.search(rest, place, place + 80)) and not outside:
            self._tally.handed_on(message, self._tally.messages.get(accepted[1]))
            return
        if said.startswith("queued"):
            return
        for recipient in recipients:
            if said.startswith("Sent") or dsn == "2":
                self._tally.delivered(message, recipient, outside, False)
            else:
                # What the other server said stands before Sendmail's own summary of it ("User unknown" for most 550s).
                reply = rest[:place].partition("reply=")[2].removesuffix(", ")
                away = outside or "mailer=local" not in rest
                host = relay.partition(" ")[0].rstrip(".")
                self._tally.failed(
                    message, recipient, "" if host.startswith("[") else host, (reply or said)[:1000], line,
                    bounced=dsn == "5", forwarded=False, outside=away,
                )  # fmt: skip

    def _refused(self, rest: str, line: str) -> None:
        found = _ADDRESS.search(rest.partition("relay=")[2], 0, 300)
        self._tally.refused_by_us(found[1] if found else "", rest.rpartition("reject=")[2][:1000], line)


def _process(line: str) -> str:
    head = line[:200].partition("]: ")[0]
    return head.rpartition("[")[2]
