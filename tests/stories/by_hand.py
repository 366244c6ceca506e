"""Evidence written by hand: what a log and a queue say, on a real machine in a world without the internet.

A scene is one row of a table: the cause that must stand first, the lines of the log or the rows of the queue, and what
the DNS says. The mail program is real and idle; its log, its queue's listing or one setting is what the row says.
Nobody's resolver knows a large company's name here, as in an office behind a wall: that must not become a cause.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from tests.servers.lab import OUTSIDE
from tests.stories.company import Company, OpenCompany, Told, blacklists

NO_INTERNET = dict.fromkeys(["google.com", "l.google.com", "apple.com", "yahoo.co.jp", *blacklists()])
LOGS = {"ex": "/var/log/exim4/mainlog"}  # of the others: mail.log
SENDING, RECEIVING = ("--symptom", "not_delivered"), ("--symptom", "not_received")
Rows = list[tuple[float, str]]  # seconds ago, text


@dataclass(frozen=True)
class Evidence:
    """One scene; `cause` "" where nothing is wrong. `shell` is run on the server, {here} is the person's address."""

    cause: str
    log: Callable[[], str] = str
    queue: Callable[[], Sequence[Mapping[str, Any]]] | None = None
    told: tuple[str, ...] = SENDING
    kind: str = "pf-closed"
    shell: str = ""
    zones: Mapping[str, str | None] = field(default_factory=dict)
    bent: Mapping[str, Any] = field(default_factory=dict)

    def play(self, company: OpenCompany) -> Told:
        """Lay it out and ask."""
        office = company(self.kind, more_zones={**NO_INTERNET, **self.zones}, **self.bent)
        office.log.stop_writing()
        office.server.shell("rm -f /var/log/mail.log /var/log/exim4/mainlog")
        self._lay_out(office)
        if self.shell:
            office.server.shell(self.shell.format(here=OUTSIDE))
        return office.check(*self.told)

    def _lay_out(self, office: Company) -> None:
        if text := self.log():
            puts(office, LOGS.get(self.kind[:2], "/var/log/mail.log"), text)
        if self.queue is not None:
            puts(office, "/var/tmp/queue", "".join(json.dumps(row) + "\n" for row in self.queue()))
            office.server.shell("printf '#!/bin/sh\\ncat /var/tmp/queue\\n' > /usr/sbin/postqueue")


def puts(office: Company, path: str, text: str) -> None:
    """A file on the server."""
    Path(f"/proc/{office.server.pid}/root{path}").write_text(text, encoding="utf-8")


def lines(rows: Rows, form: str = "%b %e %H:%M:%S", host: str = " mx1 ") -> str:
    """Log lines in the order of time, as syslog writes them."""
    now = datetime.now()
    ordered = sorted(rows, key=lambda row: -row[0])
    return "".join(f"{(now - timedelta(seconds=ago)).strftime(form)}{host}{text}\n" for ago, text in ordered)


def exim(rows: Rows) -> str:
    """The same as Exim writes its own log."""
    return lines(rows, "%Y-%m-%d %H:%M:%S", " ")


def again(count: int, text: str, start: float = 900.0, every: float = 9.0) -> Rows:
    """So many lines, nine seconds apart; {n} is the number of each, from 1."""
    return [(start - n * every, text.replace("{n}", str(n))) for n in range(1, count + 1)]


def waiting(number: int, sender: str, to: str, why: str) -> dict[str, Any]:
    """A message of Postfix's queue, two hours old."""
    return {
        "queue_name": "deferred", "queue_id": f"4A{number:06X}", "arrival_time": int(time.time() - 7200),
        "message_size": 2000 + number, "forced_expire": False, "sender": sender,
        "recipients": [{"address": to, "delay_reason": why}],
    }  # fmt: skip


def letter(number: int, to: str, status: str, dsn: str, said: str, *, relay: str, sender: str, alias: str = "") -> Rows:
    """One letter that Postfix tried: queued, and what became of it."""
    key, passed = f"3C{number:05X}", f"orig_to=<{alias}>, " if alias else ""
    queued = f"postfix/qmgr[100]: {key}: from=<{sender}>, size=900, nrcpt=1 (queue active)"
    became = f"to=<{to}>, {passed}relay={relay}, delay=2.1, delays=0.1/0/1/1, dsn={dsn}, status={status} ({said})"
    return [(600 - number, queued), (599 - number, f"postfix/smtp[2000]: {key}: {became}")]


def arrived(count: int = 5) -> Rows:
    """Letters of ours that other companies took."""
    rows: Rows = []
    for n in range(1, count + 1):
        rows += letter(
            n, f"p@customer{n}.example", "sent", "2.0.0", "250 2.0.0 Ok: queued as 77",
            relay="mx[198.51.100.30]:25", sender="taro@example.jp",
        )  # fmt: skip
    return rows


def refused(
    host: str, said: str, to: str, *, count: int = 3, status: str = "bounced", sender: str = "taro@example.jp",
    alias: str = "",
) -> Rows:  # fmt: skip
    """Letters that a server turned away; its words begin with the code."""
    dsn = next((word for word in said.replace("-", " ").split() if word.count(".") == 2 and word[0] in "45"), "5.0.0")
    rows: Rows = []
    for n in range(50, 50 + count):
        words = f"host {host} said: {said} (in reply to end of DATA command)"
        rows += letter(n, to, status, dsn, words, relay=f"{host}:25", sender=sender, alias=alias)
    return rows


def sendmail_tried(stat: str, domains: Sequence[str], dsn: str = "4.0.0") -> str:
    """Letters that Sendmail tried; {d} is the domain of each."""
    rows: Rows = []
    for n, domain in enumerate(domains):
        rows.append((600 - n * 9, (
            f"sm-mta[{n}]: 6AC{n:05d}: to=<p@{domain}>, ctladdr=<taro@example.jp> (1000/1000), delay=00:10:00, "
            f"xdelay=00:01:00, mailer=esmtp, pri=120000, relay=mx.{domain}., dsn={dsn}, stat={stat}"
        ).replace("{d}", domain)))  # fmt: skip
    return lines(rows)


def exim_tried(said: str, to: str, mark: str = "**", host: str = "gmail-smtp-in.l.google.com [192.0.2.40]") -> str:
    """Four letters that somebody turned away, beside five that arrived."""
    here = 'R=dnslookup T=remote_smtp H=mx [198.51.100.30] C="250 OK"'
    rows = [(900.0 - n, f"1xA{n:03d}-00{n:04d}-0A => p{n}@customer{n + 1}.example {here}") for n in range(5)]
    for n in range(4):
        rows.append((600.0 - n, f"1xB{n:03d}-00{n:04d}-0B <= taro@example.jp U=taro P=local S=900"))
        rows.append((599.5 - n, f"1xB{n:03d}-00{n:04d}-0B {mark} {to} R=dnslookup T=remote_smtp H={host}{said}"))
    return exim(rows)
