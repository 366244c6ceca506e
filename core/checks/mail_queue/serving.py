"""Which mail program is at work on the server: what listens on port 25 decides, else what runs.

Several may be installed, and each has a queue of its own; an old one left behind must not be taken for today's.
Only root sees which program holds a port; every account sees the list of running programs, unless it is hidden.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from core.clients.ssh import ServerReading

# The programs that hold port 25 open, as ss and netstat name them.
_LISTENERS = {
    "postfix": {"master"},
    "exim": {"exim", "exim4"},
    "sendmail": {"sendmail", "sendmail-mta"},
    "opensmtpd": {"smtpd"},
    "qmail": {"qmail-smtpd", "tcpserver"},
    "courier": {"couriertcpd"},
}
# The programs that run all the time, as ps names them (at most 15 letters).
_PROCESSES = {
    "postfix": {"master", "qmgr"},
    "exim": {"exim", "exim4"},
    "sendmail": {"sendmail", "sendmail-mta"},
    "opensmtpd": {"smtpd"},
    "qmail": {"qmail-send"},
    "courier": {"courierd", "couriertcpd"},
}
_ON_PORT_25 = re.compile(r"[:.]25\s")
_PROGRAM = re.compile(r'\(?\("([^"]{1,64})"|\d/([^\s:]{1,64})')


def serving(reading: ServerReading) -> frozenset[str]:
    """The mail programs that hold port 25 open; where the server does not say, those that run; else none."""
    return holding_port_25(reading) or _named_in(_PROCESSES, frozenset(reading.processes() or ()))


def holding_port_25(reading: ServerReading) -> frozenset[str]:
    """The mail programs that hold port 25 open, as far as the server shows this account which they are."""
    return _named_in(_LISTENERS, _on_port_25(reading))


def is_running(reading: ServerReading, mta: str) -> bool | None:
    """Whether this mail program runs; None when the server does not show all its programs.

    An open port 25 counts as running: a super-server may start the program for each connection.
    """
    names = reading.processes()
    if names is None or mta not in _PROCESSES:
        return None
    listening = reading.sections.get("listening")
    if listening is None or listening.exit_status != 0:
        return None
    return bool(names & _PROCESSES[mta]) or any(map(_ON_PORT_25.search, listening.lines))


def _on_port_25(reading: ServerReading) -> frozenset[str]:
    lines = [line for line in reading.lines("listeners") if _ON_PORT_25.search(line)]
    return frozenset(name for line in lines for found in _PROGRAM.finditer(line) for name in found.groups() if name)


def _named_in(table: dict[str, set[str]], names: frozenset[str]) -> frozenset[str]:
    found = {mta for mta, programs in table.items() if programs & names}
    # Postfix has a part called smtpd as well.
    return frozenset(found - {"opensmtpd"} if "postfix" in found else found)
