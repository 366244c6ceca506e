"""A company whose mail stops, rebuilt from real programs; and the person who runs the command, from outside.

How a story is written:

    def test_the_password_of_sales_was_stolen(company: OpenCompany) -> None:
        '''(what happened, in a few sentences a reader enjoys)'''
        office = company("pf-login")                        # Postfix and Dovecot, sshd, DNS, a log: all in order
        office.send(office.lab.outside, jobs)               # the incident, done with real programs
        told = office.check("--symptom", "not_delivered")   # the whole command, run at home over ssh
        told.first_is("account_hijacked", "confirmed", "you")
        told.well("tls_health", "dns_health")               # what is healthy is not called critical

Facts of the scene. The domain is example.jp, the server is `office.server` (a machine of `tests/servers/lab.py`: use
`.shell(...)` to break it), its DNS is `office.dns`, shared by the server and the person's computer. The world outside:

    customer1.example … customer60.example   ordinary companies; "nobody@" of each does not exist, "full@" is full, and
                                             so on (`refusing_smtp.REPLIES`)
    gmail.com, outlook.com, docomo.ne.jp …   `office.world.answers({"gmail.com": refused("RCPT", "550 5.7.26 ...")})`
    STRANGERS                                addresses of nobody we know, in four networks

`company(kind, zone=..., reverse=..., spf=..., listed=..., more_zones=...)` bends what the DNS says. Anything is undone
when the test ends. A story never says what the app should look at: it breaks something real and asks.
The fixtures `company` and `world` stand in `conftest.py`. `pytestmark = pytest.mark.story` on the file; `slow` too
keeps a story out of `make test`: only a few, chosen ones go in there. MFA_STORIES_LOG=FILE writes what each was told.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from core.knowledge.dnsbl import load_lists, reversed_address
from tests.servers import big_receivers, refusing_smtp
from tests.servers.lab import Lab
from tests.servers.lab_machine import Machine
from tests.servers.lab_server import Server, SshAccess
from tests.servers.nsd import Nsd
from tests.servers.syslog_file import SyslogFile

PROGRAM = Path(sys.executable).with_name("mail-first-aid")
CUSTOMERS = [f"customer{n}.example" for n in range(1, 61)]
# Networks that nobody is reached at from the internet, and yet public: documentation, AS112, AMT.
STRANGERS = [
    f"{network}.{host}"
    for network in ("192.0.2", "192.31.196", "192.52.193", "192.175.48")
    for host in (101, 102, 103, 104)
]
# As many people outside as there are addresses for them.
ONE_OF_EACH = tuple(f"p{n}@{CUSTOMERS[n]}" for n in range(len(STRANGERS)))
BIG = "198.51.100.40"
# The large receivers: domain -> its mail server's zone and name there.
RECEIVERS = {
    "gmail.com": ("l.google.com", "gmail-smtp-in"),
    "outlook.com": ("olc.protection.outlook.com", "outlook-com"),
    "docomo.ne.jp": ("docomo.ne.jp", "mfsmax"),
    "yahoo.com": ("am0.yahoodns.net", "mta5"),
    "icloud.com": ("mail.icloud.com", "mx01"),
    "yahoo.co.jp": ("mail.yahoo.co.jp", "mx1"),
}
# Mail handed in one by one: a JSON list a line, [client address, login, password, sender, [recipients], From:].
_CLIENT = """
import json, smtplib, sys
results = {"accepted": 0, "refused": 0, "login_failed": 0, "last": ""}
for line in sys.stdin:
    source, login, password, sender, recipients, author = json.loads(line)
    try:
        with smtplib.SMTP(sys.argv[1], 25, "client.far.example", timeout=30, source_address=(source, 0)) as smtp:
            if login:
                smtp.login(login, password)
            head = f"From: <{author}>\\nTo: <{recipients[0]}>\\nSubject: hello\\n\\n"
            refused = smtp.sendmail(sender, recipients, head + "Text.\\n" * 20)
            results["accepted"] += 1
            results["refused"] += len(refused)
    except smtplib.SMTPAuthenticationError:
        results["login_failed"] += 1
    except (smtplib.SMTPException, OSError) as error:
        results["refused"] += 1
        results["last"] = str(error)[:200]
