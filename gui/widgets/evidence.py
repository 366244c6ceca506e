"""What was handed over besides what stands in a field: a list, a log, a refusal; each can be left out again."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from core.checks.bounce.decode import from_html, is_web_page
from core.clients.files import read_file
from core.clients.log_file import log_text
from core.clients.packed import is_packed
from core.errors import UsageError
from core.guide import Answers, Handed
from core.knowledge.evidence_kind import EvidenceKind, kind_of
from core.model import Value
from core.texts import Texts
from gui.widgets.aloud import say_aloud
from gui.widgets.text import SpokenButton, label, said


@dataclass(frozen=True)
class Evidence:
    """Text of a recognised kind; `name` of the file it came from, "" when it was pasted. `cut`: only its first part."""

    kind: EvidenceKind
    name: str
    text: str
    cut: bool = False


async def read_evidence(path: str) -> Evidence:
    """A file the person chose, taken for what its content is, beside the window's own work.

    Raises `CheckError` "file.*" or "log_file.*".
    """
    return await asyncio.to_thread(_read, path)


def _read(path: str) -> Evidence:
    content = read_file(path)
    text, cut = content.text(), content.cut
    if not text or text.isspace():
        raise UsageError("file.empty", name=content.name)
    if is_packed(content.data) or ((cut or content.packed) and kind_of(text) == "log"):
        text, cut, _ = log_text(path)  # unpacked; of a long log the end, which is what happened last
    elif is_web_page(text):
        text = from_html(text)
    return Evidence(kind_of(text), content.name, text, cut)


class EvidenceShelf(QWidget):
    """One line for each piece that goes with the run, with a button to leave it out again."""

    changed = Signal()

    def __init__(self, kinds: tuple[Handed, ...]) -> None:
        super().__init__()
        self._kinds = kinds
        self.taken: dict[EvidenceKind, Evidence] = {}
        self.buttons: dict[EvidenceKind, SpokenButton] = {}
        self._texts: Texts | None = None
        self.moved = label(role="strong")
        self._rows = QVBoxLayout()
        self._rows.setSpacing(4)
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(6)
        box.addWidget(self.moved)
        box.addLayout(self._rows)
        self.show_rows()

    def say(self, texts: Texts) -> None:
        """Show the lines in this language; what was just said about a paste is said no more."""
        self._texts = texts
        self.moved.setText("")
        self.show_rows()

    def take(self, piece: Evidence) -> None:
        """Put a piece on the shelf, in place of an earlier one of its kind, and say what it was taken for."""
        self.taken[piece.kind] = piece
        if self._texts:
            self.moved.setText(self._texts.text(f"gui.evidence.moved.{piece.kind}"))
            say_aloud(self.moved, self.moved.text())
        self.show_rows()
        self.changed.emit()

    def leave_out(self, kind: EvidenceKind) -> None:
        """Take a piece off the shelf."""
        if self.taken.pop(kind, None):
            self.moved.setText("")
            self.show_rows()
            self.changed.emit()

    def show_answers(self, answers: Answers, but: tuple[Handed, ...] = ()) -> None:
        """Show what was handed over before, without the kinds in `but`."""
        kinds: list[Handed] = [kind for kind in self._kinds if kind not in but and answers.handed(kind).strip()]
        self.taken = {
            kind: Evidence(kind, answers.handed_name(kind), answers.handed(kind), kind in answers.cut) for kind in kinds
        }
        self.moved.setText("")
        self.show_rows()

    def read_answers(self, answers: Answers) -> None:
        """The kinds of this shelf go into `answers`, also when they were put back."""
        for kind in self._kinds:
            piece = self.taken.get(kind)
            if piece:
                answers.hand_over(kind, piece.text, piece.name, piece.cut)
            else:
                answers.hand_over(kind, "")

    def show_rows(self) -> None:
        """One line for each piece."""
        while (item := self._rows.takeAt(0)) is not None:
            if (row := item.widget()) is not None:
                row.hide()
                row.deleteLater()
        self.buttons = {}
        for piece in self.taken.values():
            self._rows.addWidget(self._row(piece))
        self.moved.setVisible(bool(self.moved.text()))
        self.setVisible(bool(self.taken))

    def _row(self, piece: Evidence) -> QWidget:
        row = QWidget()
        line = QHBoxLayout(row)
        line.setContentsMargins(0, 0, 0, 0)
        words, out = label(), SpokenButton("gui.evidence.leave_out", "link")
        if self._texts:
            words.setText(f"✓ {self._words(piece, self._texts)}")
            out.say(self._texts)
            out.setAccessibleDescription(words.text())
        out.clicked.connect(lambda: self.leave_out(piece.kind))
        line.addWidget(words, 1)
        line.addWidget(out)
        self.buttons[piece.kind] = out
        return row

    def _words(self, piece: Evidence, texts: Texts) -> str:
        values: dict[str, Value] = {
            "name": piece.name or texts.text("gui.evidence.pasted"),
            "count": piece.text.rstrip("\n").count("\n") + 1,
        }
        words = said(texts, f"gui.evidence.{piece.kind}", values)
        return words + (f" {texts.text('gui.evidence.cut')}" if piece.cut else "")
