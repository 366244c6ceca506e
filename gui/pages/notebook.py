"""The notebook: every incident with all that happened, notes, search, one incident as a file, deletion for good."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QCheckBox, QFileDialog, QHBoxLayout, QLineEdit, QPlainTextEdit, QVBoxLayout, QWidget

from core.clean import clean
from core.incident import Incident
from core.incident_commands.chosen import about, describe
from core.incident_commands.notebook_command import history_lines
from core.notebook import Hit, IncidentSummary
from core.texts import Texts
from gui.pages.incident_page import IncidentPage
from gui.widgets.aloud import say_aloud
from gui.widgets.badge import Badge
from gui.widgets.finding import card, rows_card
from gui.widgets.flow import FlowLayout
from gui.widgets.initials import InitialsField, Who
from gui.widgets.raw import raw_box
from gui.widgets.text import SpokenButton, label

_SHOWN = 50  # incidents on the page; the search finds the others


class NotebookPage(IncidentPage):
    """The list; below it the incident that was opened. Numbers are the notebook's own.

    `open_wanted`, `answer_wanted`, `delete_wanted`: an incident; `export_wanted`: path and whether to mask;
    `import_wanted`: a path; `search_wanted`: a word; `folder_wanted`: show where it lies.
    """

    name = "notebook"
    needs_incident = False
    open_wanted = Signal(int)
    answer_wanted = Signal(int)
    delete_wanted = Signal(int)
    export_wanted = Signal(str, bool)
    import_wanted = Signal(str)
    search_wanted = Signal(str)
    folder_wanted = Signal()

    def __init__(self, who: Who) -> None:
        super().__init__(who)
        self.summaries: Sequence[IncidentSummary] = ()
        self.place: Path | None = None
        self._word, self._hits = "", None  # type: str, Sequence[Hit] | None
        self._news = ""

    def show_list(self, summaries: Sequence[IncidentSummary], place: Path) -> None:
        """The incidents there are, newest first, and where the file lies."""
        self.summaries, self.place = summaries, place
        self.show_incident(self.incident)

    def show_hits(self, word: str, hits: Sequence[Hit]) -> None:
        """What the search found."""
        self._word, self._hits = word, hits
        self.show_incident(self.incident)
        say_aloud(self, self._count(hits, self.texts))

    def show_news(self, news: str) -> None:
        """One line on what was just done."""
        self._news = news
        self.show_incident(self.incident)
        say_aloud(self, clean(news, 400))

    def build(self, box: QVBoxLayout, texts: Texts) -> None:
        """Search and list first, the opened incident below."""
        box.addWidget(self._top(texts))
        if self._news:
            box.addWidget(label(f"✓ {clean(self._news, 400)}", "strong"))
        if self._hits is not None:
            box.addWidget(self._found(self._hits, texts))
        if self.incident:
            box.addWidget(self._opened(self.incident, texts))
        if self.summaries:
            box.addWidget(rows_card([self._row(one, texts) for one in self.summaries[:_SHOWN]]))
        else:
            box.addWidget(label(texts.text("notebook.none")))
        if self.place:
            box.addWidget(
                label(texts.text("notebook.where", path=clean(str(self.place), 400)), "small", selectable=True)
            )

    def _top(self, texts: Texts) -> QWidget:
        holder = QWidget()
        line = FlowLayout(12, holder)
        self.word = QLineEdit(self._word)
        self.word.setObjectName("search-word")
        self.word.setAccessibleName(texts.text("gui.notebook.search_for"))
        self.word.setPlaceholderText(texts.text("gui.notebook.search_for"))
        self.word.setMinimumWidth(self.word.fontMetrics().horizontalAdvance("あ") * 12)
        self.word.returnPressed.connect(self._search)
        line.addWidget(self.word)
        self._button("search", self._search, line, texts)
        self._button("import", self._choose_import, line, texts)
        self._button("folder", self.folder_wanted.emit, line, texts)
        return holder

    def _button(self, name: str, act: object, line: FlowLayout, texts: Texts, role: str = "plain") -> SpokenButton:
        button = SpokenButton(f"gui.notebook.{name}", role)
        button.setObjectName(f"notebook-{name}")
        button.say(texts)
        button.clicked.connect(lambda: act())  # type: ignore[operator]
        line.addWidget(button)
        return button

    def _search(self) -> None:
        self.search_wanted.emit(self.word.text())

    def _found(self, hits: Sequence[Hit], texts: Texts) -> QWidget:
        frame, box = card()
        box.addWidget(label(self._count(hits, texts), "strong"))
        for hit in hits[:_SHOWN]:
            line = QHBoxLayout()
            kind = texts.text(f"notebook.kind.{hit.kind}")
            words = f"{texts.datetime(hit.at)}　{kind}　{clean(hit.text, 200)}".strip()
            line.addWidget(label(words, "small", selectable=True), 1)
            line.addWidget(self._open_button(hit.incident, words, texts))
            box.addLayout(line)
        return frame

    def _count(self, hits: Sequence[Hit], texts: Texts) -> str:
        if hits:
            return texts.text("notebook.hits", count=len(hits))
        return texts.text("notebook.no_hits", word=clean(self._word, 80))

    def _open_button(self, number: int, words: str, texts: Texts) -> SpokenButton:
        button = SpokenButton("gui.notebook.open", "link")
        button.say(texts)
        button.setAccessibleDescription(words)
        button.clicked.connect(lambda: self.open_wanted.emit(number))
        return button

    def _row(self, one: IncidentSummary, texts: Texts) -> QWidget:
        holder = QWidget()
        line, words = QHBoxLayout(holder), QVBoxLayout()
        line.setContentsMargins(0, 0, 0, 0)
        line.setSpacing(14)
        words.setSpacing(2)
        name = describe(one.domain or one.mail_host or "", one.practice, one.imported_at is not None, texts)
        words.addWidget(label(texts.text("notebook.line", id=str(one.id), at=one.opened_at.isoformat(), about=name)))
        words.addWidget(label(texts.text("notebook.line_counts", runs=one.runs, entries=one.entries), "small"))
        line.addWidget(Badge(texts, one.severity), 0, Qt.AlignmentFlag.AlignTop)
        line.addLayout(words, 1)
        line.addWidget(self._open_button(one.id, name, texts), 0, Qt.AlignmentFlag.AlignTop)
        return holder

    # --- the opened incident --------------------------------------------------------------------------------------

    def _opened(self, incident: Incident, texts: Texts) -> QWidget:
        frame, box = card()
        title = texts.text("notebook.about_incident", id=str(incident.id), about=about(incident, texts))
        box.addWidget(label(title, "heading", selectable=True))
        lines = [line.strip() for line in history_lines(incident, texts)[1:]]
        box.addWidget(raw_box(clean("\n".join(lines), 200_000, keep="\n"), title))
        self.note = QPlainTextEdit()
        self.note.setTabChangesFocus(True)
        self.note.setAccessibleName(texts.text("gui.notebook.note"))
        self.note.setPlaceholderText(texts.text("gui.notebook.note"))
        self.note.setFixedHeight(self.note.fontMetrics().lineSpacing() * 3 + 20)
        box.addWidget(self.note)
        box.addWidget(InitialsField(self.who, texts))
        first, second = FlowLayout(12), FlowLayout(12)
        self._button("add_note", self._add_note, first, texts)
        if incident.runs:
            self._button("answer", lambda: self.answer_wanted.emit(incident.id), first, texts)
        closing = "reopen" if incident.closed else "close"
        self._button(closing, lambda: self._close(incident), first, texts)
        self.masking = QCheckBox(texts.text("gui.notebook.mask"))
        self.masking.setObjectName("mask")
        self.masking.setChecked(True)
        second.addWidget(self.masking)
        self._button("export", self._choose_export, second, texts)
        self._button("delete", lambda: self.delete_wanted.emit(incident.id), second, texts)
        box.addLayout(first)
        box.addLayout(second)
        return frame

    def _add_note(self) -> None:
        text = self.note.toPlainText().strip()
        if text:
            self.added.emit([("note", {"text": text[:20_000], "initials": self.who.initials})])

    def _close(self, incident: Incident) -> None:
        self.added.emit([("reopened" if incident.closed else "closed", {"initials": self.who.initials})])

    def _choose_export(self) -> None:
        assert self.incident is not None
        dialog = QFileDialog(self, self.texts.text("gui.notebook.export"), str(Path.home() / "incident.json"))
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setDefaultSuffix("json")
        masked = self.masking.isChecked()
        dialog.fileSelected.connect(lambda path: self.export_wanted.emit(path, masked))
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

    def _choose_import(self) -> None:
        dialog = QFileDialog(self, self.texts.text("gui.notebook.import"), str(Path.home()))
        dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
        dialog.setNameFilter("JSON (*.json)")
        dialog.fileSelected.connect(self.import_wanted)
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()
