"""Who runs this mail: a company, a company with a filter in front, or our own server. It decides whom to call."""

from __future__ import annotations

from core.check import Check
from core.checks.hosting.facts import Facts
from core.checks.hosting.judge import judge
from core.checks.hosting.measure import measure

_COMPANY = ("domain", "company", "hosts", "support", "can", "cannot", "signs", "symptom", "since", "letter")

CHECK: Check[Facts] = Check(
    id="hosting",
    needs=(("domain", "mail_hosts"),),
    codes={
        "hosting.hosted": _COMPANY,
        "hosting.filter_in_front": (*_COMPANY, "behind"),
        "hosting.own": ("domain", "hosts"),
        "hosting.own_rented": ("domain", "hosts", "company", "support"),
        "hosting.unknown": ("domain", "hosts", "owners"),
        "hosting.no_mail_server": ("domain",),
        "hosting.could_not_look": ("names",),
        "hosting.dns_company": ("domain", "company", "support"),
    },
    time_limit=20.0,
    measure=measure,
    judge=judge,
)
