"""Lets real mail servers write logs of good and bad days, and records them under samples/real.

    sudo .venv/bin/python -m tests.checks.mail_log.record_real_logs [SCENARIO...]

Every line is a real program's own; only the time stamps of the ordinary week are stretched. What happened is counted by
the sending programs and written beside the log (SCENARIO.json), so that the tests compare with what was really done.
"""

from __future__ import annotations

import gzip
import json
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from tests.servers import lab as lab_module
from tests.servers import refusing_smtp
from tests.servers.lab import Lab
from tests.servers.lab_kinds import EXIM_LOGIN
from tests.servers.lab_machine import Machine
from tests.servers.lab_server import Server
from tests.servers.syslog_socket import SyslogSocket

FOLDER = Path(__file__).parent / "samples" / "real"
DOMAINS = [f"customer{n}.example" for n in range(1, 61)]
# Networks that nobody is reached at from the internet, and yet public: documentation, AS112, AMT.
STRANGERS = [
    f"{network}.{host}"
    for network in ("192.0.2", "192.31.196", "192.52.193", "192.175.48", "198.51.100")
    for host in (101, 102, 103)
]
OFFICE = "203.0.113.2"
ZONES = dict.fromkeys(DOMAINS, f"@ MX 10 mx\nmx A {refusing_smtp.GREETS}\n") | {
    "zen.spamhaus.org": '* A 127.255.255.254\n* TXT "Error: open resolver; https://check.spamhaus.org/returnc/pub/1.1.1.1/"\n',
}
# Jobs on standard input, one JSON list a line: [client, login, password, sender, [recipients]]; prints the sums.
_CLIENT = """
import json, smtplib, sys
server, results = sys.argv[1], {"accepted": 0, "recipients": 0, "login_failed": 0, "refused": 0}
for line in sys.stdin:
    source, login, password, sender, recipients = json.loads(line)
    try:
        with smtplib.SMTP(server, 25, "client.far.example", timeout=20, source_address=(source, 0)) as smtp:
            if login:
                smtp.login(login, password)
            head = f"From: <{sender}>\\nTo: <{recipients[0]}>\\nSubject: hello\\n\\n"
            refused = smtp.sendmail(sender, recipients, head + "Text.\\n" * 20)
            results["accepted"] += 1
            results["recipients"] += len(recipients) - len(refused)
            results["refused"] += len(refused)
    except smtplib.SMTPAuthenticationError:
        results["login_failed"] += 1
    except (smtplib.SMTPException, OSError) as error:
        results["refused"] += 1
        results["last"] = str(error)[:200]
print(json.dumps(results))
"""
Job = tuple[str, str, str, str, list[str]]
Story = Callable[[Lab, Server], dict[str, Any]]


def send(machine: Machine, server: Server, jobs: Sequence[Job]) -> dict[str, Any]:
    """Do these jobs from this machine, one after the other; what the server answered."""
    argv = [sys.executable, "-c", _CLIENT, server.address]
    done = machine.run(argv, input="".join(json.dumps(job) + "\n" for job in jobs), timeout=300)
    results: dict[str, Any] = json.loads(done.stdout)
    return results


def ordinary(lab: Lab, server: Server, rounds: int = 1) -> dict[str, Any]:
    """A company's day: mail comes in, mail goes out, one address is mistyped, a stranger tries to relay."""
    inwards: list[Job] = [(STRANGERS[0], "", "", f"person{n}@far.example", ["taro@example.jp"]) for n in range(6)]
    inwards += [
        (STRANGERS[3], "", "", "spam@far.example", ["nobodyhere@example.jp"]),
        (STRANGERS[4], "", "", "spam@far.example", ["victim@other.example"]),
    ]
    outwards: list[Job] = []
    for number in range(8):
        name = ("sales", "taro")[number % 2]
        outwards.append(
            (OFFICE, f"{name}@example.jp", f"secret-{name}", f"{name}@example.jp", [f"person@{DOMAINS[number]}"])
        )
    outwards.append((OFFICE, "taro@example.jp", "secret-taro", "taro@example.jp", [f"nobody@{DOMAINS[3]}"]))
    results: dict[str, Any] = {}
    for _ in range(rounds):
        results = {"inwards": send(lab.outside, server, inwards), "outwards": send(lab.neighbour, server, outwards)}
    return results


