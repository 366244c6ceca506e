"""Following a card on a real server: exactly the printed commands, one after the other, as root."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from tempfile import TemporaryFile

import pytest

from core.first_aid import Card, CardStep, made_out
from core.knowledge.fixes import KINDS, Part, ServerKind, load_fixes
from core.report.fix_card import command_text
from core.texts import Texts
from tests.servers.lab import Lab
from tests.servers.lab_machine import Machine
from tests.servers.lab_server import Server

TEXTS = Texts("ja")
BACKUP = "/root/mail-first-aid-20261122-0840-{cause}"
SETTINGS = {
    "postfix": "/etc/postfix",
    "sendmail": "/etc/mail",
    "exim": "/etc/exim4",
    "opensmtpd": "/etc/smtpd.conf",
}
# The lab starts some programs by hand; a company's server has them started as the system does.
AS_SERVICE = {
    "sendmail": "pkill sendmail; sleep 1; service sendmail start",
    "exim": "service exim4 restart",
}
# Steps "only if it applies" that do not apply in the lab.
NOT_HERE = {"relay_sendmail_stop_only", "cert_renew_certbot"}
# What a stranger's recipient elsewhere, and one of the server's own, are answered.
ASK = """
import smtplib, sys
with smtplib.SMTP(sys.argv[1], 25, "client.far.example", timeout=60) as smtp:
    smtp.ehlo()
    code, said = smtp.mail("someone@far.example")
    for recipient in ("someone@other.example", "root@example.jp"):
        print(*(smtp.rcpt(recipient) if code == 250 else (code, said)))
"""


def relays(machine: Machine, server: Server) -> bool:
    """Whether the server takes a stranger's mail for another stranger, asked from `machine`."""
    return answers(machine, server)[0].startswith("250")


def answers(machine: Machine, server: Server) -> tuple[str, str]:
    """The replies to a recipient elsewhere and to one of the server's own."""
    elsewhere, own = machine.run([sys.executable, "-c", ASK, server.address]).stdout.splitlines()
    return elsewhere, own


class Follower:
    """Somebody with a card in hand, at the server's keyboard. `fill` is what they write into its blanks."""

    def __init__(self, server: Server, card: Card, fill: Mapping[str, str]) -> None:
        self.server, self.card, self.fill = server, card, fill

    def parts(self, *parts: Part, typed: str = "") -> str:
        """Do every step of these parts; returns all that was printed. Fails where the card does not hold."""
        return "\n".join(self.step(step, typed) for step in self.card.steps if step.part in parts)

    def step(self, step: CardStep, typed: str = "") -> str:
        if not step.command or step.say in NOT_HERE or (step.optional and not set(step.blanks) <= set(self.fill)):
            return ""
        command = self.printed(step)
        # Into a file: a program that stays keeps a pipe open, and its reader waiting.
        with TemporaryFile("w+", errors="replace") as screen:
            seen = {"capture_output": False, "stdout": screen, "stderr": screen}
            done = self.server.run(["sh", "-c", command], check=False, input=typed, **seen)
            screen.seek(0)
            said = screen.read()
        assert step.part in ("look", "verify") or done.returncode == 0, f"{step.say}: {command}\n{said}"
        assert step.expect in said, f"{step.say}: {command}\nexpected {step.expect!r}:\n{said}"
        return said

    def printed(self, step: CardStep) -> str:
        """The command as it stands on paper, its blanks filled in by hand."""
        lines = command_text(step, TEXTS)
        assert step.ready or all(line.startswith("# ") for line in lines)
        text = "\n".join(line if step.ready else line.removeprefix("# ") for line in lines)
        for name in step.blanks:
            text = text.replace(f"【{TEXTS.text(f'fix.blank.{name}')}】", self.fill[name])
        assert "【" not in text, text
        return text

    def settings(self) -> str:
        """A fingerprint of the server's settings."""
        where = SETTINGS[self.card.server]
        return self.server.shell(f"find {where} -type f ! -name '*.db' | sort | xargs sha256sum")


Follow = Callable[..., Follower]
FOLLOWED: set[tuple[str, ServerKind]] = set()  # cause and server of the cards followed in this run


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    """`make stories` ends with a table: which cells of causes x servers were tried, and which of those in this run."""
    if "story" not in config.option.markexpr:
        return
    for line in table():
        terminalreporter.write_line(line)


def table() -> list[str]:
    """One line a kind of server, and their sum."""
    columns = ("cells", "tried", "of these now", "not tried", "no command", "does not apply")
    rows = [(kind, counted(kind)) for kind in KINDS]
    rows.append(("all", tuple(map(sum, zip(*(numbers for _, numbers in rows), strict=True)))))
    head = f"{'fix cards':<18}" + "".join(f"{name:>15}" for name in columns)
    return [head, *(f"{name:<18}" + "".join(f"{number:>15}" for number in numbers) for name, numbers in rows)]


def counted(kind: ServerKind) -> tuple[int, ...]:
    """The numbers of one kind of server, in the table's order."""
    made = {cause: made_out(fix, kind, {}) for cause, fix in load_fixes().items()}
    states = [one.tried if isinstance(one, Card) else "absent" for one in made.values()]
    now = sum(1 for cause, one in made.items() if isinstance(one, Card) and (cause, kind) in FOLLOWED)
    return len(made), states.count("yes"), now, *map(states.count, ("no", "nothing_to_run", "absent"))


@pytest.fixture
def follow() -> Follow:
    """`follow(server, "open_relay", "postfix", mail_host=...)`; capital names are what the person writes in."""

    def start(server: Server, cause: str, kind: ServerKind, fill: Mapping[str, str] = {}, **values: str) -> Follower:
        raw = {"backup": BACKUP.format(cause=cause), **values}
        card = made_out(load_fixes()[cause], kind, raw)
        assert isinstance(card, Card)
        assert card.tried == "yes", f"{cause} on {kind} is proven here and should say so"
        FOLLOWED.add((cause, kind))
        return Follower(server, card, fill)

    return start


@pytest.fixture
def running(lab: Lab) -> Callable[[str], object]:
    """A server of this kind, its mail program started the way the system starts it."""

    @contextmanager
    def start(kind: str) -> Iterator[Server]:
        server = lab.server(kind)
        try:
            server.shell(AS_SERVICE.get(server.kind.product.layer.removeprefix("full"), "true"))
            server.wait_for(
                "timeout 5 bash -c 'exec 3<>/dev/tcp/127.0.0.1/25; read -r l <&3; echo $l; echo QUIT >&3'",
                lambda said: said.startswith("220"), 30,
            )  # fmt: skip
            yield server
        finally:
            server.stop()

    return start
