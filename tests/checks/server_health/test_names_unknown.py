"""The server finds no well-known name: is it the server's fault, or does this computer find none either?"""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from core.checks.server_health.facts import Resolving, ServerHealthFacts
from core.checks.server_health.network_findings import resolver

NAMES = ("www.google.com", "www.apple.com", "www.yahoo.co.jp")
NOTHING = Resolving(("192.0.2.53",), (), NAMES, (0, 0, 0))


@pytest.mark.parametrize(
    ("known_here", "seconds", "code"),
    [
        (True, (0, 0, 0), "server_health.resolver_broken"),
        (
            None,
            (0, 0, 0),
            "server_health.resolver_broken",
        ),  # this computer got no answer: nothing speaks for the server
        (False, (0, 0, 0), "server_health.names_unknown"),
        (False, (4, 4, 4), "server_health.resolver_broken"),  # a wait is no answer, whatever names there are
    ],
)
def test_whose_fault_it_is(known_here: bool | None, seconds: tuple[int, ...], code: str) -> None:
    told = replace(NOTHING, known_here=known_here, seconds=seconds)
    facts = ServerHealthFacts(datetime(2026, 11, 22, tzinfo=UTC), resolving=told)
    assert [finding.code for finding in resolver(facts)] == [code]
