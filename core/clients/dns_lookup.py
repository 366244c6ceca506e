"""Asks the resolver so that a failure becomes a fact about the name asked for, instead of an error.

For checks that ask many questions and judge each; the errors' meanings stand at `Resolver.query`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from core.errors import CheckError
from core.lookup import Lookup

if TYPE_CHECKING:
    from core.clients.dns_answer import Answer
    from core.clients.resolver import Resolver


async def look_up(resolver: Resolver, name: str, rdtype: str) -> Lookup:
    """A server that fails is a fact about this name; a name that cannot be asked is none ("bad_name")."""
    try:
        return _fact(await resolver.query(name, rdtype))
    except CheckError as error:
        return Lookup(name, rdtype, rcode=str(error.values.get("rcode", "")), error=error.code.partition(".")[2])


async def look_up_reverse(resolver: Resolver, address: str) -> Lookup:
    """The names (PTR) of an IP address, asked for under `address` itself where nothing came."""
    try:
        return _fact(await resolver.reverse(address))
    except CheckError as error:
        return Lookup(address, "PTR", error=error.code.partition(".")[2])


def _fact(answer: Answer) -> Lookup:
    return Lookup(answer.name, answer.rdtype, answer.records, answer.rcode)
