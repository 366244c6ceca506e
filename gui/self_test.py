"""The program tests itself: practice company, answer, PDF, in its own window. For the built program and for support.

Nothing leaves the laptop and nothing of the person's is touched: settings, notebook and PDF lie in a folder of its own.
"""

from __future__ import annotations

import asyncio
import os
import tempfile
from pathlib import Path

from core.texts import LANGUAGES
from gui.wizard import Wizard

_RUN_LIMIT = 120.0  # seconds for the practice run on a slow laptop
_PDF_LIMIT = 60.0
_EXPECTED = "open_relay"


async def walk_practice() -> int:
    """Walk from the first page to a saved PDF; prints one line a stage. Returns 0, or 1 at the first thing wrong."""
    with tempfile.TemporaryDirectory(prefix="mfa-self-test-") as folder:
        wizard = Wizard(Path(folder) / "settings.json", Path(folder) / "notebook.sqlite3")
        wizard.show()
        try:
            wrong = await _walk(wizard, Path(folder) / "report.pdf")
        finally:
            wizard.close()
            await asyncio.wait_for(wizard.closed.wait(), 10)
    tell(f"failed: {wrong}" if wrong else "ok")
    return 1 if wrong else 0


async def _walk(wizard: Wizard, pdf: Path) -> str | None:
    wizard.start.choices.choose("practice")
    wizard.go_on()
    tell("practice run started")
    if wizard.run_task is not None:
        await asyncio.wait_for(wizard.run_task, _RUN_LIMIT)
    report = wizard.report
    if report is None or wizard.guide.page != "answer":
        return "the practice run did not reach its answer"
    tell("answer: " + ", ".join(cause.code for cause in report.causes))
    if _EXPECTED not in [cause.code for cause in report.causes]:
        return f"the answer is not {_EXPECTED}"
    wizard.go_on()
    for language in LANGUAGES:
        target = pdf.with_suffix(f".{language}.pdf")
        await asyncio.wait_for(wizard.save_pdf(report, target, language), _PDF_LIMIT)
        if not target.is_file():
            return f"the PDF in {language} was not written"
        tell(f"PDF {language}: {target.stat().st_size} bytes")
    return None


def tell(line: str) -> None:
    """One line for whoever started the test. A windowed program on Windows has no `sys.stdout`: write to fd 1."""
    try:
        os.write(1, f"self-test: {line}\n".encode())
    except OSError:
        return  # nobody listens; the exit status says it too
