"""Letters and requests: chosen, filled from the incident, changed by the person, handed on by hand."""

from __future__ import annotations

import re
from datetime import UTC, datetime

from PySide6.QtWidgets import QComboBox, QGridLayout, QHBoxLayout, QLineEdit, QPlainTextEdit, QVBoxLayout, QWidget

from core.clean import clean
from core.delisting import DeskLine, asked_entries, desk, gate
from core.incident import Incident
from core.letters import KINDS, Kind, Letter, Sender, kind_for, letter, request
from core.report.desk_words import line_name
from core.texts import LANGUAGES, Language, Texts
from gui.pages.incident_page import IncidentPage
from gui.widgets.aloud import tell
from gui.widgets.chooser import Chooser
from gui.widgets.field import Field
from gui.widgets.finding import card
from gui.widgets.fold import Fold
from gui.widgets.footer import LANGUAGE_NAMES
from gui.widgets.handing import Handing
from gui.widgets.initials import InitialsField, Who
from gui.widgets.text import SpokenButton, label

_OF_SENDER = ("company", "name", "phone", "contact")
_LINES = 16
_LONGEST_FIELD = 200
_BLANK = re.compile(
    r"［[^］\n]{1,60}］|\[[A-Za-z][A-Za-z ,()'-]{1,60}\]"
)  # places the person fills in, never "[203.0.113.25]"


