"""Page one in rows: what happened, since when, whom it hits, what was done, what is open, by whom and by when.

A director reads it in a minute, so every part is bounded; what does not fit here stands whole on the pages behind.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from typing import Any

from core.again import REPAIRED, compare
from core.checklist import Line, checklist
from core.clean import clean
from core.delisting import desk, way_off
from core.incident import Entry, Incident, Reminder, Tick
from core.model import Cause, Report, Severity
from core.report.state_now import done_by_looking, state_now
from core.report.timeline import card_line, facts_of
from core.report.words import MARKS, mark_of, phrase, sentences
from core.since import since_words
from core.texts import Texts

MOST_DONE, MOST_OPEN = 5, 6
_STOP_FIRST, _REPAIR_FIRST = 2, 3  # rows of what stops the bleeding, then of the repair itself, before all else
LONGEST_LINE = 150  # characters of one line
_NAMED_BY_REPAIR = frozenset({"repair_cause"})  # "repair it": the steps of the repair say how
_STATES = ("critical", "warning", "unknown", "ok", "not_applicable")
# Phase of the checklist -> by when.
_BY_PHASE = {"delist": "after_check", "prevent": "this_week"}
_BY_SEVERITY = {Severity.CRITICAL: "today", Severity.WARNING: "this_week"}


def summary(report: Report, cause: Cause | None, texts: Texts, incident: Incident | None) -> list[dict[str, str]]:
    """The rows below the verdict; rows with nothing to say are left out."""
    target, now = report.target, state_now(incident)
    rows = {
        "trouble": _told(report, ("symptom",), texts) or phrase(texts, "report.not_told"),
        "since": _since(report, texts, incident),
        "affected": _affected(report, texts, incident),
        "repair": "" if now else _repair(incident, texts),
        "who_acts": phrase(texts, f"report.who_acts.{cause.who_acts}") if cause and not now else "",
        "server": clean(texts.joined([name for name in (target.domain, target.mail_host) if name]), 200),
        "seen_from": _seen_from(report, texts),
        "looked": _looked(report, texts, now is not None),
    }
    return [{"name": phrase(texts, f"report.summary.{key}"), "text": text} for key, text in rows.items() if text]


def work(
    report: Report, steps: list[str], cause: Cause | None, texts: Texts, incident: Incident | None
) -> dict[str, Any]:
    """Done and open in one list, as rows of mark, words, who and when."""
    done = _done(incident, texts) if incident else []
    repair = [] if _is_repaired(incident) else _from_steps(report, steps, cause, texts)
    left = _left(incident, repair, texts) if incident else repair
    cut = max(0, len(left) - MOST_OPEN)
    none = [] if done else [_row("－", phrase(texts, "report.work.nothing_done"), "", "")]
    return {
        "heading": phrase(texts, "report.work.heading"),
        "columns": [phrase(texts, f"report.work.{name}") for name in ("state", "what", "who", "when")],
        "rows": [*done[-MOST_DONE:], *none, *left[:MOST_OPEN]],
        "cut": phrase(texts, "report.work.more", count=cut) if cut else "",
    }


def _told(report: Report, questions: tuple[str, ...], texts: Texts) -> str:
    answers = [(question, getattr(report.target, question)) for question in questions]
    return sentences([phrase(texts, f"report.{name}.{answer}") for name, answer in answers if answer], texts)


def _since(report: Report, texts: Texts, incident: Incident | None) -> str:
    first = incident.first if incident else None
    return since_words(first or report, texts) or phrase(texts, "report.not_told")


def _affected(report: Report, texts: Texts, incident: Incident | None) -> str:
    told = _told(report, ("direction", "affected", "recipients"), texts)
    reports = [run.report for run in incident.runs] if incident and len(incident.runs) > 1 else [report]
    counted = [(one.started_at, waiting) for one in reports if (waiting := _waiting(one)) is not None]
    if len(counted) > 1:
        (then_at, then), (now_at, now) = counted[0], counted[-1]
        times = {"then_at": then_at.isoformat(), "now_at": now_at.isoformat()}
        told = sentences([told, phrase(texts, "report.affected.then_now", then=then, now=now, **times)], texts)
    elif counted and counted[0][1]:
        told = sentences([told, phrase(texts, "report.affected.waiting", count=counted[0][1])], texts)
    return told or phrase(texts, "report.not_told")


def _waiting(report: Report) -> int | None:
    waiting = facts_of(report, "mail_queue").get("total")
    return waiting if isinstance(waiting, int) and not isinstance(waiting, bool) else None


def _repair(incident: Incident | None, texts: Texts) -> str:
    comparison = compare(incident) if incident else None
    return phrase(texts, f"again.verdict.{comparison.verdict}") if comparison else ""


def _seen_from(report: Report, texts: Texts) -> str:
    vantage = report.vantage
    place = phrase(texts, f"report.seen_from.{vantage.relation}")
    if vantage.address:
        place = phrase(texts, "report.seen_from.with_address", place=place, address=vantage.address)
    if vantage.port_25 == "blocked":
        place = phrase(texts, "report.seen_from.port_25_blocked", place=place)
    return place


def _looked(report: Report, texts: Texts, of_then: bool) -> str:
    """How many checks gave which light, so that nobody takes silence for good news."""
    counted = Counter(result.state for result in report.results)
    told = [f"{MARKS[state]} {mark_of(state, texts)['word']} {counted[state]}" for state in _STATES if counted[state]]
    parts = [one.replace(" ", "\u00a0") for one in told]  # a mark, its word and its number stay in one line
    then = phrase(texts, "report.looked_then", at=report.started_at.isoformat()) if of_then else ""
    return then + phrase(texts, "report.looked", count=len(report.results)) + "　".join(parts) if parts else ""


def _row(mark: str, what: str, who: str, when: str) -> list[str]:
    return [mark, clean(what, LONGEST_LINE), clean(who, 40), clean(when, 40)]


def _done(incident: Incident, texts: Texts) -> list[list[str]]:
    """Ticks, steps of cards, what was asked of lists, what was decided, and each later check: by time."""
    rows = [(line.tick.at, _ticked(line.step, line.tick, texts)) for line in checklist(incident) if line.tick]
    told = (entry for entry in incident.entries if entry.kind in ("decision", "delisting"))
    rows += [(entry.at, _entry_row(entry, texts)) for entry in told]
    rows += [(one.at, _card_row(one, texts)) for one in incident.card_steps.values()]
    for number, run in enumerate(incident.runs[1:], 2):
        known_then = replace(incident, runs=incident.runs[:number])
        what = phrase(texts, "report.work.checked_again", result=_repair(known_then, texts))
        rows.append((run.report.started_at, _row("✓", what, "－", texts.datetime(run.report.started_at))))
    return [row for _, row in sorted(rows, key=lambda pair: pair[0])]


def _ticked(step: str, tick: Tick, texts: Texts) -> list[str]:
    return _row("✓", phrase(texts, f"checklist.step.{step}"), tick.initials or "－", texts.datetime(tick.at))


def _entry_row(entry: Entry, texts: Texts) -> list[str]:
    if entry.kind == "decision":
        kind = phrase(texts, "notebook.kind.decision")
        what = phrase(texts, "notebook.entry", kind=kind, text=entry.word("text")[:LONGEST_LINE])
    else:
        state = phrase(texts, f"delisting.entry.{entry.word('state')}")
        what = f"{entry.word('zone')} {entry.word('subject')} {state}"
    return _row("✓", what, entry.word("initials") or "－", texts.datetime(entry.at))


def _card_row(entry: Entry, texts: Texts) -> list[str]:
    return _row("✓", card_line(entry, texts), entry.word("initials") or "－", texts.datetime(entry.at))


def _left(incident: Incident, repair: list[list[str]], texts: Texts) -> list[list[str]]:
    """Steps nobody has done, then what is to be looked at again. The steps of the repair itself stand among the
    first: a list of what else is to be done must never hide them."""
    over = ("stop", "repair") if _is_proven(incident) else ()  # what a proven repair has overtaken
    done = set(done_by_looking(incident))
    if over:
        done.add("keep_settings")  # "before anything is changed" is over
    if over and way_off(desk(incident))[0] != "ask":
        done.add("ask_lists")
    open_steps = [line for line in checklist(incident) if line.tick is None and line.step not in done]
    lines = [line for line in open_steps if line.phase not in over]
    stop = [_step_row(line, texts) for line in lines if line.phase == "stop"]
    others = [_step_row(line, texts) for line in lines if line.phase != "stop" and line.step not in _NAMED_BY_REPAIR]
    due = [_due_row(one, texts) for one in incident.reminders[:2]]
    first = [*stop[:_STOP_FIRST], *repair[:_REPAIR_FIRST]]
    return [*first, *stop[_STOP_FIRST:], *repair[_REPAIR_FIRST:], *others, *due]


def _step_row(line: Line, texts: Texts) -> list[str]:
    what = phrase(texts, f"checklist.step.{line.step}")
    return _row("□", what, phrase(texts, "report.who.you"), _when(line, texts))


def _due_row(due: Reminder, texts: Texts) -> list[str]:
    what = phrase(texts, f"report.work.due_{due.what}", about=due.about[:60])
    return _row("□", what, phrase(texts, "report.who.you"), texts.datetime(due.due))


def _is_repaired(incident: Incident | None) -> bool:
    """Whether somebody ticked the repair, or a later look proved it."""
    return incident is not None and ("repair_cause" in incident.ticks or _is_proven(incident))


def _is_proven(incident: Incident) -> bool:
    comparison = compare(incident)
    return comparison is not None and comparison.verdict in REPAIRED


def _when(line: Line, texts: Texts) -> str:
    return phrase(texts, f"report.when.{_BY_PHASE.get(line.phase, 'today')}")


def _from_steps(report: Report, steps: list[str], cause: Cause | None, texts: Texts) -> list[list[str]]:
    """The steps of the answer."""
    theirs = cause is not None and cause.who_acts not in ("you", "wait")
    who = phrase(texts, "report.who.asks" if theirs else "report.who.you", who=cause.who_acts if cause else "you")
    when = phrase(texts, f"report.when.{_BY_SEVERITY.get(report.severity, 'when_possible')}")
    return [_row("□", step.replace("\n", " "), who, when) for step in steps]
