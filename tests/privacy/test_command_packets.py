"""What every other command, the practice company and the idle window send: seen by the network itself. Needs root."""

from __future__ import annotations

import ipaddress
import json
import re
from typing import Any

import pytest

from core.knowledge.dnsbl import load_lists
from tests.privacy import own_world
from tests.privacy.commands import FRIEND
from tests.privacy.office import DNS, DOMAIN, MAIL

pytestmark = pytest.mark.hostile
slow = pytest.mark.slow


def play(scene: str) -> dict[str, Any]:
    """One scene in a network of its own."""
    found = own_world.play("tests.privacy.commands", scene)
    assert "Traceback" not in found["heard"], found["heard"]
    assert found["other"] == []
    return found


def test_the_practice_company_never_leaves_this_computer() -> None:
    found = play("practice")
    assert found["status"] == 2, found["heard"]  # the incident is critical on purpose
    assert len(found["packets"]) > 10, "nothing was heard: the capture is deaf"
    assert all(ipaddress.ip_address(to).is_loopback for _, to, _ in found["packets"])
    assert found["asked"] == []


def test_a_window_nobody_asked_anything_is_silent() -> None:
    """Opened, looked through page by page ("is there a newer version?" pressed), closed: not one packet."""
    found = play("window")
    assert found["status"] == 0 and "looked through" in found["said"], found["heard"]
    assert found["packets"] == set() and found["asked"] == []


@slow
def test_the_lists_are_asked_about_nobody() -> None:
    """`blacklists` asks the DNS alone, and only for the lists' own samples and made-up names."""
    found = play("blacklists")
    assert found["packets"] == {("udp", DNS, 53)}
    zones = [one.zone for one in load_lists()]
    strange = [name for name in found["asked"] if not any(name.endswith(f".{zone}") for zone in zones)]
    assert len(found["asked"]) > 50
    assert len(strange) <= 3 and all(re.fullmatch(r"x?[a-z0-9]{15,25}\.com", name) for name in strange), strange
    assert not any(DOMAIN in name or "113.0.203" in name for name in found["asked"])


def test_the_block_for_exchange_asks_nobody() -> None:
    found = play("exchange-block")
    assert (found["status"], found["packets"], found["asked"]) == (0, set(), [])


@slow
def test_the_one_message_goes_to_the_companys_server_alone() -> None:
    found = play("arrival")
    assert found["packets"] == {("udp", DNS, 53), ("tcp", MAIL, 25)}
    assert set(found["asked"]) <= {DOMAIN, f"mail.{DOMAIN}"}


@slow
def test_from_outside_only_the_machine_outside_and_the_server_are_spoken_to() -> None:
    found = play("outside")
    report = json.loads(found["said"])
    spoken = {(to, port) for _, to, port in found["packets"]}
    assert spoken == {(DNS, 53), (FRIEND, 22), (MAIL, 25)}
    named = {re.sub(r" \(.*", "", entry) for entry in report["contacted"]}
    assert named == {f"{to}:{port}" for to, port in spoken}
    assert [finding["code"] for result in report["results"] for finding in result["findings"]] == ["open_relay.closed"]
