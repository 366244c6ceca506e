"""The queue of real servers, read over a real sshd: counted as the server's own tool counts, or said why not.

What stands in a queue is made so that every state of the product is there; the expected numbers are always those
which the product's own tools print as root, never written here.
"""

from __future__ import annotations

import json
import os
import re
import sys
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import pytest

from core.texts import Texts
from tests.servers.lab import SILENT, Lab
from tests.servers.lab_server import Server, SshAccess

PRODUCTS = {"pf-closed": "postfix", "sm-closed": "sendmail", "ex-closed": "exim", "os-closed": "opensmtpd"}
# Puts two of the deferred messages aside by hand, as an admin would.
SET_ASIDE = {
    "pf-closed": """postqueue -p | sed -n 's/^\\([0-9A-F]*\\) .*sales@.*/\\1/p' | head -2 | postsuper -h -""",
    "sm-closed": "sendmail -bp | sed -n 's/^\\([0-9A-Za-z]\\{14\\}\\) .*sales@.*/\\1/p' | head -2 | "
    "while read id; do sendmail -qI$id -Qhand; done",
    "ex-closed": "exim4 -bp | sed -n 's/.* \\([^ ]*\\) <sales.*/\\1/p' | head -2 | xargs exim4 -Mf",
    "os-closed": "smtpctl show queue | cut -d'|' -f1 | head -2 | while read e; do smtpctl pause envelope $e; done",
}
# What the product's own tools count: total, active, deferred, hold, frozen.
_POSTFIX = 'postqueue -j | grep -c \'"queue_name": "%s"\' || true'
_OPENSMTPD = "smtpctl show queue | grep -c '%s' || true"
_NONE = "echo 0"
OWN_COUNTS = {
    "pf-closed": ("postqueue -j | wc -l", *(_POSTFIX % name for name in ("active", "deferred", "hold")), _NONE),
    "sm-closed": (
        "expr $(mailq | sed -n 's/.*Total requests: *//p' | paste -sd+ | sed 's/+/ + /')"
        " + $(sendmail -bp -qQ | sed -n 's/.*Total requests: *//p')",
        "sendmail -bp | grep -c '^[0-9A-Za-z]*[*] ' || true",
        "sendmail -bp | grep -c '^[0-9A-Za-z]\\{14\\} ' || true",
        "sendmail -bp -qQ | sed -n 's/.*Total requests: *//p'",
        _NONE,
    ),
    "ex-closed": (
        "exim4 -bpc",
        _NONE,
        "exim4 -bp | grep '<.*>' | grep -vc frozen",
        _NONE,
        "exim4 -bp | grep -c frozen",
    ),
    "os-closed": (
        "smtpctl show queue | wc -l",
        _OPENSMTPD % "|inflight|",
        "smtpctl show queue | grep -v suspend | grep -c '|pending|' || true",
        _OPENSMTPD % "|suspend|",
        _NONE,
    ),
}


@dataclass(frozen=True)
class Answer:
    """What `mail-first-aid check` printed about the queue, and its exit status."""

    document: dict[str, Any]
    status: int

    @property
    def facts(self) -> dict[str, Any]:
        return dict(self.result["facts"])

    @property
    def result(self) -> dict[str, Any]:
        (only,) = self.document["results"]
        return dict(only)

    def finding(self, code: str) -> dict[str, Any]:
        found = {finding["code"]: finding for finding in self.result["findings"]}
        assert code in found, (list(found), self.result["problem"])
        return dict(found[code])


@dataclass(frozen=True)
class Place:
    """A server and the way in."""

    lab: Lab
    server: Server
    door: SshAccess

    def ask(self, account: str = "root", *more: str) -> Answer:
        """The command, run on a machine outside, logged in as this account."""
        where = f"{account}@{self.server.address}"
        options = ["--only", "mail_queue", "--ssh", where, "--ssh-config", str(self.door.config), *more]
        with tempfile.TemporaryDirectory(prefix="mfa-home-") as home:
            done = self.lab.outside.run(
                [sys.executable, "-m", "core", "check", "--lang", "en", "--json", *options],
                check=False,
                env={"PATH": os.environ["PATH"], "LC_ALL": "C.UTF-8", "HOME": home},
            )
        assert done.stdout.startswith("{"), f"status {done.returncode}: {done.stdout}{done.stderr}"
        return Answer(json.loads(done.stdout), done.returncode)


