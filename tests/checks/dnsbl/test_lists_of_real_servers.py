"""Dead lists in the settings of a real Exim and a real Sendmail, read over their own sshd."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path
from typing import Any

from tests.servers.lab import Lab

ROOT = Path(__file__).resolve().parents[3]
PROGRAM = """
import asyncio, json, sys
from dataclasses import asdict
from core.checks.dnsbl.measure import own_server_lists
from core.clients import Clients
from core.clients.journal import Journal
from core.clients.ssh import SshDoor
async def main():
    clients = Clients(None, None, SshDoor(sys.argv[1], sys.argv[2], Journal()))
    print(json.dumps([asdict(use) for use in await own_server_lists(clients)]))
asyncio.run(main())
"""
EXIM = r"""
    sed -i '/^acl_check_rcpt:/a \  deny dnslists = dnsbl.njabl.org : \\\n      zen.spamhaus.org=127.0.0.2' \
        /etc/exim4/exim4.conf.template
    sed -i '/^acl_check_rcpt:/a \  warn\n    dnslists = relays.ordb.org' /etc/exim4/exim4.conf.template
    update-exim4.conf
"""
SENDMAIL = r"""
    cd /etc/mail
    sed -i "/^MAILER(/i FEATURE(\`dnsbl', \`dnsbl.njabl.org')dnl" sendmail.mc
    sed -i "/^MAILER(/i FEATURE(\`enhdnsbl', \`zen.spamhaus.org', \`', \`t', \`127.0.0.2.')dnl" sendmail.mc
    make -s all
    mkdir -p /etc/mail/spamassassin
    echo "header RCVD_IN_X eval:check_rbl('x', 'bl.csma.biz.')" > /etc/mail/spamassassin/local.cf
"""


def uses(lab: Lab, kind: str, change: str) -> set[tuple[Any, ...]]:
    server = lab.server(kind)
    try:
        server.shell(change)
        door = server.start_sshd()
        destination = door.destination.replace("admin@", "root@")
        environment = {"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT), "HOME": "/nonexistent"}
        done = lab.outside.run([sys.executable, "-c", PROGRAM, destination, str(door.config)], env=environment)
    finally:
        server.stop()
    return {(u["zone"], u["product"], u["setting"], u["rejects"], u["any_answer"]) for u in json.loads(done.stdout)}


def test_exim(lab: Lab) -> None:
    assert uses(lab, "ex-closed", EXIM) == {
        ("dnsbl.njabl.org", "exim", "deny dnslists", True, True),
        ("zen.spamhaus.org", "exim", "deny dnslists", True, False),
        ("relays.ordb.org", "exim", "warn dnslists", False, True),
    }


def test_sendmail_and_a_spam_filter(lab: Lab) -> None:
    assert uses(lab, "sm-closed", SENDMAIL) == {
        ("dnsbl.njabl.org", "sendmail", "FEATURE(dnsbl)", True, True),
        ("zen.spamhaus.org", "sendmail", "FEATURE(enhdnsbl)", True, False),
        ("bl.csma.biz", "spamassassin", "rule", False, False),
    }
