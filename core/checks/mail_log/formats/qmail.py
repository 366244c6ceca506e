"""qmail: qmail-send through multilog (TAI64N stamps) or splogger. Message numbers are inodes, used again."""

from __future__ import annotations

import re

from core.checks.mail_log.formats.postfix_arrivals import WEB_UIDS
from core.checks.mail_log.tally import Message, Tally

_INFO = re.compile(r"info msg (\d{1,20}): bytes \d{1,20} from <([^<>]{0,320})> qp \d{1,20} uid (\d{1,10})")
_STARTING = re.compile(r"starting delivery (\d{1,20}): msg (\d{1,20}) to (local|remote) (\S{1,320})")
_DELIVERY = re.compile(r"delivery (\d{1,20}): (success|deferral|failure): (.{0,2000})")
_LIST = re.compile(r"rblsmtpd: ([0-9A-Fa-f.:]{3,45}) pid \d{1,10}:? (.{0,1000})")
_SPLOGGER = re.compile(r"\d{9,10}\.\d{1,6} ")
_HOST = re.compile(r"([0-9.]{7,15})_(?:does_not_like|failed_after|accepted)")
_MOST_DELIVERIES = 20_000


class Qmail:
    """Reads the lines of qmail-send and rblsmtpd. Plain qmail-smtpd logs nothing."""

    def __init__(self, tally: Tally) -> None:
        self._tally = tally
        self._deliveries: dict[str, tuple[str, str, bool]] = {}  # number -> (message, recipient, remote)

    def line(self, line: str) -> None:
        """Take one line of multilog, which begins with "@"."""
        label, _, text = line.partition(" ")
        self._read(line, text, self._tally.clock.tai(label))

    def after_syslog(self, line: str, text: str) -> None:
        """Take a line that came through syslog, with or without splogger's decimal stamp."""
        found = _SPLOGGER.match(text)
        self._read(line, text[found.end() :] if found else text, self._tally.clock.at(line))

    def _read(self, line: str, text: str, at: int) -> None:
        if text.startswith("info msg "):
            self._info(line, text, at)
        elif text.startswith("starting delivery "):
            if found := _STARTING.match(text):
                if len(self._deliveries) >= _MOST_DELIVERIES:
                    self._deliveries.clear()
                self._deliveries[found[1]] = (found[2], found[4], found[3] == "remote")
        elif text.startswith("delivery "):
            self._delivery(line, text)
        elif text.startswith("end msg "):
            self._tally.messages.pop(text[8:].strip(), None)
        elif text.startswith("rblsmtpd: "):
            if found := _LIST.match(text):
                self._tally.refused_by_us(found[1], found[2], line)
        else:
            self._tally.complaint(text, line)

    def _info(self, line: str, text: str, at: int) -> None:
        found = _INFO.match(text)
        if found is None:
            return
        message = self._tally.new_message(found[1], Message(line))
        if name := WEB_UIDS.get(found[3]):
            message.identity = self._tally.identity("script", name)
        self._tally.accepted(message, found[2].lower(), 1, at)

    def _delivery(self, line: str, text: str) -> None:
        found = _DELIVERY.match(text)
        known = self._deliveries.pop(found[1], None) if found else None
        if found is None or known is None:
            return
        message = self._tally.messages.get(known[0])
        if message is not None and message.told:
            self._tally.one_more(message)
        if message is not None and found[2] != "deferral":
            message.told = True
        if found[2] == "success":
            self._tally.delivered(message, known[1], known[2], False)
            return
        host = _HOST.search(found[3])
        # The stamp is kept by the clock: `failed` asks it for a line that it cannot read itself.
        self._tally.failed(
            message, known[1], host[1] if host else "", found[3].replace("_", " "), line,
            bounced=found[2] == "failure", forwarded=False, outside=known[2],
        )  # fmt: skip
