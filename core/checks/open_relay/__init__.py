"""Does the server pass on mail from strangers to strangers? Asked only with consent, and only up to RCPT."""

from __future__ import annotations

from core.check import Check
from core.checks.open_relay.facts import OpenRelayFacts
from core.checks.open_relay.judge import judge
from core.checks.open_relay.measure import measure

_WHERE = ("host", "address")

CHECK: Check[OpenRelayFacts] = Check(
    id="open_relay",
    needs=(("own_server",), ("mail_hosts",)),
    codes={
        "open_relay.accepted": (*_WHERE, "count"),
        "open_relay.accepted_unknown_vantage": (*_WHERE, "count"),
        "open_relay.ambiguous": _WHERE,
        "open_relay.not_testable_here": _WHERE,
        "open_relay.refused_inside": (*_WHERE, "count"),
        "open_relay.closed": (*_WHERE, "count"),
        "open_relay.incomplete": (*_WHERE, "tested", "total", "reasons"),
        "open_relay.hosted": _WHERE,
    },
    time_limit=300.0,
    measure=measure,
    judge=judge,
    uses_server=True,
)
