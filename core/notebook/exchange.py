"""One incident as a single file (JSON), to hand to a specialist, and back into a notebook.

The file may come from anybody: it is bounded in size, depth and number, every value is checked for its kind, and an
incident that was brought in is marked so. Schema "mail-first-aid-incident/1"; unknown extra keys are ignored.
"""

from __future__ import annotations

import json
import os
import tempfile
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, NoReturn

from core import __version__
from core.errors import UsageError
from core.incident import Entry, Incident, KeptRun, checked_content
from core.masking import Mask
from core.model import Report
from core.saved_run import report_from_json, report_to_plain

SCHEMA = "mail-first-aid-incident/1"
LARGEST = 32 * 1024 * 1024  # bytes; an ordinary incident has less than one
MOST_RUNS = 500
MOST_ENTRIES = 20_000
_LONGEST_NAME = 60


def incident_file(incident: Incident, *, mask: bool, now: datetime) -> dict[str, Any]:
    """The incident as JSON values. With `mask` no mail address and no IP address is left (see `masking`)."""
    document: dict[str, Any] = {
        "schema": SCHEMA,
        "app_version": __version__,
        "exported_at": now.isoformat(),
        "masked": mask,
        "opened_at": incident.opened_at.isoformat(),
        "practice": incident.practice,
        "runs": [report_to_plain(run.report) for run in incident.runs],
        "entries": [
            {"at": entry.at.isoformat(), "kind": entry.kind, "content": dict(entry.content)}
            for entry in incident.entries
        ],
    }
    if not mask:
        return document
    for run in document["runs"]:
        run["target"]["ssh_config"] = None  # a path names its user
    masked: dict[str, Any] = Mask().masked(document)
    return masked


def write_incident(document: Mapping[str, Any], path: Path) -> None:
    """Write the file for its owner alone, all of it or nothing. Raises `UsageError` "file.unwritable"."""
    try:
        handle, name = tempfile.mkstemp(dir=path.parent, prefix=".incident-", suffix=".part")  # 0600
        draft = Path(name)
        try:
            with os.fdopen(handle, "w", encoding="utf-8") as stream:
                json.dump(document, stream, allow_nan=False, indent=1)
            draft.replace(path)
        except BaseException:
            draft.unlink(missing_ok=True)
            raise
    except OSError as refused:
        raise UsageError("file.unwritable", name=path.name, reason=refused.strerror or "") from refused


def incident_from_text(text: str) -> Incident:
    """The incident in a file's text; it has no number yet, and `imported_at` is now.

    Raises `UsageError`: "incident.not_json", "incident.unknown_schema" (schema), "incident.too_large", and
    "incident.broken" (where).
    """
    if len(text) > LARGEST:
        raise UsageError("incident.too_large")
    try:
        document = json.loads(text, parse_constant=_no_number)
    except (ValueError, RecursionError) as broken:
        raise UsageError("incident.not_json") from broken
    if not isinstance(document, dict):
        raise UsageError("incident.broken", where="{}")
    if document.get("schema") != SCHEMA:
        raise UsageError("incident.unknown_schema", schema=str(document.get("schema"))[:60])
    try:
        return _incident(document)
    except UsageError as broken:
        raise UsageError("incident.broken", where=str(broken.values.get("where", broken.code))[:200]) from broken
    except (KeyError, ValueError, TypeError, AttributeError, OverflowError, RecursionError) as unfit:
        raise UsageError("incident.broken", where=str(unfit)[:200]) from unfit


def _no_number(word: str) -> NoReturn:
    raise ValueError(word)  # NaN and Infinity are no JSON


def _incident(document: Mapping[str, Any]) -> Incident:
    runs, entries, practice = document["runs"], document["entries"], document.get("practice", "")
    if not isinstance(runs, list) or not isinstance(entries, list) or not isinstance(practice, str):
        raise TypeError("runs, entries, practice")
    if len(runs) > MOST_RUNS or len(entries) > MOST_ENTRIES:
        raise ValueError(f"{len(runs)} runs, {len(entries)} entries")
    kept = tuple(KeptRun(0, report_from_json(run)) for run in runs)
    for run in kept:
        _check_times(run.report)
        json.dumps(report_to_plain(run.report), allow_nan=False)  # what cannot be kept is refused here, not later
    return Incident(
        id=0,
        opened_at=_moment(document["opened_at"]),
        practice=practice[:_LONGEST_NAME],
        imported_at=datetime.now(UTC),
        runs=tuple(sorted(kept, key=lambda run: run.report.started_at)),
        entries=tuple(sorted((_entry(item) for item in entries), key=lambda entry: entry.at)),
    )


def _entry(item: Any) -> Entry:
    if not isinstance(item, dict) or not isinstance(item.get("kind"), str) or not isinstance(item.get("content"), dict):
        raise TypeError("entry")
    return Entry(0, _moment(item["at"]), item["kind"], checked_content(item["kind"], item["content"]))


def _moment(text: Any) -> datetime:
    if not isinstance(text, str):
        raise TypeError("time")
    return _near(datetime.fromisoformat(text))


def _near(moment: datetime) -> datetime:
    """Aware, and not so far off that it cannot be shown in every time zone."""
    if not 1971 <= moment.year <= 9000:
        raise ValueError(f"time {moment.isoformat()}")
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _check_times(report: Report) -> None:
    moments = [report.started_at, report.finished_at]
    for result in report.results:
        moments += [result.started_at, result.finished_at]
        moments += [one.at for finding in result.findings for one in finding.evidence if one.at]
    for moment in moments:
        _near(moment)
