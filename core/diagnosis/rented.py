"""Which of the mail servers' addresses are another company's place, by the names that company gives them. Pure.

An address whose own name is a company's, and whose company the domain's SPF record lets send, is that company's shared
server. One name alone tells less: a machine rented for oneself keeps the name its company gave it.
"""

from __future__ import annotations

from core.checks.hosting.facts import Facts as HostingFacts
from core.checks.hosting.judge import mail_servers, spf_names
from core.diagnosis.clues import Clues
from core.knowledge.dnsbl import reversed_address
from core.knowledge.domain_names import plain_domain, registrable_domain


def on_a_shared_server(address: str, clues: Clues) -> bool:
    """Whether this address is that of a company's shared server."""
    facts = clues.facts_of(HostingFacts)
    if facts is None:
        return False
    target = clues.context.target
    ours = {registrable_domain(plain_domain(name)) for name in (target.domain, *target.also_domain) if name}
    companies = {registrable_domain(name) for name in (*spf_names(facts), *mail_servers(facts))} - ours
    asked = f"{reversed_address(address)}.{'ip6' if ':' in address else 'in-addr'}.arpa"
    names = [name for each in facts.reverse if each.name.rstrip(".") == asked for name in each.records]
    return any(registrable_domain(plain_domain(name)) in companies for name in names)
