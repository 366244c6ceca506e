"""The lab does what stories take for granted: relays are open or closed, queues hold what we put in, nothing stays."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.servers.lab import DNS, SILENT, UNREACHABLE, Lab
from tests.servers.lab_layers import cache_folder
from tests.servers.lab_machine import Machine
from tests.servers.lab_server import Server

# What a server answers to a stranger's recipient elsewhere, and to one of its own.
ASK = """
import smtplib, sys
with smtplib.SMTP(sys.argv[1], 25, "client.far.example", timeout=30) as smtp:
    smtp.ehlo()
    smtp.mail("someone@far.example")
    print(smtp.rcpt("someone@other.example")[0], smtp.rcpt("root@example.jp")[0])
"""
HOLD = """
import sys, time
from tests.servers.lab import Lab
with Lab() as lab:
    server = lab.server("pf-closed")
    print(server.pid, lab.router.pid, lab.outside.pid, flush=True)
    time.sleep(300)
"""
ROOT = Path(__file__).resolve().parent.parent.parent


def answers(machine: Machine, server: Server) -> tuple[int, int]:
    elsewhere, own = machine.run([sys.executable, "-c", ASK, server.address]).stdout.split()
    return int(elsewhere), int(own)


@pytest.mark.parametrize("kind", ["pf-closed", "sm-closed", "ex-closed", "os-closed"])
def test_a_closed_server_refuses_strangers_and_takes_its_own_mail(lab: Lab, kind: str) -> None:
    server = lab.server(kind)
    elsewhere, own = answers(lab.outside, server)
    assert elsewhere in (454, 550)
    assert own == 250
    server.stop()


@pytest.mark.parametrize("kind", ["pf-open", "sm-open", "ex-open", "os-open"])
def test_an_open_server_relays_for_everyone(lab: Lab, kind: str) -> None:
    server = lab.server(kind)
    assert answers(lab.outside, server) == (250, 250)
    server.stop()


def test_a_server_that_trusts_its_own_network_is_open_only_from_there(lab: Lab) -> None:
    server = lab.server("pf-subnet")
    assert answers(lab.neighbour, server)[0] == 250
    assert answers(lab.outside, server)[0] == 454
    server.stop()


@pytest.mark.parametrize("kind", ["pf-closed", "sm-closed", "ex-closed"])
def test_a_filled_queue_is_counted_by_the_servers_own_tool(lab: Lab, kind: str) -> None:
    server = lab.server(kind)
    assert server.queue_count() == 0
    server.fill_queue(7)
    assert server.queue_count() == 7
    server.fill_queue(2, sender="", recipients=["a@far.example", "b@other.example"])
    assert server.queue_count() == 9
    assert server.version()[0].isdigit()
    server.stop()


def test_a_program_outside_logs_in_over_the_servers_own_sshd(lab: Lab) -> None:
    server = lab.server("pf-closed")
    door = server.start_sshd()
    ssh = ["ssh", "-F", str(door.config), "-o", "BatchMode=yes", door.destination]
    assert lab.outside.run([*ssh, "id", "-un"]).stdout == "admin\n"
    assert lab.outside.run([*ssh, "hostname"]).stdout == "mail.example.jp\n"
    server.stop()
    refused = lab.outside.run([*ssh, "-o", "ConnectTimeout=5", "true"], check=False)
    assert refused.returncode == 255


def test_addresses_that_vanish_and_that_are_unreachable(lab: Lab) -> None:
    ask = "import socket, sys; socket.create_connection((sys.argv[1], 25), timeout=1.5)"
    said = [lab.outside.run([sys.executable, "-c", ask, a], check=False).stderr for a in (SILENT, UNREACHABLE)]
    assert "timed out" in said[0]
    assert "No route to host" in said[1]


def test_names_are_answered_by_the_labs_dns_and_nothing_leads_to_the_real_network(lab: Lab) -> None:
    ask = "import socket; print(socket.gethostbyname('mail.example.jp'))"
    assert lab.outside.run([sys.executable, "-c", ask]).stdout == "203.0.113.10\n"
    assert DNS in lab.outside.shell("cat /etc/resolv.conf")
    for machine in (lab.outside, lab.neighbour, lab.router):
        assert (
            "eth0" not in machine.shell("ip -o route show default")
            or "via 198.51.100.1" in machine.shell("ip -o route show default")
            or "via 203.0.113.1" in machine.shell("ip -o route show default")
        )


def test_an_ended_dns_server_leaves_its_address_to_another(lab: Lab) -> None:
    with lab.dns({}) as first, lab.dns({}) as second:
        assert first.address != second.address
    with lab.dns({}) as third:  # whoever tells two hundred stories needs the addresses again
        assert third.address == min(first.address, second.address)


def test_a_killed_run_leaves_no_process_and_its_folder_goes_with_the_next_one(lab: Lab) -> None:
    victim = subprocess.Popen([sys.executable, "-c", HOLD], cwd=ROOT, stdout=subprocess.PIPE, text=True)
    assert victim.stdout
    pids = [int(pid) for pid in victim.stdout.readline().split()]
    assert len(pids) == 3
    victim.send_signal(signal.SIGKILL)
    victim.wait(10)
    victim.stdout.close()
    end = time.monotonic() + 10
    while (left := [pid for pid in pids if Path(f"/proc/{pid}").exists()]) and time.monotonic() < end:
        time.sleep(0.05)
    assert not left
    runs = cache_folder() / "runs"
    before = len(list(runs.glob("run-*")))
    with Lab():
        pass
    assert len(list(runs.glob("run-*"))) == before - 1
    assert str(runs) not in Path("/proc/self/mountinfo").read_text(encoding="utf-8")


def test_without_root_the_lab_says_what_it_needs(lab: Lab) -> None:
    program = "import os; from tests.servers.lab import obstacles; os.setuid(65534); print(obstacles())"
    said = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True)
    assert "root" in said.stdout
    assert os.geteuid() == 0
