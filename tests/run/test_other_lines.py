"""IPv6-only lines with and without a translator, a line that is lost, a laptop that slept, an office behind a proxy.

Each scene is a process in a network of its own (`other_lines`); all begin at once, since most of their time is waiting.
"""

from __future__ import annotations

import ipaddress
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from core.clients.journal import Journal
from core.clients.line import Line, prefix_in, translated
from core.clients.reroute import Reroute
from core.clients.smtp import SmtpClient
from core.clients.ssh_tunnel import SshTunnel
from tests.run.other_lines import SCENES

ROOT = Path(__file__).resolve().parents[2]
# As root of the machine, else as root of a user namespace, where the system allows that.
OWN_NETWORK = ("unshare", "--net") if sys.platform != "win32" and os.geteuid() == 0 else ("unshare", "--net", "-r")
needs_root = pytest.mark.skipif(sys.platform == "win32" or os.geteuid() != 0, reason="sshd's accounts need root")
Play = Callable[[str], dict[str, Any]]


@pytest.fixture(scope="module")
def play(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Play]:
    """What a scene told."""
    if shutil.which("unshare") is None or subprocess.run([*OWN_NETWORK, "true"], capture_output=True).returncode:
        pytest.skip("a network of our own needs unshare (Linux)")
    running = {}
    for scene in SCENES:
        own = {**os.environ, "XDG_DATA_HOME": str(tmp_path_factory.mktemp(scene))}
        running[scene] = subprocess.Popen(
            [*OWN_NETWORK, sys.executable, "-m", "tests.run.other_lines", scene],
            cwd=ROOT, env=own, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        )  # fmt: skip

    def result(scene: str) -> dict[str, Any]:
        out, errors = running[scene].communicate(timeout=150)
        assert running[scene].returncode == 0, errors[-3000:]
        found: dict[str, Any] = json.loads(out.splitlines()[-1])
        return found

    yield result
    for process in running.values():
        if process.poll() is None:
            process.kill()
        process.communicate()


@pytest.mark.parametrize("scene", ["nat64", "own_prefix"])
def test_an_ipv4_server_is_reached_through_the_lines_translator(play: Play, scene: str) -> None:
    found = play(scene)
    assert "smtp_banner.answers" in found["codes"]
    assert found["asked"].count("ipv4only.arpa") == 1
    # What the translator made up is nobody's address: neither looked up in blacklists nor missed in the reverse DNS.
    assert found["addresses"] == ["203.0.113.25"]
    assert "203.0.113.53:53 (DNS)" in found["contacted"]
    assert not {"dns_health.server_lame", "dns_health.servers_unasked"} & set(found["codes"])


@needs_root
def test_a_login_to_an_ipv4_address_goes_through_the_translator_too(play: Play) -> None:
    """Entered as an address or by the person's own ssh settings; the host key is the one known at the office."""
    found = play("login")
    assert (found["203.0.113.25"], found["by-alias"]) == ([], [])
    assert found["asked"].count("ipv4only.arpa") == 2, "once a run"


@needs_root
def test_the_translators_address_is_no_name_for_a_host_key(play: Play) -> None:
    found = play("login_unknown")
    assert (found["203.0.113.25"], found["by-alias"]) == (["ssh.host_key_unknown"], ["ssh.host_key_unknown"])


def test_without_a_translator_a_login_says_what_the_line_lacks(play: Play) -> None:
    assert play("no_login")["problems"] == ["ssh.no_family"]


@pytest.mark.parametrize("scene", ["no_translator", "both_named", "ipv4_only"])
def test_a_server_of_the_other_family_is_could_not_look_and_never_down(play: Play, scene: str) -> None:
    found = play(scene)
    assert found["codes"].count("smtp_banner.no_family") == 1
    assert found["severities"]["smtp_banner"] == "unknown"
    assert {found["severities"].get(name, "unknown") for name in ("open_relay", "tls_health")} == {"unknown"}
    assert not {"smtp_banner.refused", "smtp_banner.no_answer", "dns_health.server_lame"} & set(found["codes"])
    assert "mail_service_stopped" not in found["causes"]


def test_a_line_lost_midway_blames_no_server(play: Play) -> None:
    assert play("line_lost")["problems"] == ["run.network_changed"]


def test_a_laptop_that_stood_still_midway_blames_no_server(play: Play) -> None:
    found = play("stopped")
    assert (found["problems"], found["codes"]) == (["run.interrupted"], [])


def test_behind_a_proxy_silence_on_the_mail_port_is_could_not_look_and_says_why(play: Play) -> None:
    found = play("proxy_mail")
    assert found["codes"] == ["smtp_banner.behind_proxy"]
    assert found["severities"]["smtp_banner"] == "unknown" and found["asked"] == []


def test_a_proxy_that_wants_a_login_is_said_so(play: Play) -> None:
    found = play("proxy_web")
    assert found == {"code": "http.proxy_wants_login", "asked": ["CONNECT rdap.example:443 HTTP/1.1"]}


# RFC 6052 section 2.4, table 3.
@pytest.mark.parametrize(
    ("prefix", "address"),
    [
        ("2001:db8::/32", "2001:db8:c000:221::"),
        ("2001:db8:100::/40", "2001:db8:1c0:2:21::"),
        ("2001:db8:122::/48", "2001:db8:122:c000:2:2100::"),
        ("2001:db8:122:300::/56", "2001:db8:122:3c0:0:221::"),
        ("2001:db8:122:344::/64", "2001:db8:122:344:c0:2:2100::"),
        ("2001:db8:122:344::/96", "2001:db8:122:344::192.0.2.33"),
        ("64:ff9b::/96", "64:ff9b::192.0.2.33"),
    ],
)
def test_addresses_are_made_as_the_standard_says_and_the_prefix_is_read_back(prefix: str, address: str) -> None:
    network = ipaddress.IPv6Network(prefix)
    assert translated(ipaddress.IPv4Address("192.0.2.33"), network) == ipaddress.IPv6Address(address)
    for well_known in ("192.0.0.170", "192.0.0.171"):
        assert prefix_in([str(translated(ipaddress.IPv4Address(well_known), network))]) == network


def test_what_is_no_translators_answer_gives_no_prefix() -> None:
    assert prefix_in([]) is prefix_in(["2001:db8::1", "nonsense", "192.0.0.170"]) is None


@pytest.mark.parametrize("start", ["::", "::ffff:", "fe80::", "ff02::"])
def test_a_prefix_that_leads_back_to_this_computer_or_to_its_neighbours_is_none(start: str) -> None:
    assert prefix_in([f"{start}192.0.0.170"]) is None


def test_a_machine_outside_does_not_go_through_our_translator() -> None:
    reroute = Reroute()
    reroute.line.prefix = ipaddress.IPv6Network("64:ff9b::/96")
    assert reroute.for_one_run().line.prefix is None
    assert SmtpClient(reroute, Journal(), way=SshTunnel("a@b.example", None, Journal()))._reroute.line.prefix is None
    assert SmtpClient(reroute, Journal())._reroute.line.prefix is not None


def test_only_addresses_that_were_made_up_are_left_out() -> None:
    line = Line()
    assert line.own_records(("2001:db8::25", "64:ff9b::cb00:7119")) == ("2001:db8::25",)
    line.prefix = ipaddress.IPv6Network("2001:db8:64::/96")
    assert line.own_records(("2001:db8:64::cb00:7119", "2001:db8:65::25")) == ("2001:db8:65::25",)
    assert line.way_to("127.0.0.1") == "127.0.0.1", "what has a way of its own keeps it"
