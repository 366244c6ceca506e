"""What a receiver's SPF check finds for one address (RFC 7208)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from core.checks.sender_auth.facts import SpfCheck
from core.model import SendingAddress

if TYPE_CHECKING:
    from core.clients.spf import SpfDoor, SpfResult

STRANGER = "240.0.0.1"  # reserved: nobody sends from there, so a record that lets it pass lets everybody pass
PROVEN = ("bounce", "header", "ssh", "given")


async def spf_check(door: SpfDoor, one: SendingAddress, sender: str, helo: str) -> SpfCheck:
    """What a receiver finds for mail from `one`. `sender`: MAIL FROM, "" for a bounce; `helo`: the greeting name."""
    found = await door.check(one.address, sender, helo)
    return as_fact(one, "mailfrom" if sender else "helo", sender.rpartition("@")[2] or helo, found)


def as_fact(one: SendingAddress, identity: Literal["mailfrom", "helo"], name: str, found: SpfResult) -> SpfCheck:
    """The door's result for one address, as a fact."""
    return SpfCheck(
        address=one.address,
        source="nobody" if one.address == STRANGER else one.source,
        proven=one.source in PROVEN,
        identity=identity,
        name=name,
        result=found.result,
        mechanism=found.mechanism,
        problem=found.problem,
        term=found.term,
        lookups=found.lookups,
        void_lookups=found.void_lookups,
    )
