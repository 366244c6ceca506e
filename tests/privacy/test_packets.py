"""What leaves the laptop, seen by the network itself: only what the report names among its contacts. Needs root.

That is the user's hosts, the DNS, the registry of their domain, and the one announced port-25 connection.
"""

from __future__ import annotations

import re
from typing import Any

import pytest

from core.knowledge.dnsbl import load_lists
from tests.privacy import own_world
from tests.privacy.office import DNS, DOMAIN, GONE, LANDMARK, MAIL, NAMES, WEB, WHOIS

pytestmark = [pytest.mark.hostile, pytest.mark.slow]
# The mail server looks at its own doors while it is read; that never leaves it.
THE_SERVER_ITSELF = {("tcp", "127.0.0.1", port) for port in (25, 465, 587, 993, 995)}

# The server tries whether it can look names up; the command stands in the report.
NAMES_THE_SERVER_TRIES = {"gmail-smtp-in.l.google.com", "www.apple.com", "www.google.com"}


def play(scene: str) -> dict[str, Any]:
    """One scene in a network of its own."""
    return own_world.play("tests.privacy.office", scene)


def announced(contacted: list[str]) -> set[tuple[str, int]]:
    """The report's list, names turned to addresses."""
    found = set()
    for entry in contacted:
        match = re.fullmatch(r"(.+):(\d+) \(.+\)", entry)
        assert match, entry
        found.add((NAMES.get(match[1], match[1]), int(match[2])))
    return found


@pytest.fixture(scope="module")
def whole() -> dict[str, Any]:
    return play("whole")


def test_a_whole_run_speaks_to_nobody_it_does_not_name(whole: dict[str, Any]) -> None:
    found = whole
    left = {(to, port) for _, to, port in found["packets"] - THE_SERVER_ITSELF}
    assert left == announced(found["contacted"])
    assert {to for to, _ in left} == {DNS, MAIL, WEB, WHOIS}
    assert found["other"] == []
    assert "mail_queue.not_found" in found["codes"], "the server was not read"


def test_every_name_that_is_asked_is_about_the_company_or_a_list(whole: dict[str, Any]) -> None:
    """The DNS hears of nothing but the domain, its addresses, the lists asked about them, and made-up words."""
    found = whole
    ends = [DOMAIN, "jp", "25.113.0.203.in-addr.arpa", "whois.jprs.jp", *(one.zone for one in load_lists())]
    strange = [name for name in found["asked"] if not any(name == end or name.endswith(f".{end}") for end in ends)]
    strange = sorted(set(strange) - NAMES_THE_SERVER_TRIES)
    # Made-up names show whether the network invents answers; they tell nothing of the person.
    assert len(strange) <= 3 and all(re.fullmatch(r"x?[a-z0-9]{15,25}\.com", name) for name in strange), strange


def test_when_our_server_is_silent_one_other_is_asked_and_named() -> None:
    found = play("silent")
    outside = {(to, port) for _, to, port in found["packets"] if to not in (DNS, MAIL)}
    assert outside == {(GONE, 25), (GONE, 465), (GONE, 587), (LANDMARK, 25)}
    assert outside <= announced(found["contacted"])
    assert found["codes"] == ["smtp_banner.line_blocked"]