print(json.dumps(results))
"""


Answer = Mapping[str, Any]  # of a large receiver; made by `refused`


def refused(stage: str, reply: str, after: int = 0) -> Answer:
    """What a large receiver says ({client} is who sends, {to} the recipient), once `after` recipients were taken."""
    return {"stage": stage, "reply": reply, "after": after}


@dataclass
class World:
    """Everything outside the company: its customers, the large receivers, strangers."""

    lab: Lab
    replies: Path

    def answers(self, replies: Mapping[str, Answer]) -> None:
        """From now on the large receivers answer so; those not named take everything."""
        self.replies.write_text(json.dumps(replies), encoding="utf-8")

    @contextmanager
    def receiver_at(self, address: str) -> Iterator[None]:
        """The large receivers answer at this address too (one that `lab.outside` has)."""
        with _running(self.lab.outside, [big_receivers.__file__, address, str(self.replies)]):
            yield

    @property
    def zones(self) -> dict[str, str]:
        """What the world's DNS says of them."""
        zones = dict.fromkeys(CUSTOMERS, f"@ MX 10 mx\nmx A {refusing_smtp.GREETS}\n")
        for domain, (zone, host) in RECEIVERS.items():
            zones[domain] = zones.get(domain, "") + f"@ MX 10 {host}.{zone}.\n"
            zones[zone] = zones.get(zone, "") + f"{host} A {BIG}\n"
        zones["yahoo.co.jp"] += f"www A {BIG}\n"
        return zones


@contextmanager
def outside_world(lab: Lab, folder: Path) -> Iterator[World]:
    """The world on `lab.outside`, for as long as a run of stories takes."""
    for address in (refusing_smtp.GREETS, BIG, *STRANGERS):
        lab.outside.run(["ip", "address", "replace", f"{address}/32", "dev", "eth0"])
    for network in ("192.0.2.96/28", "192.31.196.0/24", "192.52.193.0/24", "192.175.48.0/24"):
        lab.router.run(["ip", "route", "replace", network, "dev", "outside"])
    world = World(lab, folder / "replies.json")
    world.answers({})
    with ExitStack() as stack:
        stack.enter_context(_running(lab.outside, [refusing_smtp.__file__, refusing_smtp.GREETS]))
        stack.enter_context(world.receiver_at(BIG))
        yield world


@contextmanager
def _running(machine: Machine, argv: Sequence[str]) -> Iterator[None]:
    program = machine.start([sys.executable, *argv], stdout=subprocess.PIPE)
    try:
        assert program.stdout and program.stdout.readline() == b"ready\n", argv
        yield
    finally:
        program.kill()
        program.communicate()


@dataclass(frozen=True)
class Told:
    """What the command printed, its exit status and how many seconds it took."""

    document: dict[str, Any]
    status: int
    seconds: float

    @property
    def causes(self) -> list[str]:
        return [cause["code"] for cause in self.document["causes"]]

    @property
    def first(self) -> dict[str, Any]:
        return dict(self.document["causes"][0])

    def result(self, check: str) -> dict[str, Any]:
        return next(dict(result) for result in self.document["results"] if result["check"] == check)

    def codes(self, check: str) -> list[str]:
        return [finding["code"] for finding in self.result(check)["findings"]]

    @property
    def critical(self) -> set[str]:
        """The checks that say "problem"."""
        return {result["check"] for result in self.document["results"] if result["severity"] == "critical"}

    def first_is(self, code: str, certainty: str = "", who: str = "") -> None:
        """The answer is this cause; and, where said, this sure, and this is who must act."""
        first = self.first
        assert first["code"] == code, self.summary
        assert not certainty or first["certainty"] in certainty.split("|"), self.summary
        assert not who or first["who_acts"] == who, self.summary

    def well(self, *checks: str) -> None:
        """These parts are healthy, and nothing critical is said of them."""
        assert not self.critical & set(checks), self.summary

    @property
    def summary(self) -> str:
        """What a failing story prints."""
        lines = [f"{cause['code']} {cause['certainty']} {cause['who_acts']}" for cause in self.document["causes"]]
        for result in self.document["results"]:
            found = [f"{finding['code']} {finding['severity']}" for finding in result["findings"]]
            lines.append(
                f"  {result['check']}: {result['severity']} {(result['problem'] or {}).get('code', '')} {found}"
            )
        return "\n" + "\n".join(lines)


