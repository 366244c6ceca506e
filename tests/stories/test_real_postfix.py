"""The whole path on real servers: the command, run on a machine outside, against real Postfix, sshd and NSD.

What the app says is compared with what the server's own tools say, never with a number written here.
"""

from __future__ import annotations

import json
import os
import sys
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.servers.lab import SILENT, UNREACHABLE, Lab
from tests.servers.lab_machine import Machine
from tests.servers.lab_server import Server, SshAccess
from tests.servers.nsd import Nsd
from tests.stories.company import blacklists

PROGRAM = Path(sys.executable).with_name("mail-first-aid")


@dataclass(frozen=True)
class Office:
    """A filled Postfix with its sshd, the DNS that knows it, and how the command is run outside."""

    server: Server
    door: SshAccess
    dns: Nsd
    folder: Path

    def options(self) -> list[str]:
        ssh = ["--ssh", self.door.destination, "--ssh-config", str(self.door.config)]
        return ["--mail-host", self.server.address, *ssh, "--resolver", self.dns.server, "--own-server"]


@dataclass(frozen=True)
class Answer:
    """What the command printed, its exit status and how long it took."""

    document: dict[str, Any]
    status: int
    seconds: float

    def result(self, check: str) -> dict[str, Any]:
        return next(result for result in self.document["results"] if result["check"] == check)

    def codes(self, check: str) -> list[str]:
        return [finding["code"] for finding in self.result(check)["findings"]]

    def causes(self) -> list[str]:
        return [cause["code"] for cause in self.document["causes"]]


def ask(machine: Machine, folder: Path, options: list[str]) -> Answer:
    """`mail-first-aid check --json` on this machine; its files go to `folder`."""
    home = {"HOME": str(folder), "XDG_DATA_HOME": str(folder / "data"), "XDG_CONFIG_HOME": str(folder / "config")}
    started = time.monotonic()
    done = machine.run(
        [str(PROGRAM), "check", "--lang", "en", "--json", *options],
        check=False,
        timeout=240,
        env={"PATH": os.environ["PATH"], "LC_ALL": "C.UTF-8", **home},
    )
    assert done.stdout.startswith("{"), f"status {done.returncode}: {done.stdout}{done.stderr}"
    return Answer(json.loads(done.stdout), done.returncode, time.monotonic() - started)


def office(lab: Lab, kind: str, folder: Path, zones: Mapping[str, str]) -> Iterator[Office]:
    server = lab.server(kind)
    try:
        with lab.dns(zones) as dns:
            yield Office(server, server.start_sshd(), dns, folder)
    finally:
        server.stop()


