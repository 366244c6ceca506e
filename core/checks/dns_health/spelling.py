"""A domain in other letters than a-z: how it is really written, and whether it poses as another."""

from __future__ import annotations

from collections.abc import Iterator

from core.clean import clean
from core.knowledge.scripts import poses, wire_form
from core.model import Finding, Severity, Value


def judge_spelling(domain: str | None) -> Iterator[Finding]:
    """Nothing for a plain name. Whoever reads two look-alikes sees the difference in the written form only."""
    wire = wire_form(domain or "")
    if domain is None or wire is None:
        return
    values: dict[str, Value] = {"domain": clean(domain, 253), "wire": wire}
    if poses(domain):
        yield Finding("dns_health.look_alike", Severity.WARNING, values)
    else:
        yield Finding("dns_health.written_as", Severity.OK, values)
