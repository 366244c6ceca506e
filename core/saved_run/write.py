"""Report -> plain JSON values. The keys are a public interface: extended freely, never renamed.

Times are RFC 3339, spans seconds. What the person pasted is kept by name only: the evidence of the findings holds
what mattered in it, and a mail log names many people.
"""

from __future__ import annotations

import dataclasses
import logging
import math
from collections.abc import Mapping, Set
from datetime import UTC, date, datetime, timedelta
from enum import Enum
from pathlib import Path
from typing import Any

from core.clean import clean
from core.model import Cause, CheckResult, Finding, Pasted, Report, SendingAddress

SCHEMA = "mail-first-aid/1"
log = logging.getLogger(__name__)


def report_to_plain(report: Report) -> dict[str, Any]:
    """The report as values `json.dumps` takes as they are."""
    return {
        "schema": SCHEMA,
        "app_version": report.app_version,
        "started_at": plain(report.started_at),
        "finished_at": plain(report.finished_at),
        "target": _target(report),
        "vantage": plain(report.vantage),
        "severity": report.severity.value,
        "results": [_result(result) for result in report.results],
        "causes": [_cause(cause) for cause in report.causes],
        "contacted": list(report.contacted),
        "commands": list(report.commands),
        "data_checked_on": report.data_checked_on,
    }


def plain(value: object) -> Any:
    """Any fact as JSON values: dataclasses and mappings as objects, times as RFC 3339, spans as seconds."""
    if value is None or isinstance(value, bool | str):
        return value
    if isinstance(value, Enum):
        return plain(value.value)
    if isinstance(value, int | float):
        return value if isinstance(value, int) or math.isfinite(value) else None
    if isinstance(value, date):
        return _rfc_3339(value)
    if isinstance(value, timedelta):
        return value.total_seconds()
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {field.name: plain(getattr(value, field.name)) for field in dataclasses.fields(value)}
    if isinstance(value, Mapping):
        return {_key(key): plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [plain(item) for item in value]
    return _set_or_text(value)


def _set_or_text(value: object) -> Any:
    if isinstance(value, Set):
        return sorted((plain(item) for item in value), key=repr)
    if isinstance(value, bytes | bytearray):
        return bytes(value).decode("ascii", "backslashreplace")
    if not isinstance(value, Path):
        # Shown all the same: a report that comes out beats one that is perfect.
        log.error("a fact of type %s has no form in JSON of its own", type(value).__name__)
    return str(value)


def _rfc_3339(value: date) -> str:
    if isinstance(value, datetime) and value.tzinfo is None:
        value = value.replace(tzinfo=UTC)
    return value.isoformat()


def _key(key: object) -> str:
    return "/".join(map(_key, key)) if isinstance(key, tuple) else str(plain(key))


def _target(report: Report) -> dict[str, Any]:
    told = {field.name: plain(getattr(report.target, field.name)) for field in dataclasses.fields(report.target)}
    for name in ("bounce", "log", "queue"):
        pasted = getattr(report.target, name)
        told[name] = {"name": clean(pasted.name, 200)} if isinstance(pasted, Pasted) else None
    return {**told, "addresses": [_address(one) for one in report.addresses]}


def _address(one: SendingAddress) -> dict[str, Any]:
    told = {"address": one.address, "source": one.source}
    return {**told, "also": list(one.also)} if one.also else told


def _result(result: CheckResult) -> dict[str, Any]:
    return {
        "check": result.check_id,
        "severity": result.state,
        "started_at": plain(result.started_at),
        "finished_at": plain(result.finished_at),
        "seconds": round((result.finished_at - result.started_at).total_seconds(), 3),
        "problem": plain(result.problem),
        "facts": plain(result.facts) if result.facts is not None else {},
        "findings": [finding_to_plain(finding) for finding in result.findings],
    }


def finding_to_plain(finding: Finding) -> dict[str, Any]:
    """One finding without its words."""
    return {
        "code": finding.code,
        "severity": finding.severity.value,
        "values": plain(finding.values),
        "evidence": [plain(evidence) for evidence in finding.evidence],
        "table": plain(finding.table),
    }


def _cause(cause: Cause) -> dict[str, Any]:
    return {
        "code": cause.code,
        "certainty": cause.certainty,
        "who_acts": cause.who_acts,
        "findings": list(cause.findings),
        "values": plain(cause.values),
    }
