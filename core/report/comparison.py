"""Before and after in words: what became of each cause and of each check between the first run and the newest."""

from __future__ import annotations

from core.again import LISTINGS, WAITING, Comparison, Repair, Row
from core.delisting import desk, way_off
from core.diagnosis.ranking import RISKS
from core.incident import Incident
from core.model import CheckResult
from core.report.words import check_name, mark_of, phrase, sentences, words_for, words_of_problem
from core.texts import Texts

_MOST_REASONS = 4
# Changes that are told in one line for all checks together.
CALM = {"still_good": "again.calm", "not_repeated": "again.left_out"}


def cause_title(code: str, incident: Incident, texts: Texts) -> str:
    """A cause in words, with the values of the run that found it first."""
    values = next((cause.values for cause in incident.causes if cause.code == code), {})
    return words_for(texts, f"cause.{code}", values).title


def repair_line(repair: Repair, incident: Incident, texts: Texts) -> str:
    """What became of one cause, and why it is not yet repaired."""
    if repair.state == "repaired" and repair.seen_at:
        return phrase(texts, "again.state.repaired", at=repair.seen_at.isoformat())
    if repair.cause in RISKS:
        return phrase(texts, "again.state.risk")
    if repair.state == "still" and repair.cause in WAITING:
        return phrase(texts, "again.state.wait")
    if repair.state == "not_looked":
        return phrase(texts, "again.state.not_looked")
    because = [_reason(code, incident, texts) for code in repair.because[:_MOST_REASONS]]
    joined = texts.joined(list(dict.fromkeys(because))) or phrase(texts, "again.blind.other")
    listed = repair.state == "still" and repair.cause in LISTINGS
    if listed and way_off(desk(incident))[0] in ("asked", "by_itself"):
        return phrase(texts, "again.state.listed_wait", because=joined)
    return phrase(texts, f"again.state.{'listed' if listed else repair.state}", because=joined)


def cause_rows(comparison: Comparison, incident: Incident, texts: Texts) -> list[list[str]]:
    """Each cause once, with what became of it; those that only the newest run named at the end."""
    known = [one for one in comparison.repairs if one.cause not in comparison.fresh]
    rows = [[cause_title(one.cause, incident, texts), repair_line(one, incident, texts)] for one in known]
    words = {code: "again.state.wait" if code in WAITING else "report.compare.fresh" for code in comparison.fresh}
    return rows + [[cause_title(code, incident, texts), phrase(texts, key)] for code, key in words.items()]


def meaning(comparison: Comparison, incident: Incident, texts: Texts) -> str:
    """What the verdict means for what comes next; of lists, whether to ask, or till when to wait."""
    way, look_at = way_off(desk(incident)) if comparison.verdict == "repaired_but_listed" else ("ask", None)
    if way in ("asked", "by_itself") and look_at:
        return phrase(texts, f"again.meaning.{way}", at=look_at.isoformat())
    if comparison.verdict == "repaired_with_rest":
        return _meaning_of_rest(comparison, incident, texts)
    if comparison.verdict == "not_seen" and _only_too_fresh(comparison):
        return phrase(texts, "again.meaning.too_fresh")
    return phrase(texts, f"again.meaning.{comparison.verdict}")


def _meaning_of_rest(comparison: Comparison, incident: Incident, texts: Texts) -> str:
    """What is left is cleared up first; what that has to do with the lists."""
    way, look_at = way_off(desk(incident))
    said = [phrase(texts, "again.meaning.repaired_with_rest")]
    if way in ("asked", "by_itself") and look_at:
        said.append(phrase(texts, f"again.meaning.{way}", at=look_at.isoformat()))
    elif any(one.cause in LISTINGS and one.state != "repaired" for one in comparison.repairs):
        said.append(phrase(texts, "again.meaning.rest_first"))
    return sentences(said, texts)


def _only_too_fresh(comparison: Comparison) -> bool:
    """Whether nothing was left unseen, and only the log's last bad line is too young."""
    open_still = [one for one in comparison.repairs if one.state == "not_seen" and one.cause not in RISKS]
    return bool(open_still) and all(one.because == ("again.too_fresh",) for one in open_still)


def check_rows(comparison: Comparison, texts: Texts) -> list[list[str]]:
    """Each check that was not calm: before, now, what changed."""
    return [
        [
            check_name(texts, row.check_id),
            check_state(row.before, texts),
            check_state(row.after, texts),
            phrase(texts, f"again.change.{row.change}"),
        ]
        for row in comparison.rows
        if row.change not in CALM
    ]


def calm_lines(comparison: Comparison, texts: Texts) -> list[str]:
    """The other checks, in one line a kind."""
    lines = []
    for change, key in CALM.items():
        if names := _names(comparison.rows, change, texts):
            lines.append(phrase(texts, key, checks=names))
    return lines


def check_state(result: CheckResult | None, texts: Texts) -> str:
    """The light of one check and its worst finding."""
    if result is None:
        return phrase(texts, "again.absent")
    light = mark_of(result.state, texts)
    worst = next((one for one in result.findings if one.severity is result.severity), None)
    title = words_for(texts, worst.code, worst.values).title if worst and not result.problem else ""
    title = words_of_problem(texts, result).title or title
    return f"{light['mark']} {light['word']}" + (f" {title}" if title else "")


def _names(rows: tuple[Row, ...], change: str, texts: Texts) -> list[str]:
    return [check_name(texts, row.check_id) for row in rows if row.change == change]


def _reason(code: str, incident: Incident, texts: Texts) -> str:
    """One code in words: what is still seen, or what kept us from looking."""
    if texts.has(key := f"again.blind.{code.removeprefix('again.')}"):
        return phrase(texts, key)
    for run in reversed(incident.runs):
        for result in run.report.results:
            if result.problem and result.problem.code == code:
                return words_for(texts, f"problem.{code}", result.problem.values).title
            for finding in result.findings:
                if finding.code == code:
                    return words_for(texts, code, finding.values).title
    return check_name(texts, code.partition(".")[0])
