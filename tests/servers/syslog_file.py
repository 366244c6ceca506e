"""A lab server's /dev/log whose lines are written to its /var/log/mail.log, as a syslog daemon does."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Self

from tests.servers.lab_server import Server
from tests.servers.syslog_socket import SyslogSocket

# Programs that lock themselves into a folder, or read resolv.conf once, find the new ones when they are started anew.
_LOG_AGAIN = {
    "postfix": "service postfix stop; service postfix start",
    "mailserver": "service postfix stop; service postfix start",
    "guarded": "service postfix stop; service postfix start",
    "sendmail": "pkill -x sendmail || pkill -f 'sendmail: MTA'; sleep 0.5; /usr/sbin/sendmail -bd -q15m",
    "oldmail": "pkill -x sendmail || pkill -f 'sendmail: MTA'; sleep 0.5; /usr/sbin/sendmail -bd -q15m",
    "opensmtpd": "pkill -x smtpd; sleep 0.5; /usr/sbin/smtpd; "
    "for n in $(seq 50); do smtpctl show status >/dev/null 2>&1 && break; sleep 0.1; done",
}
_NOT_MAIL = re.compile(r"^.{15} \S+ (?:sshd|su|sudo|systemd)\b")


class SyslogFile(SyslogSocket):
    """`with SyslogFile(server) as log: ...; log.lines`, and /var/log/mail.log on the server."""

    def __init__(self, server: Server) -> None:
        super().__init__(server)
        self._server = server
        self.path = Path(f"/proc/{server.pid}/root/var/log/mail.log")

    def __enter__(self) -> Self:
        self.lines = _Written(self.path)
        self.path.touch(0o640)
        super().__enter__()
        self._server.shell(_LOG_AGAIN.get(self._server.kind.product.layer, "true"))
        return self

    def stop_writing(self) -> None:
        """From now on the file on the server is a test's own."""
        self.lines = []


class _Written(list[str]):
    def __init__(self, path: Path) -> None:
        super().__init__()
        self._path = path

    def append(self, line: str) -> None:
        if _NOT_MAIL.match(line):
            return  # a syslog daemon writes only the mail programs' lines into this file
        super().append(line)
        try:
            with self._path.open("a", encoding="utf-8") as file:
                file.write(line + "\n")
        except OSError:
            return  # the server's disk is full, or the server is gone: its log has a hole, as a real one would have