def blacklists(*listed: str) -> dict[str, str]:
    """Zones of every list that takes part in a run, with its test entries; `listed` addresses are on Spamhaus ZEN."""
    zones = {
        one.zone: "".join(f"{name} A {record}\n" for name, records in one.positive_tests() for record in records)
        for one in load_lists()
        if one.tier == "A"
    }
    for address in listed:
        zones["zen.spamhaus.org"] += f"{reversed_address(address)} A 127.0.0.2\n"
    return zones


@dataclass
class Company:
    """The office: its mail server with everything around it, and who works there."""

    world: World
    server: Server
    door: SshAccess
    dns: Nsd
    folder: Path
    log: SyslogFile
    account: str = "root"
    _stack: ExitStack = field(default_factory=ExitStack)

    @property
    def lab(self) -> Lab:
        return self.world.lab

    @property
    def ssh(self) -> list[str]:
        """The options for a login to the server."""
        return ["--ssh", f"{self.account}@{self.server.address}", "--ssh-config", str(self.door.config)]

    @property
    def questions(self) -> list[str]:
        """What a person answers who knows their domain, server and its DNS."""
        return ["--domain", "example.jp", "--mail-host", self.server.address, "--resolver", self.dns.server]

    def check(
        self, *more: str, login: bool = True, consent: bool = False, machine: Machine | None = None
    ) -> Told:  # fmt: skip
        """`mail-first-aid check --json`, the whole of it, as a person at home runs it (or on another machine).

        With `consent` somebody knocks as a stranger to try the relay, which takes ten seconds."""
        own = ["--own-server"] if consent else []
        options = [*self.questions, *(self.ssh if login else []), *own, *more]
        return run_command(machine or self.lab.outside, self.folder, options)

    def person(self, *options: str) -> Told:
        """The command as somebody outside runs it who knows only this."""
        return run_command(self.lab.outside, self.folder, options)

    def send(self, machine: Machine, jobs: Sequence[Sequence[Any]]) -> dict[str, Any]:
        """Hand in mail over SMTP, one after the other; what the server answered, counted.

        A job is (client address, login or "", password, envelope sender, recipients, author).
        """
        text = "".join(json.dumps(list(job)) + "\n" for job in jobs)
        done = machine.run([sys.executable, "-c", _CLIENT, self.server.address], input=text, timeout=300)
        return dict(json.loads(done.stdout))

    def send_inside(self, jobs: Sequence[Sequence[Any]]) -> dict[str, Any]:
        """The same on the server itself, through its own door on 127.0.0.1."""
        network = ["nsenter", "--target", str(self.server.pid), "--net", "--"]
        text = "".join(json.dumps(list(job)) + "\n" for job in jobs)
        done = subprocess.run(
            [*network, sys.executable, "-c", _CLIENT, "127.0.0.1"], input=text, text=True, check=True,
            stdout=subprocess.PIPE, timeout=300,
        )  # fmt: skip
        return dict(json.loads(done.stdout))

    def staff_sends(self, recipients: Sequence[str], name: str = "taro") -> dict[str, Any]:
        """One letter to each of these from somebody's desk (a server with logins: "pf-login")."""
        mail = f"{name}@example.jp"
        jobs = [("203.0.113.2", mail, f"secret-{name}", mail, [to], mail) for to in recipients]
        return self.send(self.lab.neighbour, jobs)

    def server_sends(self, recipients: Sequence[str], sender: str = "taro@example.jp") -> None:
        """One letter to each, written on the server itself: every kind of server can do that."""
        letter = "printf 'Subject: hello\\n\\nText.\\n' | /usr/sbin/sendmail -f"
        self.server.shell("\n".join(f"{letter} {sender} {to}" for to in recipients), timeout=300)

    def gets_mail(self, count: int = 3) -> dict[str, Any]:
        """Ordinary letters from outside to the people of the company."""
        jobs = [(STRANGERS[0], "", "", f"person{n}@far.example", ["root@example.jp"], f"person{n}@far.example")
                for n in range(count)]  # fmt: skip
        return self.send(self.lab.outside, jobs)

    def strangers_write(self, senders: Sequence[str] = ONE_OF_EACH, to: str = "root@example.jp") -> dict[str, Any]:
        """A letter from each of these people, each from another address outside; what the server answered, counted."""
        jobs = [(STRANGERS[n % len(STRANGERS)], "", "", sender, [to], sender) for n, sender in enumerate(senders)]
        return self.send(self.lab.outside, jobs)

    def wait_for_log(self, words: str, count: int = 1, seconds: float = 40.0) -> None:
        """Until this stands in the server's mail log so often."""
        end = time.monotonic() + seconds
        while sum(words in line for line in list(self.log.lines)) < count:
            assert time.monotonic() < end, f"{words!r} not {count} times in the log:\n" + "\n".join(
                self.log.lines[-20:]
            )
            time.sleep(0.1)

    def wait_for_waiting(self, count: int, seconds: float = 60) -> None:
        """Until so many messages were tried and have to wait."""
        self.server.wait_for(self.server.kind.product.deferred, lambda text: int(text or 0) >= count, seconds)

    def firewall(self, rules: str) -> None:
        """Rules of nftables on the server, as its administrator or its guard program sets them."""
        subprocess.run(["nsenter", "--target", str(self.server.pid), "--net", "nft", rules], check=True)


