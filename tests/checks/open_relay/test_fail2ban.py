"""A real fail2ban with the stock jail for Postfix is not tripped by the default run; one refusal more would do it."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

from tests.checks.open_relay.test_real_servers import asked
from tests.servers.fail2ban import Fail2ban
from tests.servers.lab import Lab

_ONE_MORE = """
import smtplib, sys
with smtplib.SMTP(sys.argv[1], 25, "client.far.example", timeout=20) as smtp:
    smtp.mail("someone@example.org")
    print(smtp.rcpt("someone@example.net")[0])
"""


def test_the_default_run_does_not_trip_a_stock_jail(lab: Lab, tmp_path: Path) -> None:
    server = lab.server("pf-closed")
    try:
        server.shell("postconf -e maillog_file=/var/log/mail.log && postfix stop && postfix start")
        server.wait_for("ls /var/log/mail.log", lambda text: "mail.log" in text, 10)
        server.wait_for(
            "timeout 5 bash -c 'exec 3<>/dev/tcp/127.0.0.1/25; read -r l <&3; echo $l'", lambda t: "220" in t, 20
        )
        log = Path(f"/proc/{server.pid}/root/var/log/mail.log")
        with Fail2ban(log, tmp_path) as jail:
            assert (jail.setting("maxretry"), jail.setting("findtime")) == ("5", "600")
            (answer,) = asked(lab.outside, [{"address": server.address, "thorough": False, "also_domain": ()}])
            assert answer["code"] == "open_relay.closed"
            assert jail.wait_for(4) == (4, 0)  # all four are counted, and nobody is banned
            said = _lines_that_match(log)
            more = lab.outside.run([sys.executable, "-c", _ONE_MORE, server.address]).stdout.strip()
            assert more == "454"
            assert jail.wait_for(5, banned=1)[1] == 1  # the jail is awake: a fifth refusal bans
    finally:
        server.stop()
    assert said == 4


def _lines_that_match(log: Path) -> int:
    """What fail2ban's own tool counts in this log."""
    argv = ["fail2ban-regex", str(log), "/etc/fail2ban/filter.d/postfix.conf[mode=more]"]
    done = subprocess.run(argv, capture_output=True, text=True, check=False, timeout=60)
    found = re.search(r"(\d+) matched", done.stdout)
    assert found, done.stdout + done.stderr
    return int(found[1])