def stolen_password(lab: Lab, server: Server) -> dict[str, Any]:
    """Guessing first, then a burst with sales@'s password from fifteen addresses in five networks, senders forged."""
    day = ordinary(lab, server)
    wrong: list[Job] = [
        (STRANGERS[n % 3], "sales@example.jp", f"guess{n}", "x@far.example", ["a@far.example"]) for n in range(24)
    ]
    burst: list[Job] = []
    for number in range(240):
        names = ("nobody", "listed", f"person{number}")
        to = [
            f"{names[number % 3] if number % 3 < 2 else names[2]}@{DOMAINS[number % 60]}",
            f"p{number}@{DOMAINS[(number + 7) % 60]}",
        ]
        burst.append((STRANGERS[number % 15], "sales@example.jp", "secret-sales", f"bank{number % 12}@far.example", to))
    return {"day": day, "guesses": send(lab.outside, server, wrong), "burst": send(lab.outside, server, burst)}


def web_form(lab: Lab, server: Server) -> dict[str, Any]:
    """A program of the web server hands in 90 mails to strangers."""
    script = "".join(
        f"printf 'From: <www-data@example.jp>\\n"
        f"To: <{f'p{n}' if n % 4 else 'nobody'}@{DOMAINS[n % 60]}>\\nSubject: win\\n\\nText.\\n' | "
        "setpriv --reuid www-data --regid www-data --clear-groups /usr/sbin/sendmail -t -i\n"
        for n in range(90)
    )
    server.shell(script, timeout=300)
    return {"messages": 90}


def relay_run(lab: Lab, server: Server) -> dict[str, Any]:
    """Three strangers send through the server to sixty companies."""
    jobs: list[Job] = [
        (
            STRANGERS[3 * (n % 3)],
            "",
            "",
            f"offer{n % 5}@far.example",
            [f"{'nobody' if n % 5 == 0 else f'p{n}'}@{DOMAINS[n % 60]}"],
        )
        for n in range(120)
    ]
    return {"burst": send(lab.outside, server, jobs)}


def newsletter(lab: Lab, server: Server) -> dict[str, Any]:
    """news@ writes to 300 customers from the office; two per cent have moved."""
    day = ordinary(lab, server)
    jobs: list[Job] = [
        (
            OFFICE,
            "news@example.jp",
            "secret-news",
            "news@example.jp",
            [f"{'nobody' if n % 50 == 0 else f'reader{n}'}@{DOMAINS[n % 60]}"],
        )
        for n in range(300)
    ]
    return {"day": day, "mailing": send(lab.neighbour, server, jobs)}


def ordinary_week(lab: Lab, server: Server) -> dict[str, Any]:
    """Ordinary days one after the other; the recording is stretched to a week."""
    return ordinary(lab, server, rounds=12)


def disk_full(lab: Lab, server: Server) -> dict[str, Any]:
    """The queue stands on a very small disk."""
    ordinary(lab, server)
    server.shell(
        "service postfix stop; cp -a /var/spool/postfix /var/spool/kept; "
        "mount -t tmpfs -o size=6m small /var/spool/postfix; cp -a /var/spool/kept/. /var/spool/postfix/; "
        "pkill -x dovecot || true; sleep 1; /usr/sbin/dovecot >/dev/null 2>&1 </dev/null; "
        "service postfix start; sleep 1"
    )
    return {"refused": ordinary(lab, server)}


def resolver_broken(lab: Lab, server: Server) -> dict[str, Any]:
    """The server asks a name server that does not answer."""
    server.shell(
        "echo 'nameserver 192.0.2.66\noptions timeout:1 attempts:1' > /etc/resolv.conf; "
        "service postfix stop; service postfix start; sleep 1"
    )
    out: list[Job] = [
        (OFFICE, "taro@example.jp", "secret-taro", "taro@example.jp", [f"p{n}@{DOMAINS[n]}"]) for n in range(12)
    ]
    done = send(lab.neighbour, server, out)
    time.sleep(25)
    return {"waiting": done}


