"""Exim: `date time [zone] [pid] ID flag ...`, the main log, the reject log, and both through syslog.

Flags: `<=` arrived, `=>` `->` `>>` delivered, `**` refused for good, `==` put off, `Completed`. Subjects (`T="..."`)
are content of mail and are never kept.
"""

from __future__ import annotations

import re

from core.checks.mail_log.tally import Message, Tally

_ID = r"[0-9A-Za-z]{6}-[0-9A-Za-z]{6,11}-[0-9A-Za-z]{2,4}"
_START = re.compile(
    r"(?:\d{4}-\d\d-\d\d \d\d:\d\d:\d\d(?:\.\d{1,9})? )?(?:[+-]\d{4} )?(?:\[\d{1,10}\] )?(?:(" + _ID + ") )?"
)
_IP = re.compile(r"\[([0-9A-Fa-f.:]{2,45})\]")
_LOGIN = re.compile(r" A=[^\s:]{1,64}:([^\s:]{1,320})")
_USER = re.compile(r" U=(\S{1,64})")
_FAILED = re.compile(
    r"authenticator failed for .{0,400}?\[([0-9A-Fa-f.:]{2,45})\].{0,300}?(?:set_id=([^)]{1,320})\))?$"
)
_HOST = re.compile(r" H=(\S{1,255})")
_SUBJECT = re.compile(r' T="(?:[^"\\]|\\.){0,2000}"')


class Exim:
    """Reads the lines of Exim."""

    def __init__(self, tally: Tally) -> None:
        self._tally = tally

    def line(self, line: str) -> None:
        """Take one line of a log of Exim's own."""
        self._tally.clock.at(line)
        self._read(line, line)

    def after_syslog(self, line: str, text: str) -> None:
        """Take a line that came through syslog: Exim's own stamp may follow the system's."""
        self._tally.clock.at(line)
        self._read(line, text)

    def _read(self, line: str, text: str) -> None:
        found = _START.match(text, 0, 120)
        queue_id, rest = (found[1], text[found.end() :]) if found else (None, text)
        flag = rest[:3]
        if queue_id is None:
            self._without_id(rest, line)
        elif flag == "<= ":
            self._arrival(queue_id, rest, line)
        elif flag in ("=> ", "-> ", ">> ", "*> "):
            self._delivered(queue_id, rest)
        elif flag in ("** ", "== "):
            self._failed(queue_id, rest, line)
        elif rest.startswith("Completed"):
            self._tally.messages.pop(queue_id, None)
        else:
            self._without_id(rest, line)

    def _arrival(self, queue_id: str, rest: str, line: str) -> None:
        fields = _SUBJECT.sub("", rest[:4000])
        line = _SUBJECT.sub("", line[:4000])
        ip, login, user = _IP.search(fields), _LOGIN.search(fields), _USER.search(fields)
        address = ip[1] if ip else ""
        message = Message(line, address)
        if login:
            message.identity = self._tally.logged_in(login[1].lower(), address)
        elif user and " P=local" in fields:
            message.identity = self._tally.identity("script", user[1])
        self._tally.new_message(queue_id, message)
        sender = fields[3:].partition(" ")[0].strip("<>").lower()[:320]
        if sender == "" and " R=" in fields:
            return  # a notice of our own about another message
        self._tally.accepted(message, sender, 1, self._tally.clock.last)

    def _delivered(self, queue_id: str, rest: str) -> None:
        message = self._tally.messages.get(queue_id)
        to, address, forwarded = _recipient(rest)
        ip = _IP.search(rest.partition(" H=")[2], 0, 400)
        outside = bool(ip and self._tally.public(ip[1]))
        self._one_of(message)
        self._tally.delivered(message, address or to, outside, outside and forwarded)

    def _failed(self, queue_id: str, rest: str, line: str) -> None:
        message = self._tally.messages.get(queue_id)
        to, address, forwarded = _recipient(rest)
        bounced = rest.startswith("** ")
        if bounced:
            self._one_of(message)
        host = _HOST.search(rest, 0, 800)
        said = rest.partition("): ")[2] if " defer (" in rest[:400] and not host else rest.partition("]: ")[2]
        if not said:
            said = rest.partition(": ")[2] or rest
        outside = " T=" not in rest[:600] or "remote" in rest[:600] or host is not None
        self._tally.failed(
            message, address or to, host[1] if host else "", said[:1000], line,
            bounced=bounced, forwarded=forwarded, outside=outside,
        )  # fmt: skip

    def _one_of(self, message: Message | None) -> None:
        """Exim tells recipients one by one: the first is counted with the message."""
        if message is None:
            return
        if message.told:
            self._tally.one_more(message)
        message.told = True

    def _without_id(self, rest: str, line: str) -> None:
        if "authenticator failed for " in rest[:200]:
            found = _FAILED.search(rest[:1500])
            self._tally.login_failed(found[1] if found else "", (found[2] or "") if found else "", line)
        elif "rejected " in rest[:900] and ("H=" in rest[:400] or "rejected connection" in rest[:900]):
            ip = _IP.search(rest, 0, 500)
            said = rest.partition("rejected ")[2].partition(": ")[2] or rest
            self._tally.refused_by_us(ip[1] if ip else "", said[:1000], line)
            if "temporarily rejected " in rest[:900]:  # for want of something it asks: what the reason tells
                self._tally.complaint(said[:1000], line)
        else:
            self._tally.complaint(rest, line)


def _recipient(rest: str) -> tuple[str, str, bool]:
    """The final address, the one in the envelope where it differs, and whether the mail was forwarded to it."""
    fields = rest[3:700].partition(" R=")[0]
    to, _, original = fields.partition(" <")
    original = original.partition(">")[0]
    if original and "@" not in to:
        return to, original, False  # a mailbox here, and the address it stands for
    return to.partition(" ")[0].rstrip(":"), "", bool(original)
