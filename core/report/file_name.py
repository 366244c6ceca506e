"""What the report's file is called."""

from __future__ import annotations

import re

from core.model import Report
from core.report.words import phrase
from core.texts import Language, Texts

_UNSAFE_IN_NAME = re.compile(r"[^\w.-]+")


def pdf_name(report: Report, language: Language) -> str:
    """A file name that says what it is, for whom and when: "mail-report_example.jp_20261122-1015.pdf"."""
    about = _UNSAFE_IN_NAME.sub("-", report.target.domain or report.target.mail_host or "")[:60].strip(".-")
    stamp = report.started_at.astimezone().strftime("%Y%m%d-%H%M")
    return "_".join(part for part in (phrase(Texts(language), "report.file_name"), about, stamp) if part) + ".pdf"
