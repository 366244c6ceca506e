"""Encryption that an earlier run saw offered and this one does not (STARTTLS, RFC 3207). Pure.

Who sits between can strip the offer out of a server's answer, and nothing in that one answer shows it; an earlier run
does. A server whose settings were changed looks the same: so it is told as a question, never as an attack.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from core.clean import clean
from core.model import CheckResult, Finding, Report, Severity, Value

CHECK = "tls_health"
Door = tuple[str, int]


def doors(report: Report, state: str) -> frozenset[Door]:
    """Hosts and ports with STARTTLS whose look ended so. Works on a run just made and on one read again."""
    result = _encryption(report)
    ports = _field(result.facts if result else None, "ports")
    found = []
    for port in ports if isinstance(ports, list | tuple) else ():
        host, number = _field(port, "host"), _field(port, "port")
        if _field(port, "starttls") is True and _field(port, "state") == state:
            found += [(host.lower(), number)] if isinstance(host, str) and isinstance(number, int) else []
    return frozenset(found)


def _field(facts: object, name: str) -> Any:
    return facts.get(name) if isinstance(facts, Mapping) else getattr(facts, name, None)


def without_offer(report: Report) -> frozenset[Door]:
    """Where mail would be handed over unencrypted now."""
    return doors(report, "not_offered") - doors(report, "encrypted")


def with_lost_encryption(report: Report, earlier: Report, lost: frozenset[Door]) -> Report:
    """`report` with the doors in `lost`, told as those that `earlier` found encrypted."""
    result = _encryption(report)
    if not lost or result is None:
        return report
    values: dict[str, Value] = {
        "hosts": sorted({clean(host, 255) for host, _ in lost}),
        "ports": sorted({port for _, port in lost}),
        "since": earlier.started_at.isoformat(),
    }
    finding = Finding("tls_health.starttls_gone", Severity.WARNING, values)
    told = replace(result, findings=(finding, *result.findings))
    return replace(report, results=tuple(told if each is result else each for each in report.results))


def _encryption(report: Report) -> CheckResult | None:
    return next((each for each in report.results if each.check_id == CHECK), None)
