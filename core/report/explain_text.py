"""`--explain`: what became of every cause, for the specialist on the phone; codes and checks under their own names."""

from __future__ import annotations

from collections.abc import Iterator

from core.diagnosis.explain import Weighing, weigh
from core.model import Report
from core.report.words import check_name, phrase
from core.texts import Texts


def explanation_text(report: Report, texts: Texts) -> str:
    """Every cause with why it stands where it stands; lines without a last newline."""
    lines = [phrase(texts, "explain.heading")]
    for weighing in weigh(report):
        lines += ["", _headline(weighing, texts), *(f"    {line}" for line in _reasons(weighing, texts))]
    return "\n".join(lines)


def _headline(weighing: Weighing, texts: Texts) -> str:
    certainty = weighing.cause.certainty if weighing.cause else None
    said = phrase(texts, f"explain.{weighing.standing}", name=_name(weighing.code, texts), certainty=certainty)
    return f"{said} [{weighing.code}]"


def _reasons(weighing: Weighing, texts: Texts) -> Iterator[str]:
    if weighing.cause:
        findings = list(weighing.cause.findings)
        yield phrase(texts, "explain.findings", findings=findings) if findings else phrase(texts, "explain.no_findings")
    if weighing.follows_from:
        yield phrase(texts, "explain.follows", causes=[_name(code, texts) for code in weighing.follows_from])
    elif weighing.standing == "behind" and not weighing.fits:
        yield phrase(texts, "explain.off_topic")
    for key, checks in (("explain.looked", weighing.looked), ("explain.blind", weighing.blind)):
        if checks:
            yield phrase(texts, key, checks=[check_name(texts, check_id) for check_id in checks])


def _name(code: str, texts: Texts) -> str:
    return phrase(texts, f"cause_name.{code}")
