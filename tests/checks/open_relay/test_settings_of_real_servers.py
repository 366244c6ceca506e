"""The settings of real mail servers, read over their own sshd: open, closed, or honestly unclear."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.servers.lab import Lab

ROOT = Path(__file__).resolve().parents[3]
PROGRAM = """
import asyncio, json, sys
from core.checks.open_relay.judge import judge
from core.checks.open_relay.facts import OpenRelayFacts
from core.checks.open_relay.sections import settings_in
from core.clients.journal import Journal
from core.clients.ssh import SshDoor
async def main():
    reading = await SshDoor(sys.argv[1], sys.argv[2], Journal()).reading()
    found = judge(OpenRelayFacts(reading.read_at, (), settings_in(reading)))
    print(json.dumps([[f.code, f.severity.value, dict(f.values)] for f in found]))
asyncio.run(main())
"""


def read(lab: Lab, kind: str, account: str = "root", change: str = "") -> list[Any]:
    server = lab.server(kind)
    try:
        if change:
            server.shell(change)
        door = server.start_sshd()
        destination = door.destination.replace("admin@", f"{account}@")
        environment = {"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT), "HOME": "/nonexistent"}
        done = lab.outside.run([sys.executable, "-c", PROGRAM, destination, str(door.config)], env=environment)
        found: list[Any] = json.loads(done.stdout)
        return found
    finally:
        server.stop()


SLOW = pytest.mark.slow


@pytest.mark.parametrize(
    "kind", ["pf-open", "sm-open", pytest.param("ex-open", marks=SLOW), pytest.param("os-open", marks=SLOW)]
)
def test_an_open_server_is_known_by_its_settings(lab: Lab, kind: str) -> None:
    (finding,) = read(lab, kind)
    assert finding[:2] == ["open_relay.config_open", "critical"]
    assert finding[2]["settings"]


@pytest.mark.parametrize(
    "kind",
    ["ex-closed", *(pytest.param(kind, marks=SLOW) for kind in ("pf-closed", "sm-closed", "os-closed"))],
)  # fmt: skip
def test_a_closed_server_is_known_by_its_settings(lab: Lab, kind: str) -> None:
    assert [finding[0] for finding in read(lab, kind)] == ["open_relay.config_closed"]


@pytest.mark.slow
@pytest.mark.parametrize(
    "kind",
    ["sm-localfrom", "sm-mailfrom", "sm-loose", "ex-sender", "ex-helo", "ex-null", "os-sender", "os-helo",
     "pf-untrusted"],
)  # fmt: skip
def test_a_hole_shows_in_the_settings(lab: Lab, kind: str) -> None:
    assert read(lab, kind)[0][0] == "open_relay.config_open"


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["pf-sender", "pf-helo", "pf-null", "pf-regexp", "ex-percent"])
def test_what_hangs_on_a_table_is_unclear_and_never_closed(lab: Lab, kind: str) -> None:
    assert read(lab, kind)[0][:2] == ["open_relay.config_unclear", "unknown"]


def test_a_file_that_only_root_may_read_leaves_it_unclear(lab: Lab) -> None:
    (finding,) = read(lab, "sm-closed", account="admin")
    assert finding[0] == "open_relay.config_unclear"
    assert finding[2]["settings"] == ["/etc/mail/access"]


def test_trust_in_a_whole_provider_is_a_warning(lab: Lab) -> None:
    found = read(lab, "pf-closed", change="postconf -e 'mynetworks = 127.0.0.0/8, 198.48.0.0/12'")
    assert [finding[:2] for finding in found] == [
        ["open_relay.config_closed", "ok"], ["open_relay.trust_too_wide", "warning"]
    ]  # fmt: skip
    assert found[1][2]["networks"] == ["198.48.0.0/12"]
