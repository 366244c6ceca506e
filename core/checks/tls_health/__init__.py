"""Are the certificates at the mail server's doors valid, named right, trusted, and the encryption not outdated?"""

from __future__ import annotations

from core.check import Check
from core.checks.tls_health.facts import Facts
from core.checks.tls_health.judge import judge
from core.checks.tls_health.measure import measure

_DOOR = ("host", "ports", "where")

CHECK: Check[Facts] = Check(
    id="tls_health",
    needs=(("mail_hosts",),),
    codes={
        "tls_health.ok": ("hosts", "ports", "not_after"),
        "tls_health.expired": (*_DOOR, "not_after", "age"),
        "tls_health.not_yet_valid": (*_DOOR, "not_before"),
        "tls_health.expires_soon": (*_DOOR, "not_after", "count"),
        "tls_health.wrong_name": (*_DOOR, "names"),
        "tls_health.name_not_compared": (*_DOOR, "names"),
        "tls_health.self_signed": _DOOR,
        "tls_health.unknown_issuer": (*_DOOR, "issuer"),
        "tls_health.chain_incomplete": (*_DOOR, "issuer"),
        "tls_health.chain_expired": (*_DOOR, "issuer"),
        "tls_health.unproven_25": (*_DOOR, "faults"),
        "tls_health.old_protocol": (*_DOOR, "version"),
        "tls_health.not_offered": _DOOR,
        "tls_health.starttls_gone": ("hosts", "ports", "since"),
        "tls_health.failed": _DOOR,
        "tls_health.not_tls": _DOOR,
        "tls_health.unreadable": _DOOR,
        "tls_health.unverified": _DOOR,
        "tls_health.could_not_look": ("hosts",),
        "tls_health.mta_sts_unreadable": ("domain",),
        "tls_health.mta_sts_wrong_host": ("domain", "hosts", "mode"),
        "tls_health.mta_sts_unknown": ("domain",),
        "tls_health.dane_mismatch": ("host",),
        "tls_health.promises": ("domain", "published"),
        "tls_health.tls_rpt_broken": ("domain", "record"),
    },
    time_limit=90.0,
    measure=measure,
    judge=judge,
)
