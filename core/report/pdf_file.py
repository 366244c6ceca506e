"""A Report as a PDF: A4, tagged, searchable (PDF/UA-1, ISO 14289-1), written by typst.

The words go to the template as JSON data, never as source, so that nothing a mail server says can become markup,
read a file or reach the network. typst is imported on first use: it takes time and memory a check does not need.
"""

from __future__ import annotations

import json
import os
import re
import tempfile
from pathlib import Path
from typing import Any

from core.errors import CheckError
from core.incident import Incident
from core.model import Report
from core.report.fonts import font_files, printable
from core.report.layout import lay_out
from core.report.words import phrase
from core.resources import resources_dir
from core.texts import Language, Texts

# A run of this many characters without a blank would leave its column; it is given places to break.
_LONGEST_RUN = 24
_RUN = re.compile(rf"[!-~]{{{_LONGEST_RUN + 1},}}")
_UNSAFE_IN_NAME = re.compile(r"[^\w.-]+")


def write_pdf(report: Report, language: Language, path: Path, incident: Incident | None = None) -> None:
    """Write the report to `path`, all of it or nothing: an older file there stays whole if this fails.

    Raises `OSError` when the place cannot be written, `CheckError` "report.pdf_failed" (reason), "report.no_fonts".
    """
    content = pdf_bytes(report, language, incident)
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=".mail-report-", suffix=".part")
    draft = Path(name)
    try:
        with os.fdopen(handle, "wb") as stream:
            stream.write(content)
        draft.replace(path)
    except BaseException:
        draft.unlink(missing_ok=True)
        raise


def pdf_bytes(report: Report, language: Language, incident: Incident | None = None) -> bytes:
    """The PDF itself. The same report gives the same bytes."""
    data = _for_template(lay_out(report, Texts(language), incident))
    moment = report.finished_at.astimezone()
    data["made_on"] = [moment.year, moment.month, moment.day]
    return _compile(json.dumps(data, ensure_ascii=False), int(report.finished_at.timestamp()))


def pdf_name(report: Report, language: Language) -> str:
    """A file name that says what it is, for whom and when: "mail-report_example.jp_20261122-1015.pdf"."""
    about = _UNSAFE_IN_NAME.sub("-", report.target.domain or report.target.mail_host or "")[:60].strip(".-")
    stamp = report.started_at.astimezone().strftime("%Y%m%d-%H%M")
    return "_".join(part for part in (phrase(Texts(language), "report.file_name"), about, stamp) if part) + ".pdf"


def _compile(data: str, timestamp: int) -> bytes:
    import typst

    template = resources_dir() / "report" / "report.typ"
    try:
        made = typst.compile(
            template.read_bytes(),
            font_paths=typst.Fonts(
                include_system_fonts=False, font_paths=sorted({str(path.parent) for path in font_files()})
            ),
            ignore_system_fonts=True,
            sys_inputs={"report": data},
            format="pdf",
            pdf_standards=["ua-1"],
            timestamp=timestamp,
        )
    except (typst.TypstError, RuntimeError, ValueError) as failed:
        raise CheckError("report.pdf_failed", reason=str(failed)[:300]) from failed
    assert isinstance(made, bytes)
    return made


def _for_template(value: Any) -> Any:
    """Every text drawable and breakable; everything else as it is."""
    if isinstance(value, str):
        return _RUN.sub(_breakable, printable(value))
    if isinstance(value, list):
        return [_for_template(item) for item in value]
    if isinstance(value, dict):
        return {key: _for_template(item) for key, item in value.items()}
    return value


def _breakable(run: re.Match[str]) -> str:
    text = run.group()
    return "\u200b".join(text[at : at + _LONGEST_RUN] for at in range(0, len(text), _LONGEST_RUN))