@pytest.fixture
def place(lab: Lab) -> Iterator[Callable[[str], Place]]:
    made: list[Server] = []

    def make(kind: str) -> Place:
        made.append(lab.server(kind))
        return Place(lab, made[-1], made[-1].start_sshd())

    yield make
    for server in made:
        server.stop()


def fill(server: Server) -> None:
    """Ordinary mail, bounces, two messages set aside, and two on their way to a machine that never answers."""
    server.fill_queue(9, recipients=["guest{n}@far.example", "guest{n}@other.example"])
    server.fill_queue(3, sender="")
    server.shell(SET_ASIDE[server.name])
    if server.name == "ex-closed":  # its listing does not tell what is under way
        return
    before = server.queue_count()
    letter = "printf 'Subject: under way\\n\\nText.\\n'"
    for number in range(2):
        server.shell(f"{letter} | /usr/sbin/sendmail -f sales@example.jp 'guest{number}@[{SILENT}]'")
    server.wait_for(server.kind.product.count, lambda text: int(text or 0) >= before + 2, 20)


def own_counts(server: Server) -> dict[str, int]:
    names = ("total", "active", "deferred", "hold", "frozen")
    return dict(zip(names, [int(server.shell(script).strip() or 0) for script in OWN_COUNTS[server.name]], strict=True))


@pytest.mark.parametrize("kind", PRODUCTS)
def test_every_state_is_counted_as_the_servers_own_tool_counts_it(place: Callable[[str], Place], kind: str) -> None:
    here = place(kind)
    fill(here.server)
    facts = here.ask().facts
    expected = own_counts(here.server)
    assert {name: facts[name] for name in expected} == expected
    assert facts["mta"] == PRODUCTS[kind]
    assert facts["null_sender"] == 3
    assert facts["complete"] and not facts["unparsed"] and facts["running"]
    assert expected["total"] == (12 if kind == "ex-closed" else 14)
    assert expected["hold"] + expected["frozen"] == 2


@pytest.mark.parametrize("kind", PRODUCTS)
def test_an_empty_queue_is_empty(place: Callable[[str], Place], kind: str) -> None:
    answer = place(kind).ask()
    assert answer.facts["total"] == 0
    assert [finding["code"] for finding in answer.result["findings"]] == ["mail_queue.empty"]
    assert answer.status == 0


DENIED = {
    "pf-closed": "postconf -e authorized_mailq_users=root",
    "sm-closed": "sed -i 's/^O PrivacyOptions=/&restrictmailq,/' /etc/mail/sendmail.cf /etc/mail/submit.cf",
    "ex-closed": "true",
    "os-closed": "true",
}


@pytest.mark.parametrize("kind", DENIED)
def test_a_plain_account_that_may_not_look_is_said_so(place: Callable[[str], Place], kind: str) -> None:
    """Sendmail's refusal comes with exit status 0; Exim's and OpenSMTPD's is their default."""
    here = place(kind)
    here.server.fill_queue(3)
    here.server.shell(DENIED[kind])
    answer = here.ask("admin")
    assert answer.facts["total"] is None
    assert (answer.status, answer.document["severity"]) == (3, "unknown")
    said = answer.finding("mail_queue.permission_denied")
    assert said["title"] == Texts("en").text("mail_queue.permission_denied.title")
    assert said["values"]["command"] == answer.facts["command"]
    assert "not known yet" in said["meaning"]
    assert "root" in " ".join(said["steps"])
    assert here.ask("root").facts["total"] == here.server.queue_count() == 3


