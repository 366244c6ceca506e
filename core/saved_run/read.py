"""A Report read back from its JSON: `report RUN.json`, and the notebook's pages.

A saved run comes from a file anybody may have written, so each value is checked for its kind on the way in;
facts stay plain values, and words are made anew from codes. Unknown extra keys are ignored (schema "mail-first-aid/1"
may grow), unknown schemas are refused.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, TypeVar, get_args

from core.errors import UsageError
from core.model import (
    AddressSource,
    Cause,
    Certainty,
    CheckResult,
    Evidence,
    Finding,
    Pasted,
    Port25,
    Problem,
    Relation,
    Report,
    SendingAddress,
    Severity,
    Symptom,
    Table,
    Target,
    Value,
    Vantage,
    WhoActs,
)
from core.saved_run.write import SCHEMA

T = TypeVar("T")


def report_from_text(text: str) -> Report:
    """The report in a JSON text. Raises `UsageError` "report.not_json" and what `report_from_json` raises."""
    try:
        document = json.loads(text)
    except (ValueError, RecursionError) as broken:
        raise UsageError("report.not_json") from broken
    return report_from_json(document)


def report_from_json(document: object) -> Report:
    """The report in what `report_to_plain` or the JSON of `check` wrote.

    Raises `UsageError`: "report.unknown_schema" (schema) and "report.broken" (where) when it cannot be one.
    """
    if not isinstance(document, Mapping):
        raise UsageError("report.broken", where="{}")
    if document.get("schema") != SCHEMA:
        raise UsageError("report.unknown_schema", schema=str(document.get("schema"))[:60])
    try:
        return _report(document)
    except KeyError as missing:
        raise UsageError("report.broken", where=str(missing.args[0])[:60]) from missing
    except (ValueError, TypeError) as unfit:
        raise UsageError("report.broken", where=str(unfit)[:200]) from unfit


def _report(document: Mapping[str, Any]) -> Report:
    target = _of(dict, document["target"])
    vantage = _of(dict, document["vantage"])
    return Report(
        target=_target(target),
        results=tuple(_result(_of(dict, item)) for item in _of(list, document["results"])),
        causes=tuple(_cause(_of(dict, item)) for item in _of(list, document["causes"])),
        started_at=_moment(document["started_at"]),
        finished_at=_moment(document["finished_at"]),
        app_version=_of(str, document["app_version"]),
        data_checked_on=_of(str, document.get("data_checked_on", "")),
        addresses=tuple(_address(_of(dict, item)) for item in _of(list, target.get("addresses", []))),
        vantage=Vantage(
            relation=_word(Relation, vantage["relation"]),
            address=_optional(str, vantage.get("address")),
            port_25=_word(Port25, vantage["port_25"]),
        ),
        contacted=_words(document.get("contacted", [])),
        commands=_words(document.get("commands", [])),
    )


def _target(told: Mapping[str, Any]) -> Target:
    return Target(
        symptom=_word_or_none(Symptom, told.get("symptom")),
        domain=_optional(str, told.get("domain")),
        also_domain=_words(told.get("also_domain", [])),
        mail_host=_optional(str, told.get("mail_host")),
        address=_words(told.get("address", [])),
        ssh=_optional(str, told.get("ssh")),
        ssh_config=_optional(str, told.get("ssh_config")),
        sudo=_one_of(told.get("sudo"), "no", "passwordless", "password") or "no",
        outside=_optional(str, told.get("outside")),
        resolver=_optional(str, told.get("resolver")),
        bounce=_pasted(told.get("bounce")),
        log=_pasted(told.get("log")),
        queue=_pasted(told.get("queue")),
        own_server=told.get("own_server") is True,
        thorough=told.get("thorough") is True,
        affected=_one_of(told.get("affected"), "one", "everyone"),
        direction=_one_of(told.get("direction"), "sending", "receiving", "both"),
        recipients=_one_of(told.get("recipients"), "one", "all"),
        since=_optional(str, told.get("since")),
    )


def _result(item: Mapping[str, Any]) -> CheckResult:
    problem = _optional(dict, item.get("problem"))
    state = _one_of(item["severity"], "not_applicable", *(severity.value for severity in Severity))
    return CheckResult(
        check_id=_of(str, item["check"]),
        started_at=_moment(item["started_at"]),
        finished_at=_moment(item["finished_at"]),
        facts=item.get("facts") or None,
        findings=tuple(_finding(_of(dict, finding)) for finding in _of(list, item["findings"])),
        problem=_problem(problem) if problem else None,
        applies=state != "not_applicable",
    )


def _problem(item: Mapping[str, Any]) -> Problem:
    return Problem(_of(str, item["code"]), _values(item.get("values", {})), _of(str, item.get("trace", "")))


def _finding(item: Mapping[str, Any]) -> Finding:
    table = _optional(dict, item.get("table"))
    return Finding(
        code=_of(str, item["code"]),
        severity=Severity(item["severity"]),
        values=_values(item["values"]),
        evidence=tuple(_evidence(_of(dict, evidence)) for evidence in _of(list, item.get("evidence", []))),
        table=_table(table) if table else None,
    )


def _table(table: Mapping[str, Any]) -> Table:
    columns = _words(table["columns"])
    rows = tuple(_words(row) for row in _of(list, table["rows"]))
    if any(len(row) != len(columns) for row in rows):
        raise ValueError("table")
    return Table(columns, rows)


def _evidence(item: Mapping[str, Any]) -> Evidence:
    at = item.get("at")
    return Evidence(_of(str, item["asked"]), _of(str, item["answered"]), None if at is None else _moment(at))


def _cause(item: Mapping[str, Any]) -> Cause:
    return Cause(
        code=_of(str, item["code"]),
        certainty=_word(Certainty, item["certainty"]),
        who_acts=_word(WhoActs, item["who_acts"]),
        findings=_words(item["findings"]),
        values=_values(item.get("values", {})),
    )


def _address(item: Mapping[str, Any]) -> SendingAddress:
    also = tuple(_word(AddressSource, each) for each in _of(list, item.get("also", [])))
    return SendingAddress(_of(str, item["address"]), _word(AddressSource, item["source"]), also)


def _pasted(item: object) -> Pasted | None:
    return Pasted(_of(str, _of(dict, item)["name"]), "") if item is not None else None


def _values(values: object) -> dict[str, Value]:
    return {_of(str, name): value for name, value in _of(dict, values).items()}


def _moment(text: object) -> datetime:
    moment = datetime.fromisoformat(_of(str, text))
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _words(items: object) -> tuple[str, ...]:
    return tuple(_of(str, item) for item in _of(list, items))


def _of(kind: type[T], value: object) -> T:
    if not isinstance(value, kind):
        raise TypeError(f"{kind.__name__} != {type(value).__name__}")
    return value


def _optional(kind: type[T], value: object) -> T | None:
    return None if value is None else _of(kind, value)


def _word(words: Any, value: object) -> Any:
    """`value`, which must be one of a Literal's words."""
    if value is None:
        raise ValueError(f"a word of {get_args(words)} is missing")
    return _one_of(value, *get_args(words))


def _word_or_none(words: Any, value: object) -> Any:
    return _one_of(value, *get_args(words))


def _one_of(value: object, *words: str) -> Any:
    if value is not None and value not in words:
        raise ValueError(f"{value!r:.60} not in {words}")
    return value
