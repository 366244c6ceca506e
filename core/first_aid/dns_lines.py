"""The DNS lines a repair comes down to, ready to be handed to the company that keeps the domain.

A check proposes a line only after it has tried it out (RFC 7208 and RFC 7489 by their own evaluation); here it is
only found again, so that the card, the letter and the report name the very same one.

A returned mail tells the address ours left from, and anybody can write one: whoever wrote it would let himself into
our list of senders. So a line says which of its addresses nobody but a pasted mail names.
"""

from __future__ import annotations

from dataclasses import dataclass

from core.clean import clean
from core.first_aid.pasted import pasted_alone
from core.model import Cause, Finding, Report, Severity

_LONGEST_NAME, _LONGEST_LINE = 255, 2000  # characters; a longer line is no line of ours


@dataclass(frozen=True)
class DnsLine:
    """One TXT record: the full name it stands under, and its text.

    `doubtful`: addresses it lets in that only a pasted mail names; a person has to know them.
    """

    name: str
    text: str
    doubtful: tuple[str, ...] = ()


def dns_lines(cause: str, report: Report | None) -> tuple[DnsLine, ...]:
    """The lines proposed by the findings that speak for `cause` in this run, each once; mostly one, or none."""
    known = next((one for one in report.causes if one.code == cause), None) if report else None
    if report is None or known is None:
        return ()
    pasted = pasted_alone(report)
    lines = (_line(finding, pasted) for finding in _speaking_for(known, report))
    return tuple(dict.fromkeys(line for line in lines if line))


def _speaking_for(cause: Cause, report: Report) -> list[Finding]:
    wrong = (one for result in report.results for one in result.findings if one.severity is not Severity.OK)
    return [one for one in wrong if one.code in cause.findings]


def _doubtful(text: str, finding: Finding, pasted: frozenset[str]) -> tuple[str, ...]:
    """Those of `pasted` that this line lets in and the one in force does not."""
    before = set(str(finding.values.get("record") or "").lower().split())
    new = [term for term in text.split() if term.lower() not in before]
    return tuple(term[4:] for term in new if term[:4] in ("ip4:", "ip6:") and term[4:] in pasted)


def _line(finding: Finding, pasted: frozenset[str]) -> DnsLine | None:
    text, name = finding.values.get("proposed"), finding.values.get("name") or finding.values.get("domain")
    if not isinstance(text, str) or not isinstance(name, str) or not text or not name:
        return None
    if len(text) > _LONGEST_LINE or clean(text, _LONGEST_LINE) != text:
        return None  # what must be changed to be shown cannot be registered as it stands
    return DnsLine(clean(name, _LONGEST_NAME), text, _doubtful(text, finding, pasted))
