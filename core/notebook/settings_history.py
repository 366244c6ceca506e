"""Finds in the notebook the earlier run whose copy of the server's settings a new run is compared with."""

from __future__ import annotations

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
    looked_at = 0
    for summary in notebook.runs():
        if (summary.domain, summary.mail_host) != (report.target.domain, report.target.mail_host):
            continue
        earlier = notebook.load(summary.id)
        looked_at += 1
        if same_server(report, earlier) and copy_in(earlier):
            return with_changes(report, earlier)
        if looked_at >= MOST_LOOKED_AT:
            break
    return report
