"""The program tests itself: every page in every language, the practice company, its answer, its PDF.

For the built program and for support. Nothing leaves the laptop and nothing of the person's is touched: settings,
notebook and PDF lie in a folder of its own. Whatever Qt, a log, a warning or a lost exception says meanwhile fails the
test: in the built program nobody would hear it.
"""

from __future__ import annotations

import asyncio
import logging
import os
import sys
import tempfile
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import Any

from PySide6.QtCore import QMessageLogContext, QtMsgType, qInstallMessageHandler
from PySide6.QtWidgets import QLabel

from core.texts import LANGUAGES, Language, Texts
from gui.pages.page import Page
from gui.wizard import Wizard

_RUN_LIMIT = 120.0  # seconds for the practice run on a slow laptop
_PDF_LIMIT = 60.0
_SMALLEST_PDF = 10_000  # bytes; an empty page without its fonts has fewer
_EXPECTED = ("open_relay", "address_listed", "server_unsupported")


async def walk_practice(heard: list[str]) -> int:
    """Walk from the first page to a saved PDF; prints one line a stage. Returns 0, or 1 at the first thing wrong.

    `heard` is what `listening` has collected so far, and goes on collecting.
    """
    with tempfile.TemporaryDirectory(prefix="mfa-self-test-") as folder:
        wizard = Wizard(Path(folder) / "settings.json", Path(folder) / "notebook.sqlite3")
        wizard.show()
        try:
            wrong = await _walk(wizard, Path(folder) / "report.pdf")
        finally:
            wizard.close()
            await asyncio.wait_for(wizard.closed.wait(), 10)
    wrong = wrong or "; ".join(heard)
    tell(f"failed: {wrong}" if wrong else "ok")
    return 1 if wrong else 0


async def _walk(wizard: Wizard, pdf: Path) -> str | None:
    wrong = _see_pages(wizard, "empty") or await _practise(wizard)
    return wrong or _see_pages(wizard, "filled") or await _print(wizard, pdf)


def _see_pages(wizard: Wizard, state: str) -> str | None:
    """Show every page there is, in every language: each must draw something and speak no bare code."""
    shown, before = wizard.page, wizard.texts.language
    for language in LANGUAGES:
        wizard.change_language(language)
        for name, page in wizard.pages.items():
            page.show_answers(wizard.guide.answers)
            wizard.stack.setCurrentWidget(page)
            if wrong := _look_at(page, wizard.texts):
                return f"page {name} in {language}: {wrong}"
            tell(f"page {name} {language} {state}")
    wizard.change_language(before)
    wizard.stack.setCurrentWidget(shown)
    return None


def _look_at(page: Page, texts: Texts) -> str | None:
    picture = page.grab().toImage()
    seen = {picture.pixel(x, y) for x in range(0, picture.width(), 7) for y in range(0, picture.height(), 7)}
    if len(seen) < 2:
        return "draws nothing"
    words = [label.text() for label in page.findChildren(QLabel)]
    bare = [word for word in words if word and texts.has(word)]
    return f"shows bare codes: {bare}" if bare else None


async def _practise(wizard: Wizard) -> str | None:
    wizard.start.choices.choose("practice")
    wizard.go_on()
    tell("practice run started")
    if wizard.run_task is not None:
        await asyncio.wait_for(wizard.run_task, _RUN_LIMIT)
    report = wizard.report
    if report is None or wizard.guide.page != "answer":
        return "the practice run did not reach its answer"
    codes = [cause.code for cause in report.causes]
    tell("answer: " + ", ".join(codes))
    missing = [code for code in _EXPECTED if code not in codes]
    return f"the answer lacks {missing}" if missing else None


async def _print(wizard: Wizard, pdf: Path) -> str | None:
    report = wizard.report
    assert report is not None
    wizard.go_on()
    for language in LANGUAGES:
        target = _named(pdf, language)
        await asyncio.wait_for(wizard.save_pdf(report, target, language), _PDF_LIMIT)
        if not target.is_file() or target.stat().st_size < _SMALLEST_PDF:
            return f"the PDF in {language} was not written"
        tell(f"PDF {language}: {target.stat().st_size} bytes")
    return None


def _named(pdf: Path, language: Language) -> Path:
    return pdf.with_suffix(f".{language}.pdf")


def tell(line: str) -> None:
    """One line for whoever started the test. A windowed program on Windows has no `sys.stdout`: write to fd 1."""
    try:
        os.write(1, f"self-test: {line}\n".encode())
    except OSError:
        return  # nobody listens; the exit status says it too


@contextmanager
def listening() -> Iterator[list[str]]:
    """Collects what nobody should have to say: Qt's messages, logged warnings, Python's warnings, lost exceptions."""
    heard: list[str] = []

    def from_qt(kind: QtMsgType, _: QMessageLogContext, message: str | None) -> None:
        heard.append(f"Qt {kind.name}: {message}")

    def lost(kind: type[BaseException], error: BaseException, _: TracebackType | None) -> None:
        heard.append(f"exception: {kind.__name__}: {error}")

    handler = _Into(heard)
    root, hooks = logging.getLogger(), (sys.excepthook, sys.unraisablehook)
    root.addHandler(handler)
    previous = qInstallMessageHandler(from_qt)
    sys.excepthook, sys.unraisablehook = lost, lambda args: heard.append(f"exception: {args.exc_value!r}")
    with warnings.catch_warnings():
        warnings.simplefilter("always")
        warnings.showwarning = lambda message, *_args, **_more: heard.append(f"warning: {message}")
        try:
            yield heard
        finally:
            sys.excepthook, sys.unraisablehook = hooks
            qInstallMessageHandler(previous)
            root.removeHandler(handler)


class _Into(logging.Handler):
    """Warnings and worse into a list."""

    def __init__(self, heard: list[str]) -> None:
        super().__init__(logging.WARNING)
        self._heard = heard

    def emit(self, record: Any) -> None:
        self._heard.append(f"{record.levelname.lower()} of {record.name}: {record.getMessage()}")