@pytest.fixture(scope="module")
def closed(lab: Lab, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    for place in office(lab, "pf-closed", tmp_path_factory.mktemp("closed"), blacklists()):
        place.server.fill_queue(137, recipients=[f"guest{{n}}@{name}.example" for name in ("far", "other")])
        yield place


@pytest.fixture(scope="module")
def answer(lab: Lab, closed: Office) -> Answer:
    return ask(lab.outside, closed.folder, closed.options())


def test_the_queue_is_counted_as_the_servers_own_tool_counts_it(closed: Office, answer: Answer) -> None:
    facts = answer.result("mail_queue")["facts"]
    assert facts["total"] == closed.server.queue_count() == 137
    assert facts["mta"] == "postfix"
    assert answer.result("mail_queue")["severity"] == "critical"
    assert answer.status == 2


def test_the_version_is_the_one_the_server_tells_itself(closed: Office, answer: Answer) -> None:
    (host,) = answer.result("smtp_banner")["facts"]["hosts"]
    assert host["inside"]["version"] == closed.server.version()
    assert host["inside"]["product"] == "postfix"


def test_a_closed_relay_is_fine(answer: Answer) -> None:
    assert answer.codes("open_relay")[0] == "open_relay.closed"
    assert answer.result("open_relay")["severity"] == "ok"
    assert "open_relay" not in answer.causes()
    assert answer.document["vantage"]["relation"] == "outside"
    assert answer.document["vantage"]["port_25"] == "open"


def test_an_address_on_no_list_is_fine_and_every_list_was_asked(answer: Answer) -> None:
    dnsbl = answer.result("dnsbl")
    assert dnsbl["severity"] == "ok", (dnsbl["problem"], answer.codes("dnsbl"))


def test_the_report_tells_what_it_ran_and_whom_it_asked(closed: Office, answer: Answer) -> None:
    assert any(closed.server.address in host for host in answer.document["contacted"])
    assert any("postqueue" in command for command in answer.document["commands"])
    said = json.dumps(answer.document, ensure_ascii=False)
    assert "BEGIN OPENSSH PRIVATE KEY" not in said


def test_an_open_relay_is_critical_and_the_first_cause(lab: Lab, tmp_path: Path) -> None:
    for place in office(lab, "pf-open", tmp_path, blacklists()):
        place.server.fill_queue(30)
        said = ask(lab.outside, tmp_path, place.options())
        assert said.codes("open_relay")[0] == "open_relay.accepted"
        assert said.result("open_relay")["severity"] == "critical"
        assert said.causes()[0] == "open_relay"
        assert said.status == 2


def test_an_open_relay_shows_without_a_login_too(lab: Lab, tmp_path: Path) -> None:
    for place in office(lab, "pf-open", tmp_path, {}):
        options = ["--mail-host", place.server.address, "--resolver", place.dns.server, "--only", "open_relay"]
        assert ask(lab.outside, tmp_path, [*options, "--own-server"]).codes("open_relay")[0] == "open_relay.accepted"
        unasked = ask(lab.outside, tmp_path, options)
        assert unasked.result("open_relay")["severity"] == "not_applicable"
        assert unasked.status == 3


def test_from_the_servers_own_network_no_answer_is_given(lab: Lab, tmp_path: Path) -> None:
    for place in office(lab, "pf-subnet", tmp_path, {}):
        only = [*place.options(), "--only", "open_relay"]
        inside = ask(lab.neighbour, tmp_path, only)
        assert inside.codes("open_relay")[0] == "open_relay.not_testable_here"
        assert inside.status == 3
        assert ask(lab.outside, tmp_path, only).codes("open_relay")[0] == "open_relay.closed"


def test_a_listed_address_is_found_on_the_list_that_has_it(lab: Lab, closed: Office, tmp_path: Path) -> None:
    with lab.dns(blacklists(closed.server.address)) as dns:
        options = ["--mail-host", closed.server.address, "--resolver", dns.server, "--only", "dnsbl"]
        said = ask(lab.outside, tmp_path, options)
    assert said.result("dnsbl")["severity"] == "critical"
    assert "dnsbl.listed" in said.codes("dnsbl")
    assert "address_listed" in said.causes()


@pytest.mark.parametrize(
    ("kind", "product"), [("sm-closed", "sendmail"), ("ex-closed", "exim"), ("os-closed", "opensmtpd")]
)
def test_other_servers_are_counted_and_named_as_they_do_themselves(
    lab: Lab, tmp_path: Path, kind: str, product: str
) -> None:
    for place in office(lab, kind, tmp_path, {}):
        place.server.fill_queue(12)
        # Exim and OpenSMTPD show their queue to root only.
        options = [option.replace("admin@", "root@") for option in place.options()]
        # Exim refuses an address literal, so that some forms need the domain's name to be a test at all.
        options += ["--domain", "example.jp", "--only", "mail_queue,smtp_banner,open_relay"]
        said = ask(lab.outside, tmp_path, options)
        assert said.result("mail_queue")["facts"]["total"] == place.server.queue_count() == 12
        assert said.result("mail_queue")["facts"]["mta"] == product
        (host,) = said.result("smtp_banner")["facts"]["hosts"]
        assert place.server.version().startswith(host["inside"]["version"])
        assert said.codes("open_relay")[0] == "open_relay.closed"


# What cannot be looked at: each ends by itself, in time, says so, and is neither fine nor bad.


def assert_could_not_look(said: Answer, seconds: float) -> None:
    assert said.document["severity"] == "unknown"
    assert said.status == 3
    assert said.seconds < seconds
    assert {result["severity"] for result in said.document["results"]} <= {"unknown", "not_applicable"}
    told = [result["problem"] or result["findings"] for result in said.document["results"]]
    assert all(told)


@pytest.mark.parametrize("address", [SILENT, UNREACHABLE])
def test_a_server_that_cannot_be_reached(lab: Lab, closed: Office, tmp_path: Path, address: str) -> None:
    options = ["--mail-host", address, "--ssh", f"admin@{address}", "--resolver", closed.dns.server, "--own-server"]
    said = ask(lab.outside, tmp_path, [*options, "--only", "mail_queue,smtp_banner,open_relay"])
    assert_could_not_look(said, 120)
    assert said.result("mail_queue")["problem"]["code"].startswith("ssh.")


def test_a_refused_login(lab: Lab, closed: Office, tmp_path: Path) -> None:
    stranger = tmp_path / "ssh_config"
    stranger.write_text(
        closed.door.config.read_text(encoding="ascii").replace("IdentityFile", "IdentityFile /nonexistent #"),
        encoding="ascii",
    )
    options = ["--ssh", closed.door.destination, "--ssh-config", str(stranger), "--only", "mail_queue"]
    said = ask(lab.outside, tmp_path, options)
    assert_could_not_look(said, 60)
    assert said.result("mail_queue")["problem"]["code"] == "ssh.permission_denied"


def test_a_machine_without_sshd(lab: Lab, tmp_path: Path) -> None:
    said = ask(lab.outside, tmp_path, ["--ssh", f"admin@{lab.neighbour.address}", "--only", "mail_queue"])
    assert_could_not_look(said, 60)
    assert said.result("mail_queue")["problem"]["code"] == "ssh.refused"


@pytest.mark.parametrize("resolver", [SILENT, UNREACHABLE])
def test_a_dns_server_that_never_answers(lab: Lab, tmp_path: Path, resolver: str) -> None:
    said = ask(lab.outside, tmp_path, ["--domain", "example.jp", "--resolver", resolver])
    assert_could_not_look(said, 120)
    assert said.result("dns_health")["problem"]["code"].startswith("dns.")