def helper_down(lab: Lab, server: Server) -> dict[str, Any]:
    """The virus filter does not run, and neither does what puts mail into the mailboxes."""
    server.shell(
        "postconf -e smtpd_milters=inet:127.0.0.1:8891 mailbox_transport=lmtp:unix:private/dovecot-lmtp; "
        "postfix reload; sleep 1"
    )
    refused = ordinary(lab, server)
    server.shell("postconf -e smtpd_milters=; postfix reload; sleep 1")
    waiting = ordinary(lab, server)
    time.sleep(3)
    return {"refused": refused, "waiting": waiting}


def blocked_25(lab: Lab, server: Server) -> dict[str, Any]:
    """The line's router drops what leaves for port 25."""
    server.shell("postconf -e smtp_connect_timeout=2s smtp_destination_concurrency_limit=5; postfix reload; sleep 1")
    lab.router.shell(f"ip route add blackhole {refusing_smtp.GREETS}/32")
    try:
        out: list[Job] = [
            (OFFICE, "taro@example.jp", "secret-taro", "taro@example.jp", [f"p{n}@{DOMAINS[n]}"]) for n in range(15)
        ]
        done = send(lab.neighbour, server, out)
        time.sleep(20)
    finally:
        lab.router.shell(f"ip route del blackhole {refusing_smtp.GREETS}/32")
    return {"waiting": done}


def brute_force(lab: Lab, server: Server) -> dict[str, Any]:
    """Strangers try passwords all day; none fits."""
    names = ("sales", "taro", "admin", "info", "test")
    wrong: list[Job] = [
        (STRANGERS[n % 15], f"{names[n % 5]}@example.jp", f"guess{n}", "x@far.example", ["a@far.example"])
        for n in range(150)
    ]
    return {"guesses": send(lab.outside, server, wrong), "day": ordinary(lab, server)}


def dead_list(lab: Lab, server: Server) -> dict[str, Any]:
    """The server asks a blacklist that does not answer it any more, and turns everybody away."""
    server.shell(
        "postconf -e 'smtpd_recipient_restrictions=permit_sasl_authenticated,reject_unauth_destination,"
        "reject_rbl_client zen.spamhaus.org'; postfix reload; sleep 1"
    )
    jobs: list[Job] = [(STRANGERS[n % 15], "", "", f"person{n}@far.example", ["taro@example.jp"]) for n in range(40)]
    return {"refused": send(lab.outside, server, jobs)}


def relayhost(lab: Lab, server: Server) -> dict[str, Any]:
    """The provider's server, through which all mail goes, does not take our password."""
    provider = lab.server("pf-login")
    provider.shell("postconf -e myhostname=mx.far.example; service postfix stop; service postfix start; sleep 1")
    server.shell(
        f"echo '[{provider.address}] taro@example.jp:wrong' > /etc/postfix/password; "
        f"postconf -e 'relayhost=[{provider.address}]' smtp_sasl_auth_enable=yes smtp_sasl_security_options= "
        "smtp_sasl_password_maps=texthash:/etc/postfix/password; postfix reload; sleep 1"
    )
    done = ordinary(lab, server)
    time.sleep(4)
    return {"waiting": done}


def exim_stolen_password(lab: Lab, server: Server) -> dict[str, Any]:
    """The same theft on Exim."""
    server.shell(
        EXIM_LOGIN + "for name in taro sales; do id $name >/dev/null 2>&1 || useradd --create-home $name; done"
    )
    return stolen_password(lab, server)


# Scenario -> (kind of server, what happens).
STORIES: dict[str, tuple[str, Story]] = {
    "postfix-stolen-password": ("pf-login", stolen_password),
    "exim-stolen-password": ("ex-closed", exim_stolen_password),
    "postfix-web-form": ("pf-closed", web_form),
    "sendmail-web-form": ("sm-closed", web_form),
    "exim-web-form": ("ex-closed", web_form),
    "postfix-open-relay": ("pf-open", relay_run),
    "sendmail-open-relay": ("sm-open", relay_run),
    "exim-open-relay": ("ex-open", relay_run),
    "opensmtpd-open-relay": ("os-open", relay_run),
    "postfix-newsletter": ("pf-login", newsletter),
    "postfix-ordinary-week": ("pf-login", ordinary_week),
    "postfix-disk-full": ("pf-login", disk_full),
    "postfix-resolver-broken": ("pf-login", resolver_broken),
    "postfix-helper-down": ("pf-login", helper_down),
    "postfix-blocked-25": ("pf-login", blocked_25),
    "postfix-brute-force": ("pf-login", brute_force),
    "postfix-dead-list": ("pf-login", dead_list),
    "postfix-relayhost-login": ("pf-login", relayhost),
}


