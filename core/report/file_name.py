"""What the report's file is called."""

from __future__ import annotations

import re

from core.incident import Incident
from core.model import Report
from core.report.words import phrase
from core.texts import Language, Texts

_UNSAFE_IN_NAME = re.compile(r"[^\w.-]+")


def pdf_name(report: Report, language: Language, incident: Incident | None = None) -> str:
    """A file name that says what it is, for whom and when: "mail-report_example.jp_20261122-1015.pdf". `incident`: of
    a report that tells of a later look, the time is that look's, so that no earlier file is written over."""
    about = _UNSAFE_IN_NAME.sub("-", report.target.domain or report.target.mail_host or "")[:60].strip(".-")
    told = max(
        [report.started_at, *(run.report.started_at for run in incident.runs)] if incident else [report.started_at]
    )
    stamp = told.astimezone().strftime("%Y%m%d-%H%M")
    return "_".join(part for part in (phrase(Texts(language), "report.file_name"), about, stamp) if part) + ".pdf"
