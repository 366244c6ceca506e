"""The proof by arrival whole, through the command line, on real servers: open, closed, trusted from inside, and one
that takes mail and cannot deliver it. The message really travels to a second server and is read there."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.servers.lab import Lab
from tests.servers.lab_machine import Machine
from tests.servers.lab_server import Server

ROOT = Path(__file__).resolve().parents[2]
MAILBOX = "admin@far.example"


@pytest.fixture(scope="module")
def home(lab: Lab) -> Iterator[Server]:
    """The server of the person's own mailbox."""
    server = lab.server("pf-closed")
    server.shell("postconf -e mydestination=far.example,localhost myhostname=mx.far.example && postfix reload")
    yield server
    server.stop()


def opened(lab: Lab, kind: str, home: Server) -> Server:
    """A server that finds the way to that mailbox."""
    server = lab.server(kind)
    server.shell(f"postconf -e transport_maps='inline:{{far.example=smtp:[{home.address}]}}' && postfix reload")
    return server


def arrival(machine: Machine, folder: Path, *words: str, said: str = "") -> tuple[int, dict[str, Any]]:
    """The command on one machine of the lab, with a data folder of its own."""
    environment = {
        "PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT), "HOME": str(folder), "XDG_DATA_HOME": str(folder / "data")
    }  # fmt: skip
    argv = [sys.executable, "-m", "core", "arrival", *words, "--json", "--lang", "en"]
    done = machine.run(argv, check=False, input=said, env=environment)
    assert done.stdout, done.stderr
    found: dict[str, Any] = json.loads(done.stdout)
    return done.returncode, found


def send(machine: Machine, folder: Path, server: Server, purpose: str = "relay") -> dict[str, Any]:
    sender = ["--sender", "sales@example.jp"] if purpose == "send" else []
    words = ["send", "--purpose", purpose, "--mailbox", MAILBOX, "--domain", "example.jp", *sender]
    return arrival(machine, folder, *words, "--mail-host", server.address, "--own-server", "--own-mailbox")[1]


def arrived(home: Server, token: str) -> str:
    """The newest message in the mailbox, once it holds this word."""
    return home.wait_for("cat /var/mail/admin 2>/dev/null || true", lambda text: token in text, 30).rpartition(
        "\n\nFrom "
    )[2]


def test_an_open_relay_is_confirmed_by_what_arrives(lab: Lab, home: Server, tmp_path: Path) -> None:
    server = opened(lab, "pf-open", home)
    try:
        finding = send(lab.outside, tmp_path, server)
        assert finding["code"] == "arrival.sent"
        message = arrived(home, finding["values"]["token"])
        status, proof = arrival(lab.outside, tmp_path, "confirm", "-", said=message)
    finally:
        server.stop()
    assert (status, proof["code"]) == (2, "arrival.relay_confirmed")
    assert any("mail.example.jp" in station for station in proof["values"]["stations"])
    assert arrival(lab.outside, tmp_path, "missing")[1]["code"] == "arrival.wait"


def test_a_closed_server_takes_nothing(lab: Lab, home: Server, tmp_path: Path) -> None:
    server = opened(lab, "pf-closed", home)
    try:
        finding = send(lab.outside, tmp_path, server)
        assert (finding["code"], finding["severity"]) == ("arrival.relay_refused", "ok")
        assert server.queue_count() == 0
    finally:
        server.stop()


@pytest.mark.slow
def test_from_a_trusted_network_it_is_no_answer_but_shows_that_sending_works(
    lab: Lab, home: Server, tmp_path: Path
) -> None:
    server = opened(lab, "pf-subnet", home)
    try:
        sent = send(lab.neighbour, tmp_path, server)
        message = arrived(home, sent["values"]["token"])
        assert arrival(lab.neighbour, tmp_path, "confirm", "-", said=message)[1]["code"] == "arrival.relay_inside"
        sent = send(lab.neighbour, tmp_path, server, "send")
        message = arrived(home, sent["values"]["token"])
        status, proof = arrival(lab.neighbour, tmp_path, "confirm", "-", said=message)
    finally:
        server.stop()
    assert (status, proof["code"]) == (0, "arrival.send_works")


@pytest.mark.slow
def test_a_message_that_comes_back_is_told_apart(lab: Lab, home: Server, tmp_path: Path) -> None:
    """The next server refuses it: the notice comes back to the mailbox, with our header inside."""
    server = opened(lab, "pf-open", home)
    refusing = "smtpd_sender_restrictions='check_sender_access inline:{admin@far.example=REJECT}'"
    home.shell(f"postconf -e {refusing} && postfix reload")
    try:
        token = send(lab.outside, tmp_path, server)["values"]["token"]
        message = arrived(home, token)
        status, proof = arrival(lab.outside, tmp_path, "confirm", "-", said=message)
    finally:
        server.stop()
        home.shell("postconf -e smtpd_sender_restrictions= && postfix reload")
    assert "Undelivered Mail" in message
    assert (status, proof["code"]) == (3, "arrival.returned")