STOP = {
    "pf-closed": "service postfix stop",
    "sm-closed": "pkill -x sendmail || pkill -f 'sendmail: MTA'",
    "ex-closed": "pkill -x exim4",
    "os-closed": "pkill -x smtpd",
}


@pytest.mark.parametrize("kind", PRODUCTS)
def test_a_stopped_mail_program_is_critical_whatever_its_tool_says(place: Callable[[str], Place], kind: str) -> None:
    here = place(kind)
    here.server.fill_queue(3)
    here.server.shell(STOP[kind])
    here.server.wait_for("ss -ltn | grep -c ':25 '; true", lambda text: text.strip() == "0", 10)
    for account in ("root", "admin"):
        answer = here.ask(account)
        assert answer.finding("mail_queue.system_down")["severity"] == "critical"
        assert answer.status == 2
        if account == "root":
            assert answer.facts["total"] == 3


def test_no_command_for_the_queue(place: Callable[[str], Place]) -> None:
    here = place("os-closed")
    here.server.shell("mv /usr/sbin/smtpctl /root/")
    answer = here.ask()
    assert answer.facts["total"] is None
    assert "smtpctl" in answer.finding("mail_queue.not_found")["values"]["command"]
    assert answer.status == 3


@pytest.mark.parametrize("account", ["root", "admin"])
def test_of_two_mail_programs_the_one_on_port_25_is_asked(place: Callable[[str], Place], account: str) -> None:
    """Another one left a longer queue behind; a plain account sees no port's program, but sees what runs."""
    here = place("pf-closed")
    here.server.fill_queue(2)
    rows = "".join(f" 3d   360 1xUz7a-00004n-{n:02} <old@example.jp>\\n          a@far.example\\n\\n" for n in range(9))
    here.server.shell(f"printf '#!/bin/sh\\nprintf \"{rows}\"\\n' > /usr/sbin/exim4; chmod 755 /usr/sbin/exim4")
    facts = here.ask(account).facts
    assert (facts["mta"], facts["total"]) == ("postfix", 2)


@pytest.mark.parametrize("kind", PRODUCTS)
def test_looking_changes_nothing_and_leaves_nothing(place: Callable[[str], Place], kind: str) -> None:
    """No file of the server is newer, no program more runs, and root gets no mail; read as both accounts."""
    here = place(kind)
    here.server.fill_queue(3)
    here.ask("admin")  # the first login of an account makes sshd and the system take note of it
    before = here.server.queue_count(), _mail_of_root(here.server), _programs(here.server)
    here.server.shell("touch /run/stamp; sleep 0.1")
    for account in ("admin", "root"):
        here.ask(account)
    assert _written_since(here.server, "/run/stamp") == []
    assert (here.server.queue_count(), _mail_of_root(here.server), _programs(here.server)) == before


def _written_since(server: Server, stamp: str) -> list[str]:
    """Files written by the reading, without what the login itself writes and without the mail program's own life."""
    own = "/var/spool/(postfix|mqueue|mqueue-client|exim4|smtpd)/|/var/lib/postfix/|/var/log/exim4/|/etc/mail/"
    login = "/var/log/(lastlog|wtmp|btmp)|/run/(sshd|utmp)"
    found = server.shell(f"find / -xdev -newer {stamp} ! -type d ! -type s; find /run /dev/shm -newer {stamp} -type f")
    return [path for path in found.splitlines() if not re.match(f"({own}|{login})", path)]


def _mail_of_root(server: Server) -> str:
    return server.shell("ls -l /var/mail/root /var/spool/mail/root /root/Maildir 2>/dev/null || true")


def _programs(server: Server) -> list[str]:
    """Every program but this look itself, and but those the mail program starts and ends as it likes."""
    names = server.shell("ps -A -o comm=").split()
    passing = {"ps", "sh", "bash", "smtp", "bounce", "cleanup", "trivial-rewrite", "smtpd", "proxymap", "error"}
    passing |= {"anvil", "tlsmgr", "showq", "local", "exim4", "sendmail", "scache", "flush", "defer", "retry"}
    return sorted(name for name in names if name not in passing)