OpenCompany = Callable[..., Company]


def run_command(machine: Machine, folder: Path, options: Sequence[str], command: str = "check") -> Told:
    """The installed command on this machine; its files go to `folder`."""
    home = {"HOME": str(folder), "XDG_DATA_HOME": str(folder / "data"), "XDG_CONFIG_HOME": str(folder / "config")}
    started = time.monotonic()
    done = machine.run(
        [str(PROGRAM), command, "--lang", "en", "--json", *options],
        check=False,
        timeout=240,
        env={"PATH": os.environ["PATH"], "LC_ALL": "C.UTF-8", **home},
    )
    assert done.stdout.startswith("{"), f"status {done.returncode}: {done.stdout}{done.stderr}"
    assert "Traceback" not in done.stderr
    told = Told(json.loads(done.stdout), done.returncode, time.monotonic() - started)
    if where := os.environ.get("MFA_STORIES_LOG"):  # for looking: what each story was told
        with Path(where).open("a", encoding="utf-8") as file:
            name = os.environ.get("PYTEST_CURRENT_TEST", "")
            file.write(f"== {name} {told.seconds:.1f} s{told.summary}\n")
    return told


def open_company(
    world: World, kind: str, folder: Path, *, zone: str = "", spf: str = "v=spf1 mx -all",
    reverse: str = "mail.example.jp.", listed: bool = False, more_zones: Mapping[str, str] | None = None,
) -> Company:  # fmt: skip
    """A company in order, with this kind of mail server.

    `zone`: further lines of example.jp; "" as `spf`: no SPF record; "" as `reverse`: its address has no name;
    `more_zones` are put over the others."""
    stack = ExitStack()
    with stack:
        server = world.lab.server(kind)
        stack.callback(server.stop)
        last = server.address.rpartition(".")[2]
        own = f'@ MX 10 mail\nmail A {server.address}\n_dmarc TXT "v=DMARC1; p=none"\n{zone}\n'
        own += f'@ TXT "{spf}"\n' if spf else ""
        lists = blacklists(*([server.address] if listed else []))
        names = {"113.0.203.in-addr.arpa": f"{last} PTR {reverse}\n" if reverse else ""}
        dns = stack.enter_context(
            world.lab.dns({**lists, **world.zones, "example.jp": own, **names, **(more_zones or {})})
        )
        server.shell(f"printf 'nameserver {dns.address}\\noptions timeout:2 attempts:1\\n' > /etc/resolv.conf")
        log = stack.enter_context(SyslogFile(server))
        return Company(world, server, server.start_sshd(), dns, folder, log, _stack=stack.pop_all())


def close_company(office: Company) -> None:
    """End its server, its DNS and its log; the world answers politely again."""
    office._stack.close()
    office.world.answers({})
