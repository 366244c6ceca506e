"""The options of `check`, `practice`, `report` and `notebook report` that say how the report is written, and where."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from core.clean import clean
from core.errors import UsageError
from core.incident import Incident
from core.model import Report
from core.report.logo import read_logo
from core.report.markdown_file import report_markdown
from core.report.options import MASKS, PAPERS, ReportOptions
from core.texts import Texts


def add_report_options(parser: argparse.ArgumentParser) -> None:
    """Add them to a command that has `--pdf` already."""
    add = parser.add_argument
    add("--markdown", metavar="FILE")
    add("--details", action="store_true")
    add("--paper", choices=PAPERS)
    add("--company", metavar="NAME", default="")
    add("--logo", metavar="FILE")
    add("--not-confidential", action="store_true")
    add(
        "--mask",
        choices=MASKS,
        default="appendix",
    )


def report_options(arguments: argparse.Namespace) -> ReportOptions:
    """What was chosen. Raises `UsageError` when the logo cannot be used."""
    return ReportOptions(
        paper=arguments.paper,
        company=clean(arguments.company, 200),
        logo=read_logo(Path(arguments.logo)) if arguments.logo else None,
        confidential=not arguments.not_confidential,
        masked=arguments.mask,
    )


def write_report_files(
    report: Report, arguments: argparse.Namespace, texts: Texts, incident: Incident | None = None
) -> None:
    """Write the files that were asked for. Raises `UsageError` "file.unwritable", `CheckError` when typst fails."""
    options = report_options(arguments)
    for name, key in ((arguments.pdf, "cli.pdf_written"), (arguments.markdown, "cli.markdown_written")):
        if not name:
            continue
        try:
            _write(report, texts, Path(name), incident, options, pdf=key == "cli.pdf_written")
        except OSError as error:
            raise UsageError("file.unwritable", name=name, reason=error.strerror or "") from error
        print(texts.text(key, path=name), file=sys.stderr)


def _write(
    report: Report, texts: Texts, path: Path, incident: Incident | None, options: ReportOptions, *, pdf: bool
) -> None:
    from core.report.pdf_file import write_file, write_pdf  # pulls in the PDF engine, which only this needs

    if pdf:
        write_pdf(report, texts.language, path, incident, options)
    else:
        write_file(path, report_markdown(report, texts, incident, options).encode("utf-8", "backslashreplace"))
