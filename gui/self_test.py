"""The program tests itself: practice company, answer, PDF, in its own window. For the built program and for support.

Nothing leaves the laptop and nothing of the person's is touched: settings, notebook and PDF lie in a folder of its own.
"""

from __future__ import annotations

import asyncio
import os
import tempfile
import threading
from collections.abc import Callable
from pathlib import Path

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
    if not await _comes(lambda: wizard.guide.page == "answer", _RUN_LIMIT):
        return "the practice run did not reach its answer"
    report = wizard.report
    if report is None or _EXPECTED not in [cause.code for cause in report.causes]:
        return f"the answer is not {_EXPECTED}"
    tell("answer: " + ", ".join(cause.code for cause in report.causes))
    wizard.go_on()
    for language in ("ja", "en"):
        target = pdf.with_suffix(f".{language}.pdf")
        wizard.save_pdf(target, language)
        if not await _comes(lambda: not wizard.report_page.busy, _PDF_LIMIT) or not target.is_file():
            return f"the PDF in {language} was not written"
        tell(f"PDF {language}: {target.stat().st_size} bytes")
    tell(f"threads: {threading.active_count()}")
    return None


async def _comes(true: Callable[[], bool], limit: float) -> bool:
    try:
        async with asyncio.timeout(limit):
            while not true():
                await asyncio.sleep(0.05)
    except TimeoutError:
        return False
    return True


def tell(line: str) -> None:
    """One line for whoever started the test. A windowed program on Windows has no `sys.stdout`: write to fd 1."""
    try:
        os.write(1, f"self-test: {line}\n".encode())
    except OSError:
        return  # nobody listens; the exit status says it too
