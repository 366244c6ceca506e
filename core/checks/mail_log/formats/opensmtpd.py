"""OpenSMTPD 6.x and 7.x: `session event key=value ...`. A message's id is the first half of its envelopes' ids."""

from __future__ import annotations

import re

from core.checks.mail_log.tally import Message, Tally

_FIELD = re.compile(r'(\w{1,20})=(?:<([^<>]{0,320})>|"((?:[^"\\]|\\.){0,1500})"|(\S{0,400}))')
_RELAY = re.compile(r"([0-9A-Fa-f.:]{3,45})\s?\(?([^\s)]{0,255})")
_MOST_SESSIONS = 20_000


class OpenSmtpd:
    """Reads the lines of smtpd."""

    def __init__(self, tally: Tally) -> None:
        self._tally = tally
        self._sessions: dict[str, list[str]] = {}  # session -> [address, account]

    def line(self, line: str, text: str) -> None:
        """Take one line."""
        session, _, rest = text.partition(" ")
        kind = rest[:18]
        if kind.startswith("smtp connected"):
            self._connected(session, rest)
        elif kind.startswith("smtp disconnected"):
            self._sessions.pop(session, None)
        elif kind.startswith("smtp envelope"):
            self._envelope(session, rest, line)
        elif kind.startswith("smtp authenticatio"):
            self._login(session, rest, line)
        elif kind.startswith("smtp failed-comman"):
            self._refused(session, rest, line)
        elif kind.startswith(("mta delivery", "mda delivery")):
            self._delivery(rest, line, outside=rest.startswith("mta"))
        elif session in ("warn:", "fatal:", "warn", "fatal") or "rror" in rest[:300]:
            self._tally.complaint(text, line)

    def _connected(self, session: str, rest: str) -> None:
        if len(self._sessions) >= _MOST_SESSIONS:
            self._sessions.clear()
        address = rest.partition("address=")[2].partition(" ")[0]
        self._sessions[session[:32]] = [address.strip("[]")[:45], ""]

    def _login(self, session: str, rest: str, line: str) -> None:
        fields = _fields(rest)
        known = self._sessions.get(session, ["", ""])
        if fields.get("result") == "ok":
            known[1] = fields.get("user", "").lower()
        else:
            self._tally.login_failed(known[0], fields.get("user", ""), line)

    def _envelope(self, session: str, rest: str, line: str) -> None:
        fields = _fields(rest)
        message_id = fields.get("evpid", "")[:8]
        message = self._tally.messages.get(message_id)
        if message is not None:
            self._tally.one_more(message)
            return
        address, account = self._sessions.get(session, ["", ""])
        sender = fields.get("from", "").lower()
        at = self._tally.clock.at(line)
        message = Message(line, "" if address == "local" else address)
        if account:
            message.identity = self._tally.logged_in(account, address)
        elif address == "local":
            message.identity = self._tally.identity("script", sender.partition("@")[0] or "mailer-daemon")
        self._tally.new_message(message_id, message)
        self._tally.accepted(message, sender, 1, at)

    def _delivery(self, rest: str, line: str, outside: bool) -> None:
        fields = _fields(rest)
        message = self._tally.messages.get(fields.get("evpid", "")[:8])
        relay = _RELAY.match(fields.get("relay", ""))
        public = bool(relay and self._tally.public(relay[1]))
        to = fields.get("to", "")
        forwarded = outside and fields.get("rcpt", "-") not in ("-", "", to)
        result = fields.get("result", "")
        if result == "Ok":
            self._tally.delivered(message, to, outside and (public or relay is None), forwarded)
        elif result in ("TempFail", "PermFail"):
            host = relay[2].rstrip(".") if relay else ""
            self._tally.failed(
                message, to, host, fields.get("stat", ""), line,
                bounced=result == "PermFail", forwarded=forwarded, outside=outside,
            )  # fmt: skip

    def _refused(self, session: str, rest: str, line: str) -> None:
        fields = _fields(rest)
        result = fields.get("result", "")
        if fields.get("command", "").upper().startswith("AUTH") and result.startswith("535"):
            return  # told already by the line about the login
        if result.startswith(("4", "5")) and not result.startswith("50"):
            self._tally.refused_by_us(self._sessions.get(session, ["", ""])[0], result, line)


def _fields(text: str) -> dict[str, str]:
    return {found[1]: found[2] or found[3] or found[4] or "" for found in _FIELD.finditer(text[:3000])}
