"""Finds in the notebook the earlier run whose copy of the server's settings a new run is compared with."""

from __future__ import annotations

from collections.abc import Iterator

from core.model import Report
from core.notebook.storage import Notebook
from core.settings_changes import copy_in, same_server, with_changes

MOST_LOOKED_AT = 30  # runs of the same server, newest first


def with_settings_changes(report: Report, notebook: Notebook) -> Report:
    """`report` with the settings that have changed since the last run that read this server.

    Raises as `Notebook`.
    """
    if not copy_in(report):
        return report
    for earlier in earlier_runs(report, notebook):
        if same_server(report, earlier) and copy_in(earlier):
            return with_changes(report, earlier)
    return report


def earlier_runs(report: Report, notebook: Notebook) -> Iterator[Report]:
    """Earlier runs of our own on the same company, the newest first: a file that somebody gave us is no witness."""
    same = (report.target.domain, report.target.mail_host)
    given = {one.id for one in notebook.incidents() if one.imported_at is not None}
    summaries = [one for one in notebook.runs() if (one.domain, one.mail_host) == same and one.incident not in given]
    return (notebook.load(summary.id) for summary in summaries[:MOST_LOOKED_AT])
