"""The laptop is carried from the office into another network while it looks (Y05). Needs root: a network of its own.

Out of the office a relay's yes means nothing, out of the street it means an open relay. Half of each means nothing.
"""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
from pathlib import Path

import pytest

from core.check import Check
from core.checks import ALL
from core.clients import Clients, Doors
from core.clients.reroute import Reroute
from core.model import Context, Finding, Report, Severity, Target
from core.run import Run, RunFinished

ROOT = Path(__file__).resolve().parents[2]
SERVER = "203.0.113.25"
OFFICE, STREET = "198.51.100.7", "192.168.1.77"


def ip(command: str) -> None:
    subprocess.run(["ip", *command.split()], check=True)


def into(address: str) -> None:
    """The only way out is now out of this network."""
    subprocess.run(["ip", "link", "del", "line"], check=False, capture_output=True)
    commands = ["link add line type veth peer name wall", f"addr add {address}/24 dev line"]
    for command in (*commands, "link set wall up", "link set line up", "route add default dev line"):
        ip(command)


async def carried(to: str) -> Report:
    """A run of two checks, during which the computer finds itself in the network of `to`."""

    async def measure(context: Context, clients: Clients) -> str:
        await asyncio.to_thread(into, to)
        return "fine"

    async def only_reads(context: Context, clients: Clients) -> str:
        return "fine"

    def judge(facts: str) -> tuple[Finding, ...]:
        return (Finding("x.fine", Severity.OK),)

    checks = (
        Check("looks", (), {}, 5.0, measure, judge, one_network=True),
        Check("reads", (), {}, 5.0, only_reads, judge),
    )
    doors = Doors(resolver="127.0.0.1:9", reroute=Reroute(closed=True))
    async for event in Run(Target(mail_host=SERVER), doors=doors, checks=checks).events():
        if isinstance(event, RunFinished):
            return event.report
    raise AssertionError("no report")


def main(to: str) -> None:
    """In a network of its own: what came of it, as JSON."""
    ip("link set lo up")
    into(OFFICE)
    report = asyncio.run(carried(to))
    ends = {one.check_id: one.problem.code if one.problem else one.severity.value for one in report.results}
    print(json.dumps({"ends": ends, "relation": report.vantage.relation, "severity": report.severity.value}))


@pytest.mark.parametrize(
    ("to", "looks", "relation", "severity"),
    [(OFFICE, "ok", "outside", "ok"), (STREET, "run.network_changed", "unknown", "unknown")],
)
def test_y05_another_network_midway_makes_what_depends_on_it_unknown(
    to: str, looks: str, relation: str, severity: str
) -> None:
    done = subprocess.run(
        ["unshare", "--net", sys.executable, "-m", "tests.hostile.test_carried_off", to],
        cwd=ROOT, capture_output=True, text=True, timeout=60,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    ends = {"looks": looks, "reads": "ok"}
    assert json.loads(done.stdout) == {"ends": ends, "relation": relation, "severity": severity}


def test_y05_the_checks_that_judge_by_where_we_look_from_are_bound_to_one_network() -> None:
    assert {check.id for check in ALL if check.one_network} == {"open_relay", "smtp_banner"}


if __name__ == "__main__":
    main(sys.argv[1])
