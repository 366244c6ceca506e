"""Do the lists we ship still live? Asks the real internet, so only on request, and never on a build machine:

    MFA_LIVE=1 [MFA_LIVE_RESOLVER=192.0.2.53] pytest -m live tests/live

It asks for the lists' own test entries alone, once each, and about nobody's address.
"""

from __future__ import annotations

import asyncio
import os
from functools import cache

import pytest

from core.blacklists import ListState, blacklist_states
from core.clients.journal import Journal
from core.clients.reroute import Reroute
from core.clients.resolver import Resolver
from core.knowledge.dnsbl import load_lists

pytestmark = pytest.mark.live


@cache
def states() -> dict[str, ListState]:
    resolver = Resolver(os.environ.get("MFA_LIVE_RESOLVER"), Reroute(), Journal())
    return {state.zone: state for state in asyncio.run(blacklist_states(resolver))}


@pytest.mark.parametrize("zone", [one.zone for one in load_lists()])
def test_the_list_answers_its_test_entries(zone: str) -> None:
    state = states()[zone]
    if state.state in ("could_not_ask", "refuses_us"):
        pytest.skip(f"{state.reason}: says nothing about the list through this DNS server")
    assert state.state == "alive", (state.reason, state.asked)
