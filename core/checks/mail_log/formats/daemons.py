"""What stands beside the mail programs: Dovecot's logins, fail2ban's bans, helpers' complaints, the logging itself."""

from __future__ import annotations

import re

from core.checks.mail_log.tally import Tally

_REMOTE = re.compile(r"\brip=([0-9A-Fa-f.:]{3,45})")
_USER = re.compile(r"\buser=<([^<>]{0,320})>")
_AUTH = re.compile(r"\bauth: [^(]{0,200}\(([^,()]{0,320}),([0-9A-Fa-f.:]{3,45})[,)]")
_BAN = re.compile(r"\bBan ([0-9A-Fa-f.:]{3,45})\b")
_DROPPED = re.compile(r"(?:begin to drop messages|Suppressed (\d{1,9}) messages|messages lost due to rate-limiting)")
_LOST = re.compile(r"(\d{1,9}) messages lost")
_MOST_BANNED = 5000


class Dovecot:
    """Logins to mailboxes, and those Dovecot decides for the mail program."""

    def __init__(self, tally: Tally) -> None:
        self._tally = tally

    def line(self, line: str, text: str) -> None:
        """Take one line."""
        if "auth failed" in text[:200] or "Aborted login (auth failed" in text[:200]:
            address, user = _REMOTE.search(text, 0, 1500), _USER.search(text, 0, 1500)
            self._tally.login_failed(address[1] if address else "", user[1] if user else "", line)
        elif "Password mismatch" in text or "unknown user" in text[:400]:
            # The mail program tells the failure itself; here stands the name that was tried.
            if found := _AUTH.search(text[:1500]):
                self._tally.tried_name(found[1])
        elif "SSL_accept() failed: " in text[:300] or "alert certificate expired" in text[:500]:
            self._tally.complaint(text, line)
        elif "Error: " in text[:200] or "Fatal: " in text[:200]:
            self._complaint(text, line)

    def _complaint(self, text: str, line: str) -> None:
        if "Quota exceeded" in text or "over quota" in text:
            self._tally.trouble("over_quota", self._tally.clock.at(line), line)
        else:
            self._tally.complaint(text, line)


class Fail2ban:
    """Whom fail2ban shut out."""

    def __init__(self, tally: Tally) -> None:
        self._tally = tally

    def line(self, line: str, text: str) -> None:
        """Take one line."""
        found = _BAN.search(text, 0, 400)
        if found and len(self._tally.banned) < _MOST_BANNED and "Restore" not in text[:200]:
            self._tally.banned[found[1]] = self._tally.banned.get(found[1], 0) + 1


class Other:
    """Helpers of the mail program, and the logging itself."""

    def __init__(self, tally: Tally) -> None:
        self._tally = tally

    def line(self, line: str, text: str) -> None:
        """A helper's line: only its complaints."""
        if "rror" in text[:300] or "atal" in text[:300] or "arning" in text[:300]:
            self._tally.complaint(text, line)

    def logging(self, line: str, text: str) -> None:
        """A line of the logging itself: whether it left something out."""
        found = _DROPPED.search(text[:400])
        if found:
            lost = _LOST.search(text[:400])
            self._tally.dropped += int(found[1] or (lost[1] if lost else "1"))
