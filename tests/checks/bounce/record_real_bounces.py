"""Lets real Postfix, Sendmail, Exim and OpenSMTPD write bounces and delay notices, and records them under samples/real.

    sudo .venv/bin/python -m tests.checks.bounce.record_real_bounces [FOLDER]

Each server of the lab is given one mail for each reason; the machine at the other end refuses (`refusing_smtp`), is
silent, or does not exist. What the server then puts into the sender's own mailbox is the recording.
"""

from __future__ import annotations

import re
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

from tests.servers import lab as lab_module
from tests.servers import refusing_smtp
from tests.servers.lab import REFUSES, SILENT, Lab
from tests.servers.lab_server import Server

FOLDER = Path(__file__).parent / "samples" / "real"
ZONES = {
    "refuse.example": f"@ MX 10 mx\nmx A {refusing_smtp.GREETS}\n",
    "repute.example": f"@ MX 10 mx\nmx A {refusing_smtp.REFUSES_ALL}\n",
    "small.example": f"@ MX 10 mx\nmx A {refusing_smtp.SMALL}\n",
    "silent.example": f"@ MX 10 mx\nmx A {SILENT}\n",
    "closed.example": f"@ MX 10 mx\nmx A {REFUSES}\n",
}
RECIPIENTS = [f"{name}@refuse.example" for name in refusing_smtp.REPLIES] + [
    "repute@repute.example", "small@small.example", "silent@silent.example", "closed@closed.example",
    "nohost@nosuch.example", "missing@example.jp",
]  # fmt: skip
_SUBMIT = """
import smtplib, sys
for to in sys.argv[1:]:
    with smtplib.SMTP("127.0.0.1", 25, "mail.example.jp", timeout=60) as smtp:
        head = f"From: <sales@example.jp>\\nTo: <{to}>\\nSubject: estimate for {to}\\n\\n"
        text = head + "Text of the estimate.\\n" * 20
        try:
            smtp.sendmail("sales@example.jp", [to], text)
        except smtplib.SMTPRecipientsRefused as refused:
            print(refused)
"""
_MBOX = "cat /var/mail/sales 2>/dev/null || true"


@dataclass(frozen=True)
class Way:
    """How one product is made to tell of delays, then to give up; and where the sender's mail lies."""

    before: str
    warn: str
    give_up: str
    mailbox: str = _MBOX


WAYS = {
    "pf-closed": Way(
        "postconf -e delay_warning_time=1s minimal_backoff_time=1s maximal_backoff_time=1s queue_run_delay=1s "
        "smtp_connect_timeout=2s smtp_host_lookup=dns local_recipient_maps= && postfix reload",
        "postqueue -f",
        "postconf -e delay_warning_time=0 maximal_queue_lifetime=0 && postfix reload && postqueue -f",
    ),
    "sm-closed": Way(
        "true",
        "/usr/sbin/sendmail -q -O Timeout.queuewarn=1s -O Timeout.connect=2s -O Timeout.iconnect=2s -O MinQueueAge=0",
        "/usr/sbin/sendmail -q -O Timeout.queuereturn=1s -O Timeout.connect=2s -O Timeout.iconnect=2s -O MinQueueAge=0",
    ),
    "ex-closed": Way(
        "cd /etc/exim4; sed -i '/^begin acl/i delay_warning = 1s' exim4.conf.template; "
        "sed -i 's/driver = smtp$/driver = smtp\\n  connect_timeout = 2s/' exim4.conf.template; "
        "update-exim4.conf; kill -HUP $(cat /run/exim4/exim.pid)",
        "/usr/sbin/exim4 -qff",
        "cd /etc/exim4; sed -i '/^begin retry/a *  *  F,1s,1s' exim4.conf.template; update-exim4.conf; "
        "/usr/sbin/exim4 -qff; sleep 3; /usr/sbin/exim4 -qff",
    ),
    "os-closed": Way(
        "sed -i '1i bounce warn-interval 1s' /etc/smtpd.conf; pkill -x smtpd; sleep 1; /usr/sbin/smtpd",
        "smtpctl schedule all",
        "sed -i '1i queue ttl 1s' /etc/smtpd.conf; pkill -x smtpd; sleep 1; /usr/sbin/smtpd; sleep 2; "
        "smtpctl schedule all || true",
        "cat /var/mail/sales 2>/dev/null || true; "
        "for f in /home/sales/Maildir/new/*; do [ -e $f ] && echo 'From MAILER-DAEMON' && cat $f && echo; done; true",
    ),
}


def record(folder: Path, kinds: list[str]) -> int:
    """Record what each kind of server writes; returns how many messages."""
    lab_module.ZONES.update(ZONES)
    folder.mkdir(parents=True, exist_ok=True)
    with Lab() as lab:
        names = (refusing_smtp.GREETS, refusing_smtp.REFUSES_ALL, refusing_smtp.SMALL)
        for address in names:
            lab.outside.run(["ip", "address", "add", f"{address}/24", "dev", "eth0"])
        peer = lab.outside.start([sys.executable, refusing_smtp.__file__, *names], stdout=subprocess.PIPE)
        try:
            assert peer.stdout and peer.stdout.readline() == b"ready\n"
            return sum(_record_one(lab.server(kind), kind, folder) for kind in kinds)
        finally:
            peer.kill()
            peer.wait(10)
            if peer.stdout:
                peer.stdout.close()


def _record_one(server: Server, kind: str, folder: Path) -> int:
    way = WAYS[kind]
    server.shell("id sales >/dev/null 2>&1 || useradd --create-home --shell /bin/sh sales; touch /var/mail/sales; "
                 "chown sales:mail /var/mail/sales; chmod 660 /var/mail/sales")  # fmt: skip
    server.shell(way.before)
    time.sleep(1)
    network = ["nsenter", "--target", str(server.pid), "--net", "--"]
    subprocess.run([*network, sys.executable, "-c", _SUBMIT, *RECIPIENTS], check=True, timeout=120)
    time.sleep(6)
    server.shell(way.warn)
    time.sleep(6)
    server.shell(way.give_up)
    time.sleep(8)
    named: dict[str, str] = {}
    for message in _messages(server.shell(way.mailbox)):
        named.setdefault(_name(kind, message), message)  # of repeated notices the first
    for name, message in named.items():
        (folder / name).write_text(message.rstrip("\n") + "\n", encoding="utf-8")
    return len(named)


def _messages(mailbox: str) -> list[str]:
    return [part.partition("\n")[2] for part in re.split(r"^(?=From )", mailbox, flags=re.M) if part.strip()]


def _name(kind: str, message: str) -> str:
    """Which server, which reason, and whether it gave up."""
    subject = re.search(r"^subject: .*", message, re.I | re.M)
    case = next(to.partition("@")[0] for to in RECIPIENTS if to in message)
    told = re.search(r"^action: *(\w+)", message, re.I | re.M)
    delayed = told[1].lower() == "delayed" if told else "delayed" in (subject[0].lower() if subject else "")
    return f"{kind.partition('-')[0]}-{case}-{'delay' if delayed else 'bounce'}.eml"


if __name__ == "__main__":
    where = Path(sys.argv[1]) if len(sys.argv) > 1 else FOLDER
    print(record(where, sys.argv[2:] or list(WAYS)), "messages recorded in", where)
