"""Message tracking logs of Microsoft Exchange 2007 and later: CSV whose own header names the columns; times are UTC.

Subjects stand in these lines; they are message content and are never kept. The log of one message is written by each
server it passes: it is counted once, by its Message-ID. Written from the published format; samples were made by hand.
"""

from __future__ import annotations

import csv

from core.checks.mail_log.tally import Message, Tally

_MOST_RECIPIENTS, _MOST_COLUMNS = 200, 60
_SENT = ("SEND", "SENDEXTERNAL")
_ACCEPTED = ("RECEIVE", "SUBMIT")
_BY_PEOPLE = ("Client Frontend", "Client Proxy")  # connectors people's programs log in to


class ExchangeTracking:
    """Reads the lines of one or several tracking logs, each begun by its header."""

    def __init__(self, tally: Tally) -> None:
        self._tally = tally
        self.columns: list[str] = []
        self._recipients: dict[str, frozenset[str]] = {}  # of messages from outside, as they came in

    def header(self, line: str) -> None:
        """Take "#Fields: date-time,client-ip,...". Another log's header is no concern of ours."""
        names = [name.strip() for name in line.partition(":")[2].split(",")]
        self.columns = names[:_MOST_COLUMNS] if "event-id" in names else []

    def line(self, line: str) -> None:
        """Take one line; one that does not fit the header is left out."""
        try:
            row = dict(zip(self.columns, next(csv.reader([line])), strict=False))
        except (csv.Error, StopIteration):
            return
        event, source = row.get("event-id", ""), row.get("source", "")
        if event in _ACCEPTED and source in ("SMTP", "STOREDRIVER"):
            self._accepted(row, source)
        elif (event in _SENT and source == "SMTP") or (event == "DELIVER" and source == "STOREDRIVER"):
            self._delivered(row, outside=event != "DELIVER")
        elif event in ("FAIL", "DEFER"):
            self._failed(row, bounced=event == "FAIL")

    def _accepted(self, row: dict[str, str], source: str) -> None:
        key = _key(row)
        if not key or key in self._tally.messages:
            return
        at = self._tally.clock.at(row.get("date-time", ""))
        address = row.get("original-client-ip") or (row.get("client-ip", "") if source == "SMTP" else "")
        sender, recipients = row.get("sender-address", "").lower(), _recipients(row)
        sender = "" if sender == "<>" or sender.startswith("microsoftexchange") else sender
        message = Message(_shown(row), address[:45])
        if source == "STOREDRIVER" or any(name in row.get("connector-id", "") for name in _BY_PEOPLE):
            message.identity = self._tally.logged_in(sender or "mailer-daemon", address[:45])
        elif address:
            self._remember(key, recipients)
        self._tally.new_message(key, message)
        self._tally.accepted(message, sender, _count(row, len(recipients)), at)

    def _remember(self, key: str, recipients: list[str]) -> None:
        if len(self._recipients) >= 20_000:
            del self._recipients[next(iter(self._recipients))]
        self._recipients[key] = frozenset(recipients)

    def _delivered(self, row: dict[str, str], outside: bool) -> None:
        message, came_for = self._tally.messages.get(_key(row)), self._recipients.get(_key(row))
        # To another server of the own house: it tells of the delivery itself.
        outside = outside and self._tally.public(row.get("server-ip", ""))
        if row.get("event-id") in _SENT and not outside:
            return
        for to in _recipients(row):
            self._tally.delivered(message, to, outside, bool(came_for) and to not in (came_for or ()))

    def _failed(self, row: dict[str, str], bounced: bool) -> None:
        key = _key(row)
        message, came_for = self._tally.messages.get(key), self._recipients.get(key)
        said, shown = row.get("recipient-status", "")[:600], _shown(row)
        for to in _recipients(row):
            forwarded = bool(came_for) and to not in (came_for or ())
            host = row.get("server-hostname", "")[:255]
            self._tally.failed(message, to, host, said, shown, bounced=bounced, forwarded=forwarded)


def _key(row: dict[str, str]) -> str:
    return (row.get("message-id") or row.get("internal-message-id") or "").strip("<>")[:64]


def _recipients(row: dict[str, str]) -> list[str]:
    words = row.get("recipient-address", "").lower().split(";")
    return [word.strip()[:320] for word in words[:_MOST_RECIPIENTS] if "@" in word]


def _count(row: dict[str, str], listed: int) -> int:
    told = row.get("recipient-count", "")
    return int(told) if told.isascii() and told.isdecimal() and len(told) < 7 and int(told) else max(1, listed)


def _shown(row: dict[str, str]) -> str:
    """The line as it may be kept: without the subject, and with few recipients."""
    names = ("date-time", "event-id", "source", "connector-id", "sender-address", "recipient-status")
    client = row.get("original-client-ip") or row.get("client-ip", "")
    to = ";".join(_recipients(row)[:3])
    return ",".join([*(row.get(name, "")[:200] for name in names), client[:45], to])
