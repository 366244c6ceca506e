"""Is one of our sending addresses, or our domain, on a blacklist that receivers use?"""

from __future__ import annotations

from core.check import Check
from core.checks.dnsbl.facts import Facts
from core.checks.dnsbl.judge import judge
from core.checks.dnsbl.measure import measure

_LISTING = ("zone", "list_name", "parts", "return_codes", "reasons", "weight", "removal", "wait", "lookup_page")

CHECK: Check[Facts] = Check(
    id="dnsbl",
    needs=(("addresses", "domain", "mail_hosts", "address"),),
    codes={
        "dnsbl.listed": (*_LISTING, "address", "source"),
        "dnsbl.domain_listed": (*_LISTING, "domain"),
        "dnsbl.listed_minor": (*_LISTING, "subject"),
        "dnsbl.listed_without_weight": (*_LISTING, "subject"),
        "dnsbl.neighbours_listed": (*_LISTING, "subject"),
        "dnsbl.well_known": (*_LISTING, "subject"),
        "dnsbl.clean": ("count", "lists", "subjects"),
        "dnsbl.clean_major": ("count", "lists", "subjects", "unasked", "reasons"),
        "dnsbl.partly_unasked": ("lists", "reason", "lookup_pages"),
        "dnsbl.could_not_ask": ("lists", "reasons", "resolver"),
        "dnsbl.resolver_rewrites": ("resolver", "answer"),
        "dnsbl.public_resolver": ("resolver", "company", "lists", "lookup_pages"),
        "dnsbl.no_public_address": (),
        "dnsbl.private_given": ("addresses",),
        "dnsbl.keys_unread": ("services",),
        "dnsbl.dead_list_in_refusal": ("list_name", "zone", "died", "last_answer"),
        "dnsbl.own_server_uses_dead_list": ("list_name", "zone", "died", "last_answer", "setting"),
    },
    time_limit=45.0,  # six for the lists; a keychain may ask the person first
    measure=measure,
    judge=judge,
    uses_server=True,
)
