"""Is this computer's clock to be trusted? What stands on its date is "could not look" when it is not. Pure.

A clock set back by years shows every certificate as not yet valid, one set forward shows all as expired, and one that
is a little off may show an expired one as good. A server's clock may be the wrong one as well, or be told wrong on
purpose: so a difference never becomes an alarm and never a "fine", and one other server that agrees with us ends it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta

from core.clean import clean
from core.clients.journal import ServerClock
from core.model import CheckResult, Problem

MUCH = timedelta(days=1)  # a wrong time zone and a summer time together are less
# What says "too old", "run out" or "still good" by this computer's date.
DATED = (
    "tls_health.ok", "tls_health.expired", "tls_health.not_yet_valid", "tls_health.expires_soon",
    "tls_health.chain_expired", "domain_life.ok", "domain_life.expired", "domain_life.expires_today",
    "domain_life.expires_this_week", "domain_life.expires_this_month", "server_health.certificate_file_ended",
    "server_health.certificate_not_reloaded", "server_health.system_ended", "server_health.system_paid",
    "smtp_banner.supported", "smtp_banner.unsupported", "smtp_banner.old_number", "smtp_banner.repaired_by_system",
)  # fmt: skip


@dataclass(frozen=True)
class Doubt:
    """Our clock beside another. `host`: whose; "" when even this program is newer than our date."""

    ours: datetime
    theirs: datetime
    host: str = ""


def clock_doubt(clocks: Sequence[ServerClock], now: datetime, newest_data: date | None) -> Doubt | None:
    """Why our date is in doubt, or None.

    `newest_data`: the day this program's knowledge was last checked. No right clock is before it, ours or another's.
    """
    earliest = datetime.combine(newest_data, time(), UTC) - MUCH if newest_data else datetime.min.replace(tzinfo=UTC)
    if now < earliest:
        return Doubt(now, earliest + MUCH)
    possible = [clock for clock in clocks if clock.said >= earliest]
    apart = [clock for clock in possible if abs(clock.said - clock.ours) > MUCH]
    if not apart or len(apart) < len(possible):
        return None
    return Doubt(apart[0].ours, apart[0].said, apart[0].host)


def held_back(result: CheckResult, doubt: Doubt | None) -> CheckResult:
    """`result` without what stands on a date in doubt; "could not look" takes its place."""
    if doubt is None:
        return result
    findings = tuple(finding for finding in result.findings if finding.code not in DATED)
    if len(findings) == len(result.findings):
        return result
    return replace(result, findings=findings, problem=result.problem or _problem(doubt))


def _problem(doubt: Doubt) -> Problem:
    ours, theirs = doubt.ours.isoformat(), doubt.theirs.isoformat()
    if not doubt.host:
        return Problem("run.clock_before_app", {"ours": ours, "theirs": theirs})
    seconds = int(abs(doubt.theirs - doubt.ours).total_seconds())
    host = clean(doubt.host, 255)
    return Problem("run.clock_differs", {"host": host, "seconds": seconds, "ours": ours, "theirs": theirs})