def record(folder: Path, names: Sequence[str]) -> None:
    """Record these scenarios, each on a new server."""
    lab_module.ZONES.update(ZONES)
    folder.mkdir(parents=True, exist_ok=True)
    for name in names:
        with Lab() as lab:
            _addresses(lab)
            argv = [sys.executable, refusing_smtp.__file__, refusing_smtp.GREETS]
            peer = lab.outside.start(argv, stdout=subprocess.PIPE)
            try:
                assert peer.stdout and peer.stdout.readline() == b"ready\n"
                _record_one(lab, name, folder)
            finally:
                peer.kill()
                peer.wait(10)
                if peer.stdout:
                    peer.stdout.close()


def _addresses(lab: Lab) -> None:
    for address in (refusing_smtp.GREETS, *STRANGERS):
        lab.outside.run(["ip", "address", "add", f"{address}/32", "dev", "eth0"])
    for network in ("192.0.2.96/28", "192.31.196.0/24", "192.52.193.0/24", "192.175.48.0/24"):
        lab.router.run(["ip", "route", "add", network, "dev", "outside"])


def _record_one(lab: Lab, name: str, folder: Path) -> None:
    kind, story = STORIES[name]
    server = lab.server(kind)
    started = datetime.now()
    with SyslogSocket(server) as log:
        _restart(server, kind)
        what = story(lab, server)
        time.sleep(45 if kind.startswith("os-") else 4)  # OpenSMTPD takes its time between two connections
        lines = list(log.lines)
    if kind.startswith("ex-"):
        lines = server.shell("cat /var/log/exim4/mainlog").splitlines()
    if name.endswith("-week"):
        lines = stretched(lines, started.year)
    with gzip.GzipFile(folder / f"{name}.log.gz", "wb", mtime=0) as out:
        out.write(("\n".join(lines) + "\n").encode())
    what |= {"year": started.year, "lines": len(lines)}
    (folder / f"{name}.json").write_text(json.dumps(what, indent=1) + "\n", encoding="ascii")
    print(name, len(lines), json.dumps(what), flush=True)


def _restart(server: Server, kind: str) -> None:
    """The mail server was started before its log was listened to."""
    if kind.startswith("pf-"):
        server.shell(
            "pkill -x dovecot || true; service postfix stop; sleep 1; "
            "[ ! -x /usr/sbin/dovecot ] || /usr/sbin/dovecot >/dev/null 2>&1 </dev/null; "
            "service postfix start; sleep 1; "
            "for n in taro sales; do id $n >/dev/null 2>&1 || useradd --create-home $n; done"
        )
    elif kind.startswith("sm-"):
        server.shell("pkill -x sendmail-mta || pkill sendmail || true; sleep 1; /usr/sbin/sendmail -bd -q15m; sleep 1")
    elif kind.startswith("os-"):
        server.shell("pkill -x smtpd; sleep 1; /usr/sbin/smtpd; sleep 1")


def stretched(lines: Sequence[str], year: int, days: float = 6.5) -> list[str]:
    """The same lines in the same order with their time stamps spread evenly over the week before."""
    end = datetime.strptime(f"{year} {lines[-1][:15]}", "%Y %b %d %H:%M:%S")
    moved = [end - timedelta(days=days * (1 - number / len(lines))) for number in range(len(lines))]
    return [f"{at:%b} {at.day:2} {at:%H:%M:%S}{line[15:]}" for at, line in zip(moved, lines, strict=True)]


if __name__ == "__main__":
    record(FOLDER, sys.argv[1:] or list(STORIES))
