"""Is the domain's registration alive: until when, in which state, held by whom?"""

from __future__ import annotations

from core.check import Check
from core.checks.domain_life.facts import Facts
from core.checks.domain_life.judge import judge
from core.checks.domain_life.measure import measure

_WHO = ("domain", "registrar", "phone")

CHECK: Check[Facts] = Check(
    id="domain_life",
    needs=(("domain",),),
    codes={
        "domain_life.ok": ("domain", "expires", "registrar"),
        "domain_life.ok_undated": ("domain", "registrar"),
        "domain_life.expired": (*_WHO, "expires", "age"),
        "domain_life.expires_today": (*_WHO, "expires"),
        "domain_life.expires_this_week": (*_WHO, "expires", "count"),
        "domain_life.expires_this_month": (*_WHO, "expires", "count"),
        "domain_life.on_hold": (*_WHO, "statuses"),
        "domain_life.being_deleted": (*_WHO, "statuses"),
        "domain_life.not_registered": ("domain",),
        "domain_life.contradicted": ("domain", "server", "name_servers"),
        "domain_life.other_domain": ("domain", "server", "other"),
        "domain_life.parked": (*_WHO, "name_servers", "kind"),
        "domain_life.unknown_registry": ("domain",),
        "domain_life.unreadable": ("domain", "server"),
    },
    time_limit=45.0,
    measure=measure,
    judge=judge,
)
