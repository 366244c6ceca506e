"""Which addresses nothing but a returned or pasted mail calls ours: anybody can write one, and put himself into it."""

from __future__ import annotations

from core.model import Report

_PASTED = ("bounce", "header")  # sources of an address


def pasted_alone(report: Report) -> frozenset[str]:
    """Addresses known from a returned or pasted mail alone: the person did not tell them, no server and no record of
    ours names them."""
    findings = [finding for result in report.results for finding in result.findings]
    told: set[object] = {one.address for one in report.addresses if one.only_pasted}
    ours: set[object] = {one.address for one in report.addresses if not one.only_pasted}.union(report.target.address)
    for finding in findings:
        values = finding.values
        told |= {values.get("sending_address"), values.get("address") if values.get("source") in _PASTED else None}
        passed = values.get("addresses") if finding.code == "sender_auth.spf_pass" else None
        ours.update(passed if isinstance(passed, list) else ())
    return frozenset(one for one in told - ours if isinstance(one, str))
