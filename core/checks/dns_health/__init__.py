"""Does the DNS lead other servers to ours, and do our addresses have names that lead back?"""

from __future__ import annotations

from core.check import Check
from core.checks.dns_health.delegation import ask_early
from core.checks.dns_health.facts import Facts
from core.checks.dns_health.judge import judge
from core.checks.dns_health.measure import measure

CHECK: Check[Facts] = Check(
    id="dns_health",
    needs=(("domain", "mail_hosts"),),
    codes={
        "dns_health.ok": ("domain", "hosts"),
        "dns_health.addresses_ok": ("addresses",),
        "dns_health.nothing_public": (),
        "dns_health.look_alike": ("domain", "wire"),
        "dns_health.written_as": ("domain", "wire"),
        "dns_health.no_such_domain": ("domain",),
        "dns_health.no_mx": ("domain",),
        "dns_health.implicit_mx": ("domain", "addresses"),
        "dns_health.null_mx": ("domain",),
        "dns_health.leads_elsewhere": ("domain", "hosts", "addresses"),
        "dns_health.mx_is_address": ("domain", "host"),
        "dns_health.mx_is_alias": ("domain", "host", "alias_of"),
        "dns_health.mx_has_no_address": ("domain", "host"),
        "dns_health.mx_circle": ("domain", "host", "names"),
        "dns_health.mx_private": ("domain", "host", "addresses"),
        "dns_health.ptr_missing": ("address", "source"),
        "dns_health.ptr_not_confirmed": ("address", "source", "names"),
        "dns_health.ptr_generic": ("address", "source", "names"),
        "dns_health.ipv6_path_bad": ("addresses", "good"),
        "dns_health.helo_unknown": ("name",),
        "dns_health.helo_differs": ("name", "addresses", "names"),
        "dns_health.changed_recently": ("zone", "changed"),
        "dns_health.server_lame": ("zone", "servers", "reasons"),
        "dns_health.servers_disagree": ("zone", "servers"),
        "dns_health.serials_differ": ("zone", "servers"),
        "dns_health.servers_unasked": ("zone", "servers"),
        "dns_health.delegation_differs": ("zone", "parent", "own"),
        "dns_health.resolver_differs": ("domain", "resolver", "old", "new"),
        "dns_health.spf_remembered": ("domain", "old", "new"),
        "dns_health.resolver_rewrites": ("resolver",),
        "dns_health.resolver_denies_all": ("resolver", "name", "domain"),
        "dns_health.domain_fails_alone": ("domain", "resolver"),
        "dns_health.partly_unknown": ("names", "reasons"),
    },
    time_limit=30.0,
    measure=measure,
    judge=judge,
    early=ask_early,
    uses_server=True,
)
