"""The words of one finding, cause or problem, and never a crash for want of them.

A frightened person's report must come out even when a text is missing or a value does not fit: then the code
itself stands there and the log says so. Tests fail on any such log line.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping
from dataclasses import dataclass

from core.clean import clean
from core.model import CheckResult, Value, Values
from core.texts import MissingTextError, Texts

log = logging.getLogger(__name__)
_VALUE_LIMIT = 200
_LIST_LIMIT = 30
# Never colour alone: each severity has a shape of its own beside its word.
MARKS = {"ok": "✓", "warning": "▲", "critical": "●", "unknown": "？", "not_applicable": "－"}


@dataclass(frozen=True)
class Words:
    """What a reader sees for one code; `meaning` may be empty and `steps` may be none."""

    title: str
    meaning: str = ""
    steps: tuple[str, ...] = ()


def words_for(texts: Texts, prefix: str, values: Values | None = None) -> Words:
    """Title, meaning and steps under `prefix` ("dnsbl.listed", "cause.open_relay", "problem.run.timed_out")."""
    safe = _cleaned(values or {})
    title = _text_or_code(texts, f"{prefix}.title", safe, _code_and_values(prefix, safe))
    meaning = _text_or_code(texts, f"{prefix}.meaning", safe, "") if texts.has(f"{prefix}.meaning") else ""
    return Words(title, meaning, tuple(_steps(texts, prefix, safe)))


def words_of_problem(texts: Texts, result: CheckResult) -> Words:
    """Why a check could not look; empty when it could."""
    problem = result.problem
    return words_for(texts, f"problem.{problem.code}", problem.values) if problem else Words("")


def phrase(texts: Texts, key: str, **values: Value) -> str:
    """One text; the key itself when there is none."""
    return _text_or_code(texts, key, _cleaned(values), key)


# Columns of tables that hold codes -> the prefix of their words.
_CODED = {"reason": "reason", "action": "cell.action", "state": "cell.state", "protocol": "cell.state"}


def check_name(texts: Texts, check_id: str) -> str:
    """The short name of a check; its id when it has none (a run of a newer or older version)."""
    return _text_or_code(texts, f"check.{check_id}.name", {}, clean(check_id, 60))


def column_name(texts: Texts, check_id: str, heading: str) -> str:
    """The heading of a column of a check's table."""
    return _text_or_code(texts, f"column.{check_id}.{heading}", {}, clean(heading, 60))


def cell_words(texts: Texts, column: str, cell: str) -> str:
    """A cell of a check's table: where the column holds codes of ours, their words."""
    prefix = _CODED.get(column)
    if prefix and cell.isidentifier() and texts.has(key := f"{prefix}.{cell}"):
        return texts.text(key)
    return cell


def mark_of(state: str, texts: Texts) -> dict[str, str]:
    """Shape, word and severity of one traffic light."""
    return {"severity": state, "mark": MARKS[state], "word": phrase(texts, f"severity.{state}")}


def sentences(parts: list[str], texts: Texts) -> str:
    """Whole sentences in a row, each with its full stop; Japanese needs no blank between them.

    A closing quotation mark or bracket ends a sentence only when the stop stands inside it.
    """
    stop, gap = ("。", "") if texts.language == "ja" else (".", " ")
    ended = (part for each in parts if (part := each.rstrip()))
    return gap.join(part if part.rstrip("」』”\"')）")[-1:] in tuple("。.?!？！") else part + stop for part in ended)


def _text_or_code(texts: Texts, key: str, values: Mapping[str, Value], fallback: str) -> str:
    try:
        return texts.text(key, values)
    except MissingTextError as missing:
        log.error("no text %s in %s", missing, texts.language)
    except (KeyError, ValueError, TypeError, AttributeError, OverflowError) as unfit:
        # A saved run of another version may lack a value or hold one of another kind.
        log.error("text %s in %s does not fit its values: %r", key, texts.language, unfit)
    return fallback


def _steps(texts: Texts, prefix: str, values: Mapping[str, Value]) -> list[str]:
    found: list[str] = []
    prefix = texts.steps_key(prefix, values)
    while texts.has(key := f"{prefix}.step.{len(found) + 1}"):
        found.append(_text_or_code(texts, key, values, key))
    letter = values.get("letter")
    if found and isinstance(letter, str) and texts.has(letter):
        found.append(_text_or_code(texts, letter, values, letter))  # the text to send or read out
    return found


def _code_and_values(code: str, values: Mapping[str, Value]) -> str:
    shown = ", ".join(f"{name}={value}" for name, value in values.items())
    return clean(f"{code} ({shown})" if shown else code, _VALUE_LIMIT)


def _cleaned(values: Values) -> dict[str, Value]:
    """The values with every received text cleaned and bounded; a list too long ends with "…"."""
    cleaned: dict[str, Value] = {}
    for name, value in values.items():
        if isinstance(value, str):
            cleaned[name] = clean(value, _VALUE_LIMIT)
        elif isinstance(value, list) and any(isinstance(item, str) for item in value):
            words = [clean(str(item), _VALUE_LIMIT) for item in value[:_LIST_LIMIT]]
            cleaned[name] = words + ["…"] * (len(value) > _LIST_LIMIT)
        else:
            cleaned[name] = value
    return cleaned
