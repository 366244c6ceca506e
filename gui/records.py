"""The window's way to the notebook: every reading and writing on a thread, since a disk or a second window may keep
it waiting. All raise as `Notebook` does."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TypeVar

from core.clients.files import read_file
from core.errors import CheckError, UsageError
from core.incident import Incident, Reminder
from core.model import Report
from core.notebook import Hit, IncidentSummary, Notebook, incident_file, incident_from_text, write_incident
from core.notebook.exchange import LARGEST
from core.notebook.history import beside_earlier

Entries = Sequence[tuple[str, Mapping[str, Any]]]
Found = TypeVar("Found")
_MOST_WATCHED = 20  # incidents, the newest, whose reminders are looked at


class Records:
    """`path`: the notebook's file; None is the user's own."""

    def __init__(self, path: Path | None) -> None:
        self._path = path

    async def incident(self, number: int) -> Incident:
        """One incident with all that is kept of it."""
        return await self._with(lambda notebook: notebook.incident(number))

    async def add(self, number: int, entries: Entries) -> Incident:
        """Write down, all or nothing; the incident as it is then."""

        def adding(notebook: Notebook) -> Incident:
            notebook.add_all(number, entries)
            return notebook.incident(number)

        return await self._with(adding)

    async def keep_run(self, report: Report, number: int | None = None, practice: str = "") -> Incident:
        """Keep a run in incident `number`, else where it belongs. A practice run without a number begins anew."""

        def keeping(notebook: Notebook) -> Incident:
            if practice and number is None:
                _close_practice(notebook)
            return _incident_of(notebook, notebook.save_run(report, incident=number, practice=practice))

        return await self._with(keeping)

    async def beside_earlier(self, report: Report) -> Report:
        """`report` with what only earlier runs can tell: changed settings, encryption that is gone."""
        return await self._with(lambda notebook: beside_earlier(report, notebook))

    async def incident_of(self, run: int) -> Incident:
        """The incident a run belongs to."""
        return await self._with(lambda notebook: _incident_of(notebook, run))

    async def incidents(self) -> tuple[list[IncidentSummary], Path]:
        """All incidents, and where the notebook lies."""
        return await self._with(lambda notebook: (notebook.incidents(), notebook.path))

    async def search(self, text: str) -> list[Hit]:
        """Where `text` stands."""
        return await self._with(lambda notebook: notebook.search(text))

    async def delete(self, number: int) -> bool:
        """Forget an incident for good; False when the file could not be made smaller as well."""
        return await self._with(lambda notebook: notebook.delete_incident(number))

    async def export(self, number: int, path: Path, *, mask: bool) -> None:
        """One incident as a single file. Raises `UsageError` "file.unwritable"."""

        def exporting(notebook: Notebook) -> None:
            write_incident(incident_file(notebook.incident(number), mask=mask, now=datetime.now(UTC)), path)

        await self._with(exporting)

    async def take_in(self, path: str) -> int:
        """Such a file into the notebook; its number here. Raises `CheckError` "file.*", `UsageError` "incident.*"."""

        def taking(notebook: Notebook) -> int:
            content = read_file(path, LARGEST)
            if content.cut:
                raise UsageError("incident.too_large")
            return notebook.import_incident(incident_from_text(content.text()))

        return await self._with(taking)

    async def due(self, now: datetime) -> list[tuple[Incident, Reminder]]:
        """What is to be looked at again by now, of real incidents that are not over."""

        def looking(notebook: Notebook) -> list[tuple[Incident, Reminder]]:
            numbers = [one.id for one in notebook.incidents(_MOST_WATCHED) if one.entries and one.imported_at is None]
            found = [incident for incident in map(notebook.incident, numbers) if not incident.closed]
            return [(incident, reminder) for incident in found for reminder in incident.due(now)]

        return await self._with(looking)

    async def _with(self, work: Callable[[Notebook], Found]) -> Found:
        def opened() -> Found:
            with Notebook(self._path) as notebook:
                return work(notebook)

        return await asyncio.to_thread(opened)


def _incident_of(notebook: Notebook, run: int) -> Incident:
    number = next((each.incident for each in notebook.runs(practice=True) if each.id == run), None)
    if number is None:
        raise CheckError("notebook.no_such_run", id=run)
    return notebook.incident(number)


def _close_practice(notebook: Notebook) -> None:
    """The practice company is one company: without this, a new story would be written into the record of the last."""
    for one in notebook.incidents():
        if one.practice and one.imported_at is None and not notebook.incident(one.id).closed:
            notebook.add(one.id, "closed", {"initials": ""})
