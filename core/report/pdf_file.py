"""A Report as a PDF: A4, tagged, searchable (PDF/UA-1, ISO 14289-1), written by typst.

The words go to the template as JSON data, never as source, so that nothing a mail server says can become markup,
read a file or reach the network. typst is imported on first use: it takes time and memory a check does not need.
"""

from __future__ import annotations

import json
import os
import re
import tempfile
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Literal

from core.errors import CheckError
from core.incident import Incident
from core.model import Report
from core.report.appendix import halve_evidence
from core.report.fonts import font_files, printable
from core.report.layout import lay_out
from core.report.options import ReportOptions, default_paper
from core.resources import resources_dir
from core.texts import Language, Texts

# A run of this many characters without a blank would leave its column; it is given places to break.
LARGEST = 500_000  # bytes: light enough to mail
_MOST_HALVINGS = 6
_LOGO_ALONE = b"#let logo = json(bytes(sys.inputs.report)).logo\n#image(bytes(logo.data), format: logo.format)"
_LONGEST_RUN = 24
_SHORTEST_PIECE = 8
_PARTS = ".-@/_=&,;:"  # stand between the parts of names, addresses and records
_RUN = re.compile(rf"[!-~]{{{_LONGEST_RUN + 1},}}")


def write_pdf(
    report: Report,
    language: Language,
    path: Path,
    incident: Incident | None = None,
    options: ReportOptions | None = None,
) -> None:
    """Write the report to `path`, all of it or nothing: an older file there stays whole if this fails.

    Raises `OSError` when the place cannot be written, `CheckError` "report.pdf_failed" (reason), "report.no_fonts".
    """
    write_file(path, pdf_bytes(report, language, incident, options))


def write_file(path: Path, content: bytes) -> None:
    """Write `content` to `path` for its owner alone, all of it or nothing. Raises `OSError`."""
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=".mail-report-", suffix=".part")
    draft = Path(name)
    try:
        with os.fdopen(handle, "wb") as stream:
            stream.write(content)
        draft.replace(path)
    except BaseException:
        draft.unlink(missing_ok=True)
        raise


def pdf_bytes(
    report: Report, language: Language, incident: Incident | None = None, options: ReportOptions | None = None
) -> bytes:
    """The PDF itself. The same report gives the same bytes. A huge appendix is cut until it is light enough to mail.

    Raises `CheckError` "report.pdf_failed" (reason), "report.bad_logo", "report.no_fonts".
    """
    return made_pages(report, language, incident, options).pdf


@dataclass(frozen=True)
class Pages:
    """The finished file, and the same pages as pictures for a preview: one engine sets both from the same data."""

    pdf: bytes
    data: str
    timestamp: int

    def pictures(self, dots_per_inch: float) -> list[bytes]:
        """Each page as PNG, in this resolution."""
        made = _engine(self.data, self.timestamp, "png", dots_per_inch)
        return made if isinstance(made, list) else [made]


def made_pages(
    report: Report, language: Language, incident: Incident | None = None, options: ReportOptions | None = None
) -> Pages:
    """The PDF with what its pictures are made from. Raises like `pdf_bytes`."""
    options = options or ReportOptions()
    data = lay_out(report, Texts(language), incident, options)
    moment = report.finished_at.astimezone()
    data["made_on"] = [moment.year, moment.month, moment.day]
    data["paper"] = {"a4": "a4", "letter": "us-letter"}[options.paper or default_paper(language)]
    data["logo"] = {"format": options.logo.format, "data": list(options.logo.data)} if options.logo else None
    timestamp = int(report.finished_at.timestamp())
    return _fitting(_for_template(data), timestamp)


def _fitting(data: dict[str, Any], timestamp: int) -> Pages:
    """The whole report; where it is too heavy to mail, with half the evidence, and half again."""
    for _ in range(_MOST_HALVINGS):
        source = json.dumps(data, ensure_ascii=False)
        content = _pdf(source, timestamp, bool(data["logo"]))
        if len(content) <= LARGEST or not halve_evidence(data):
            break
    return Pages(content, source, timestamp)


def _pdf(data: str, timestamp: int, with_logo: bool) -> bytes:
    try:
        made = _engine(data, timestamp, "pdf")
    except CheckError:
        if with_logo and not _is_drawable(data):
            raise CheckError("report.bad_logo") from None
        raise
    assert isinstance(made, bytes)
    return made


def _is_drawable(data: str) -> bool:
    """Whether the logo alone can be drawn: its head was sound, its body may not be."""
    import typst

    try:
        typst.compile(_LOGO_ALONE, sys_inputs={"report": data}, format="pdf", ignore_system_fonts=True)
    except (typst.TypstError, RuntimeError, ValueError):
        return False
    return True


def _engine(data: str, timestamp: int, form: Literal["pdf", "png"], dots: float | None = None) -> Any:
    import typst

    template = resources_dir() / "report" / "report.typ"
    more: dict[str, Any] = {"pdf_standards": ["ua-1"]} if form == "pdf" else {"ppi": dots}
    try:
        return typst.compile(
            template.read_bytes(),
            font_paths=_fonts(),
            ignore_system_fonts=True,
            sys_inputs={"report": data},
            format=form,
            timestamp=timestamp,
            **more,
        )
    except (typst.TypstError, RuntimeError, ValueError) as failed:
        raise CheckError("report.pdf_failed", reason=str(failed)[:300]) from failed


@cache
def _fonts() -> Any:
    import typst

    folders = sorted({str(path.parent) for path in font_files()})
    return typst.Fonts(include_system_fonts=False, font_paths=folders)


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
    """The run in pieces; a name or an address ends a line between its parts rather than before its last letter."""
    pieces, left = [], run.group()
    while len(left) > _LONGEST_RUN:
        cut = max(left.rfind(mark, _SHORTEST_PIECE, _LONGEST_RUN) for mark in _PARTS) + 1 or _LONGEST_RUN
        pieces.append(left[:cut])
        left = left[cut:]
    return "\u200b".join([*pieces, left])
