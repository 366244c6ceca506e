"""Does the server pass on mail from strangers to strangers?

Asked only with consent, and only up to RCPT; and read from its settings where we can log in, which asks nothing.
"""

from __future__ import annotations

from core.check import Check
from core.checks.open_relay.facts import OpenRelayFacts
from core.checks.open_relay.judge import judge
from core.checks.open_relay.measure import measure

_WHERE = ("host", "address")

CHECK: Check[OpenRelayFacts] = Check(
    id="open_relay",
    needs=(("own_server", "ssh"), ("mail_hosts", "ssh")),
    codes={
        "open_relay.accepted": (*_WHERE, "count"),
        "open_relay.accepted_unknown_vantage": (*_WHERE, "count"),
        "open_relay.arrived": (*_WHERE, "at"),
        "open_relay.ambiguous": _WHERE,
        "open_relay.routes_through": (*_WHERE, "count"),
        "open_relay.not_testable_here": _WHERE,
        "open_relay.refused_inside": (*_WHERE, "count"),
        "open_relay.closed": (*_WHERE, "count"),
        "open_relay.closed_thorough": (*_WHERE, "count", "untested"),
        "open_relay.incomplete": (*_WHERE, "tested", "total", "reasons"),
        "open_relay.hosted": _WHERE,
        "open_relay.config_open": ("product", "settings"),
        "open_relay.config_closed": ("product",),
        "open_relay.config_unclear": ("product", "settings"),
        "open_relay.trust_too_wide": ("product", "networks", "count"),
        "open_relay.trusts_gateway": ("product", "networks", "count"),
    },
    time_limit=360.0,  # three servers in turn; each client and the careful run have their own limits
    thorough_limit=1300.0,
    measure=measure,
    judge=judge,
    one_network=True,
    uses_server=True,
)
