"""Does the mail server answer, what program is it, how old, and does anyone still repair it?"""

from __future__ import annotations

from core.check import Check
from core.checks.smtp_banner.facts import SmtpBannerFacts
from core.checks.smtp_banner.judge import judge
from core.checks.smtp_banner.measure import measure

_DOOR = ("host", "port")
_PROGRAM = ("host", "product", "source", "version")
_DATED = (*_PROGRAM, "released", "age")

CHECK: Check[SmtpBannerFacts] = Check(
    id="smtp_banner",
    needs=(("mail_hosts",),),
    codes={
        "smtp_banner.answers": _DOOR,
        "smtp_banner.busy": (*_DOOR, "said"),
        "smtp_banner.not_smtp": (*_DOOR, "said"),
        "smtp_banner.silent": _DOOR,
        "smtp_banner.refused": _DOOR,
        "smtp_banner.no_answer": _DOOR,
        "smtp_banner.no_family": (*_DOOR, "family"),
        "smtp_banner.behind_proxy": _DOOR,
        "smtp_banner.line_blocked": (*_DOOR, "landmark"),
        "smtp_banner.silent_line_open": (*_DOOR, "landmark"),
        "smtp_banner.supported": _DATED,
        "smtp_banner.unsupported": _DATED,
        "smtp_banner.unsupported_undated": _PROGRAM,
        "smtp_banner.old_number": (*_DATED, "systems"),
        "smtp_banner.repaired_by_system": (*_DATED, "system"),
        "smtp_banner.support_unknown": _PROGRAM,
        "smtp_banner.support_unknown_dated": _DATED,
        "smtp_banner.version_hidden": ("host", "product"),
        "smtp_banner.product_unknown": ("host", "said"),
        "smtp_banner.behind_filter": ("host", "product"),
        "smtp_banner.hosted": ("host", "product"),
        "smtp_banner.login_in_clear": ("host", "ports"),
    },
    time_limit=90.0,
    measure=measure,
    judge=judge,
    one_network=True,
)
