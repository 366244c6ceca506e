"""The relay test over IPv6 on a real Postfix: closed, and open only there while its IPv4 side is closed."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.checks.open_relay.test_real_servers import asked
from tests.servers.lab import Lab
from tests.servers.lab_server import Server

SERVERS, OUTSIDE = "2001:db8:203", "2001:db8:198"


@pytest.fixture(scope="module")
def six(lab: Lab) -> Iterator[Server]:
    """A closed Postfix with an IPv6 address, and a way to it."""
    server = lab.server("pf-closed")
    address = f"{SERVERS}::{server.address.rpartition('.')[2]}"
    lab.router.shell(
        f"sysctl -qw net.ipv6.conf.all.forwarding=1; ip -6 address add {SERVERS}::1/64 dev servers nodad; "
        f"ip -6 address add {OUTSIDE}::1/64 dev outside nodad"
    )
    for machine, own, way in ((lab.outside, f"{OUTSIDE}::7", f"{OUTSIDE}::1"), (server, address, f"{SERVERS}::1")):
        machine.shell(f"ip -6 address add {own}/64 dev eth0 nodad; ip -6 route add default via {way}")
    server.shell("postconf -e inet_protocols=all && postfix stop && postfix start")
    server.wait_for(
        f"timeout 5 bash -c 'exec 3<>/dev/tcp/{address}/25; read -r l <&3; echo $l'", lambda t: "220" in t, 20
    )
    yield server
    server.stop()


def address_of(server: Server) -> str:
    return f"{SERVERS}::{server.address.rpartition('.')[2]}"


def test_a_closed_server_is_closed_over_ipv6(lab: Lab, six: Server) -> None:
    (answer,) = asked(lab.outside, [{"address": address_of(six), "thorough": False, "also_domain": ()}])
    assert answer["code"] == "open_relay.closed"
    assert answer["relation"] == "outside"
    assert {form[1] for form in answer["forms"]} == {address_of(six)}
    assert f"EHLO [IPv6:{OUTSIDE}::7]" in answer["said"]


@pytest.mark.slow
def test_a_server_that_is_open_over_ipv6_alone_is_found_by_the_thorough_run(lab: Lab, six: Server) -> None:
    six.shell("postconf -e 'mynetworks=127.0.0.0/8 [::]/0' && postfix reload")
    both = [six.address, address_of(six)]
    (answer,) = asked(lab.outside, [{"address": six.address, "addresses": both, "thorough": True}])
    assert answer["code"] == "open_relay.accepted"
    taken = {form[1] for form in answer["forms"] if form[3] == "accepted"}
    assert taken == {address_of(six)}
