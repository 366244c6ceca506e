"""Asks the registry about the domain: by RDAP where it offers that, else by WHOIS; and the DNS for its name servers."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from typing import Literal

from core.checks.domain_life.facts import Facts, Registration
from core.checks.domain_life.rdap import read_rdap
from core.checks.domain_life.whois_text import read_whois
from core.clients import Clients
from core.errors import CheckError
from core.knowledge.domain_names import registrable_domain
from core.knowledge.registries import Registry, all_parked, registry_of
from core.model import Context

_Told = tuple[Literal["rdap", "whois", ""], str, Registration | None, str]  # source, server, what it said, raw


async def measure(context: Context, clients: Clients) -> Facts:
    """Raises the `http.*`, `whois.*` and `dns.*` errors when the registry could not be asked."""
    from core.clients.dns_message import absolute_name  # loads all of dnspython

    asked = absolute_name(context.target.domain or "").to_text(omit_final_dot=True)
    domain, measured_at = registrable_domain(asked), datetime.now(UTC)
    registry = registry_of(domain)
    told, name_servers = await asyncio.gather(
        _asked_or_why_not(clients, registry, domain), _name_servers(clients, domain)
    )
    if not isinstance(told, CheckError):
        source, server, registration, raw = told
        return Facts(measured_at, domain, source, server, registration, name_servers, raw[:2000])
    if all_parked(name_servers):  # a seller's parking place tells enough without the registry
        return Facts(measured_at, domain, "", "", None, name_servers)
    raise told


async def _asked_or_why_not(clients: Clients, registry: Registry, domain: str) -> _Told | CheckError:
    """What the registry said, or why it could not be asked: the name servers are looked up meanwhile."""
    try:
        return await _ask(clients, registry, domain)
    except CheckError as error:
        return error


async def _ask(clients: Clients, registry: Registry, domain: str) -> _Told:
    """RDAP first; WHOIS where there is none, or where RDAP failed and WHOIS exists too."""
    if registry.rdap:
        try:
            return await _rdap(clients, registry.rdap, domain)
        except CheckError:
            if not registry.whois:
                raise
    if registry.whois:
        # "/e" asks JPRS for English; its answers in Japanese are read as well.
        question = f"{domain}/e" if registry.whois == "whois.jprs.jp" else domain
        text = await clients.whois.ask(registry.whois, question)
        return "whois", registry.whois, read_whois(text), text
    return "", "", None, ""


async def _rdap(clients: Clients, base: str, domain: str) -> _Told:
    answer = await clients.http.get(f"{base}domain/{domain}", "application/rdap+json")
    raw = answer.body.decode("utf-8", errors="backslashreplace")
    if answer.status == 404:
        return "rdap", base, Registration(False), raw
    try:
        registration = read_rdap(answer.json()) if answer.status == 200 else None
    except ValueError:
        registration = None
    return "rdap", base, registration, raw


async def _name_servers(clients: Clients, domain: str) -> tuple[str, ...]:
    """What the DNS says; `dns_health` reports a DNS that does not answer."""
    try:
        answer = await clients.resolver.query(domain, "NS")
    except CheckError:
        return ()
    return tuple(record.removesuffix(".") for record in answer.records)
