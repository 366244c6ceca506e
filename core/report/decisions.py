"""What the reader has to decide next: at most three questions, chosen by the causes and by what is not yet repaired.

Codes only (`report.decision.<word>`); the words stand with the texts.
"""

from __future__ import annotations

from core.again import REPAIRED, compare
from core.incident import NO_CAUSE, Incident
from core.model import Cause, Report, Severity, Value
from core.report.words import phrase
from core.texts import Texts

MOST = 3
ABUSE = frozenset({"account_hijacked", "open_relay", "web_form_abused"})
_BY_WHO = {
    "you": "who_repairs",
    "hosting_company": "call_company",
    "domain_company": "call_domain_company",
    "recipient": "other_channel",
    "wait": "other_channel",
}
# A question that a step done has answered: who has stopped the sending asks no more whether to.
_BY_STEP = {"stop_sending": "hold_outgoing", "who_repairs": "repair_cause"}
_BY_CODE = {"domain_expired": "pay_domain", "could_not_look": "give_access", "nothing_found": "collect"}


def decisions(report: Report, texts: Texts, incident: Incident | None = None) -> list[str]:
    """The questions in words, the most pressing first; one that says there is none, when there is none."""
    repaired = _is_repaired(incident)
    asked = list(dict.fromkeys(_words(report, repaired)))
    words = [word for word in asked if word not in _taken(incident)][:MOST]
    if not words and asked:
        words = ["look_again"]
    if not words:
        words = [_calm(incident) if repaired else "none"]
    return [phrase(texts, f"report.decision.{word}", **_values(report, word)) for word in words]


def _taken(incident: Incident | None) -> frozenset[str]:
    """What somebody has decided already, as the ticked steps tell."""
    ticks = incident.ticks if incident else {}
    return frozenset(word for word, step in _BY_STEP.items() if step in ticks)


def _calm(incident: Incident | None) -> str:
    """Nothing to decide after a repair: it is looked at again by the watch, where somebody started it."""
    watching = incident is not None and any(one.what == "again" for one in incident.reminders)
    return "watch" if watching else "look_again"


def _words(report: Report, repaired: bool) -> list[str]:
    causes = list(report.causes)
    first = causes[0] if causes else None
    found: list[str] = []
    if first and not repaired:
        found += _of_first(first, report)
    if any(cause.code == "account_hijacked" for cause in causes):
        found.append("personal_data")
    if _replaced(report):
        found.append("replace_software")
    if not found and report.severity is not Severity.OK and not repaired:
        found.append("give_access" if report.severity is Severity.UNKNOWN else "who_repairs")
    return found


def _of_first(first: Cause, report: Report) -> list[str]:
    if first.code in NO_CAUSE:
        calm = first.code == "nothing_found" and (report.severity is Severity.OK or report.target.symptom == "checkup")
        return [] if calm else [_BY_CODE[first.code]]
    stop = ["stop_sending"] if first.code in ABUSE else []
    return [*stop, _BY_CODE.get(first.code) or _BY_WHO[first.who_acts]]


def _replaced(report: Report) -> Cause | None:
    return next((cause for cause in report.causes if cause.code == "server_unsupported"), None)


def _values(report: Report, word: str) -> dict[str, Value]:
    cause = _replaced(report) if word == "replace_software" else None
    if cause is None:
        return {}
    program = [str(cause.values[name]) for name in ("product", "version") if cause.values.get(name)]
    return {"program": " ".join(program) or "—"}


def _is_repaired(incident: Incident | None) -> bool:
    comparison = compare(incident) if incident else None
    return bool(comparison and comparison.verdict in REPAIRED)
