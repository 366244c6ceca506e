"""A file from a stranger, bent at any place: refused, or shown by every page without a crash or a control sign."""

from __future__ import annotations

import copy
import json
import random
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any

import pytest

from core.again import compare
from core.delisting import desk, gate
from core.errors import UsageError
from core.incident import Incident
from core.incident_commands.again_command import comparison_lines
from core.incident_commands.checklist_command import checklist_lines
from core.incident_commands.delist_command import desk_lines
from core.incident_commands.notebook_command import history_lines
from core.letters import KINDS, letter, request
from core.model import Report
from core.notebook import incident_file, incident_from_text
from core.report.text_file import report_text
from core.texts import Texts

ZEN = "zen.spamhaus.org"
MakeRun = Callable[..., Report]
MakeIncident = Callable[..., Incident]
BENT: tuple[Any, ...] = (
    None, True, -1, 10**30, 1.5, "", "\u202e\x1b[31m\r\nBcc: x@example.com", "x" * 5000, [], ["x", 1, None], [[]], {},
    {"a": {}}, "0001-01-01T00:00:00+00:00", "9999-12-31T23:59:59-23:00", "2026-11-22", "{count}", "open_relay",
)  # fmt: skip


def places_of(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    if path:
        yield path
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, item in items:
        yield from places_of(item, (*path, key))


def bent(document: dict[str, Any], path: tuple[Any, ...], value: Any) -> str:
    changed = copy.deepcopy(document)
    inner: Any = changed
    for key in path[:-1]:
        inner = inner[key]
    inner[path[-1]] = value
    return json.dumps(changed)


def everything_shown(incident: Incident, texts: Texts) -> str:
    lines = [*history_lines(incident, texts), *checklist_lines(incident, texts, with_ids=True)]
    lines += desk_lines(incident, texts)
    found = compare(incident)
    lines += comparison_lines(found, incident, texts) if found else []
    lines += [letter(kind, incident, texts).body for kind in KINDS]
    lines += [request(line, incident, texts).body for line in desk(incident)]
    if incident.latest:
        lines.append(report_text(incident.latest, texts, details=True, incident=incident))
    return "\n".join(lines)


@pytest.mark.logs_warnings  # a text that does not fit its values is logged, and the code is shown instead
def test_a_bent_file_is_refused_or_shown(run: MakeRun, incident: MakeIncident) -> None:
    entries = (
        (0.5, "tick", {"step": "tell_boss", "initials": "NK"}),
        (0.6, "note", {"text": "hello", "initials": "NK"}),
        (0.7, "delisting", {"zone": ZEN, "subject": "203.0.113.25", "state": "asked", "text": "", "initials": "NK"}),
        (0.8, "reminder", {"key": "k", "due": "2026-11-23T00:00:00+00:00", "what": "again", "about": "1"}),
        (0.9, "override", {"text": "because I say so", "initials": "NK"}),
    )
    whole = incident(run(0, "accepted", ZEN), run(1, "closed", ZEN), entries=entries)
    document = incident_file(whole, mask=False, now=datetime(2026, 11, 22, tzinfo=UTC))
    dice, texts = random.Random(2004), Texts("ja")
    paths, shown = list(places_of(document)), 0
    for _ in range(300):
        text = bent(document, dice.choice(paths), dice.choice(BENT))
        try:
            taken = incident_from_text(text)
        except UsageError:
            continue
        said = everything_shown(taken, texts)
        assert "\x1b" not in said and "\u202e" not in said and "\r" not in said
        assert gate(taken).state in ("open", "overridden", "waiting", "closed", "empty")
        shown += 1
    assert 30 < shown < 270