class LettersPage(IncidentPage):
    """What was changed by hand stays until another letter or language is chosen."""

    name = "letters"

    def __init__(self, who: Who) -> None:
        super().__init__(who)
        self.kind: Kind = "hosting"
        self.asked: tuple[str, str] | None = None  # zone and subject of the request that is shown, instead of a letter
        self.language: Language | None = None
        self.writer = {name: clean(who.writer.get(name, ""), _LONGEST_FIELD) for name in _OF_SENDER}
        self.edited = False
        self._kept = ("", "")  # subject and body as changed by hand

    def show_incident(self, incident: Incident | None) -> None:
        """Another incident is another letter; of the same one the facts are filled in anew, unless it was edited."""
        if incident and self.incident and incident.id == self.incident.id and self.edited:
            self.incident = incident
            return
        if incident and (self.incident is None or incident.id != self.incident.id):
            self.kind, self.asked, self.edited = kind_for(incident), None, False
        super().show_incident(incident)

    def open_request(self, line: DeskLine) -> None:
        """Show the request about this line of the desk, in a language the list reads."""
        self.asked, self.edited = (line.zone, line.subject), False
        natural = self.texts.language
        self.language = natural if line.who == "hosting_company" or natural in line.languages else "en"
        self.show_texts(self.texts)

    def open_letter(self, kind: Kind) -> None:
        """Show a letter of this kind."""
        self.kind, self.asked, self.language, self.edited = kind, None, None, False
        self.show_texts(self.texts)

    def build(self, box: QVBoxLayout, texts: Texts) -> None:
        """The choice, the sender, the letter, and the ways to hand it on."""
        incident = self.incident
        assert incident is not None
        box.addWidget(self._choice(incident, texts))
        made = self._made(incident, texts)
        frame, inside = card()
        inside.addWidget(label(texts.text("letters.read_first"), "strong"))
        if made.language != texts.language:
            inside.addWidget(label(texts.text("gui.letters.other_language"), "small"))
        subject, body = self._kept if self.edited else (made.subject, made.body)
        self.subject, self.body_text = QLineEdit(subject), QPlainTextEdit(body)
        self.subject.setAccessibleName(texts.text("gui.letters.subject"))
        self.body_text.setAccessibleName(texts.text("gui.letters.body"))
        self.body_text.setTabChangesFocus(True)
        self.body_text.setMinimumHeight(self.body_text.fontMetrics().lineSpacing() * _LINES)
        self.subject.textEdited.connect(self._changed)
        self.body_text.textChanged.connect(self._changed)
        self._to = made.to
        inside.addWidget(label(texts.text("gui.letters.subject"), "small"))
        inside.addWidget(self.subject)
        inside.addWidget(label(texts.text("gui.letters.body"), "small"))
        inside.addWidget(self.body_text)
        self.handing = Handing(texts, self._content, made.subject)
        self.handing.done.connect(lambda _: self._note(made))
        inside.addWidget(self.handing)
        box.addWidget(frame)
        line = self.line()
        if line is not None:
            box.addWidget(self._asked_card(texts))

    def line(self) -> DeskLine | None:
        """The line of the desk that the shown request is about; None for a letter."""
        if self.incident is None or self.asked is None:
            return None
        return next((line for line in desk(self.incident) if (line.zone, line.subject) == self.asked), None)

    def _made(self, incident: Incident, texts: Texts) -> Letter:
        sender = Sender(**self.writer)
        wanted = Texts(self.language) if self.language else texts
        line = self.line()
        return request(line, incident, wanted, sender) if line else letter(self.kind, incident, wanted, sender)

    def _choice(self, incident: Incident, texts: Texts) -> QWidget:
        self._offer_kinds(incident, texts)
        self._offer_languages(texts)
        frame, box = card()
        box.addLayout(self._choosers(texts))
        fold = Fold(texts, lambda: self._senders(texts), texts.text("gui.letters.sender.open"), "gui.letters.sender")
        line_of_fold = QHBoxLayout()
        line_of_fold.addWidget(fold.button)
        line_of_fold.addStretch(1)
        box.addLayout(line_of_fold)
        box.addWidget(fold)
        return frame

    def _offer_kinds(self, incident: Incident, texts: Texts) -> None:
        """The letters, then, where the desk is open, a request for each list that can be asked."""
        self.kinds = Chooser()
        for kind in KINDS:
            self.kinds.addItem(texts.text(f"gui.letters.kind.{kind}"), kind)
        if gate(incident).is_open:
            for open_line in desk(incident):
                if open_line.can_ask:
                    self.kinds.addItem(texts.text("gui.letters.request", list=line_name(open_line, texts)), open_line)
        line = self.line()
        if line is not None:
            at = next((n for n in range(self.kinds.count()) if self.kinds.itemData(n) == line), -1)
            self.kinds.setCurrentIndex(at)
        else:
            self.kinds.setCurrentIndex(KINDS.index(self.kind))
        self.kinds.activated.connect(self._choose)

    def _offer_languages(self, texts: Texts) -> None:
        self.languages = Chooser()
        for language in LANGUAGES:
            self.languages.addItem(LANGUAGE_NAMES[language], language)
        self.languages.setCurrentIndex(LANGUAGES.index(self.language or texts.language))
        self.languages.activated.connect(self._choose_language)

    def _choosers(self, texts: Texts) -> QGridLayout:
        grid = QGridLayout()
        grid.setColumnStretch(1, 1)
        for row, (key, part) in enumerate((("gui.letters.to", self.kinds), ("gui.letters.language", self.languages))):
            name = label(texts.text(key), wrap=False)
            name.setBuddy(part)
            part.setAccessibleName(texts.text(key))
            part.setObjectName(key)
            part.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
            part.setMinimumContentsLength(18)
            grid.addWidget(name, row, 0)
            grid.addWidget(part, row, 1)
        return grid

    def _senders(self, texts: Texts) -> QWidget:
        holder = QWidget()
        column = QVBoxLayout(holder)
        column.setContentsMargins(0, 0, 0, 0)
        self.fields = {name: Field(f"gui.letters.sender.{name}") for name in _OF_SENDER}
        for name, field in self.fields.items():
            field.set_text(self.writer[name])
            column.addWidget(field)
            for part in field.findChildren(QWidget):
                if callable(say := getattr(part, "say", None)):
                    say(texts)
            field.say(texts)
        take = SpokenButton("gui.letters.sender.take")
        take.say(texts)
        take.clicked.connect(self._take_sender)
        line = QHBoxLayout()
        line.addWidget(take)
        line.addStretch(1)
        column.addLayout(line)
        return holder

    def _take_sender(self) -> None:
        self.writer = {name: clean(field.text().strip(), _LONGEST_FIELD) for name, field in self.fields.items()}
        self.who.set_writer(self.writer)
        self.edited = False
        self.show_texts(self.texts)

    def _choose(self, index: int) -> None:
        chosen = self.kinds.itemData(index)
        if isinstance(chosen, DeskLine):
            self.open_request(chosen)
        else:
            self.open_letter(KINDS[index])

    def _choose_language(self, index: int) -> None:
        self.language, self.edited = LANGUAGES[index], False
        self.show_texts(self.texts)

    def _changed(self) -> None:
        self.edited, self._kept = True, (self.subject.text(), self.body_text.toPlainText())

    def _content(self) -> tuple[str, str, str]:
        return self._to, self.subject.text(), self.body_text.toPlainText()

    def _note(self, made: Letter) -> None:
        """That a letter was made is kept, never its text."""
        about = self.asked[0] if self.asked else ""
        self._changed()  # it is in somebody's hands now: it no longer changes by itself
        self.added.emit([("letter", {"letter": made.kind, "language": made.language, "about": about})])

    def _asked_card(self, texts: Texts) -> QWidget:
        frame, box = card()
        box.addWidget(label(texts.text("delisting.one_request"), "small"))
        box.addWidget(label(texts.text("delisting.never_pay"), "small"))
        box.addWidget(InitialsField(self.who, texts))
        self.sent = SpokenButton("gui.letters.sent", "main")
        self.sent.say(texts)
        self.sent.clicked.connect(self._sent)
        self._asked_of_blanks = False
        self._unfilled = label(role="strong")
        self._unfilled.hide()
        box.addWidget(self._unfilled)
        line = QHBoxLayout()
        line.addWidget(self.sent)
        line.addStretch(1)
        box.addLayout(line)
        return frame

    def _sent(self) -> None:
        line = self.line()
        if line is None:
            return
        blanks = list(dict.fromkeys(_BLANK.findall(self.body_text.toPlainText())))
        if blanks and not self._asked_of_blanks:
            self._asked_of_blanks = True  # once: the form of the list may have been filled in by hand
            tell(self._unfilled, self.texts.text("gui.letters.unfilled", blanks=[clean(one, 60) for one in blanks[:6]]))
            return
        self.edited = False
        self.added.emit(asked_entries(line, datetime.now(UTC), self.who.initials))
        self.wanted.emit("desk")
