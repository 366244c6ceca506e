"""Asks for the names that tell who runs a domain's mail: MX, SPF, name servers, and the mail servers' reverse names."""

from __future__ import annotations

from datetime import UTC, datetime

from core.checks.hosting.facts import Facts
from core.clients import Clients
from core.clients.dns_lookup import look_up, look_up_reverse
from core.clients.resolver_mail import nowhere_to_knock
from core.clients.together import together
from core.errors import CheckTimeoutError
from core.knowledge.addresses import is_public
from core.knowledge.domain_names import registrable_domain
from core.model import Context

MOST_ADDRESSES = 6
SILENT = ("timed_out", "unreachable")


async def measure(context: Context, clients: Clients) -> Facts:
    """MX, TXT and name servers of the domain, and the names of its servers' addresses, all asked at once.

    Raises CheckTimeoutError when the resolver answered nothing at all, and CheckError "run.leads_back_here" when all we
    have is a name that means this very computer.
    """
    resolver, target = clients.resolver, context.target
    domain = target.domain
    if not domain and context.mail_hosts and all(host.astray and not host.addresses for host in context.mail_hosts):
        raise nowhere_to_knock(context.mail_hosts)
    addresses = [address for host in context.mail_hosts for address in host.addresses if is_public(address)]
    asked = [(domain, "MX"), (domain, "TXT"), (registrable_domain(domain), "NS")] if domain else []
    questions = [look_up(resolver, name, kind) for name, kind in asked]
    questions += [look_up_reverse(resolver, address) for address in addresses[:MOST_ADDRESSES]]
    every = await together(questions)
    found, reverse = every[: len(asked)], every[len(asked) :]
    if every and all(lookup.error in SILENT for lookup in every):
        raise CheckTimeoutError("dns.timed_out", name=every[0].name, server=resolver.address)
    mx, txt, ns = found if found else (None, None, None)
    return Facts(
        measured_at=datetime.now(UTC),
        resolver=resolver.address,
        domain=domain,
        mx=mx,
        txt=txt,
        ns=ns,
        told_host=context.mail_hosts[0].name if context.mail_hosts else None,
        reverse=tuple(reverse),
        own_server=target.own_server or target.ssh is not None,
        symptom=target.symptom,
        since=target.since,
    )
