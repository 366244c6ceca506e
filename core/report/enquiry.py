"""When a company keeps the mail, only it can look inside: whom to call, and what to say, after one's own steps."""

from __future__ import annotations

from core.model import Cause, Report, Severity
from core.report.words import words_for
from core.texts import Texts

_COMPANY = ("hosting.hosted", "hosting.filter_in_front")
# Who else can act: calling the company that keeps the mail would only lose time.
_OTHERS = ("domain_company", "recipient", "wait")


def enquiry_steps(report: Report, cause: Cause | None, texts: Texts) -> list[str]:
    """The company's support page and the text to send or read out; empty when there is nothing to ask it."""
    if report.severity is Severity.OK or (cause and (cause.who_acts in _OTHERS or cause.values.get("letter"))):
        return []  # or it stands in the cause's own steps
    for finding in (one for result in report.results for one in result.findings):
        if finding.code in _COMPANY:
            return list(words_for(texts, finding.code, finding.values).steps)
    return []
