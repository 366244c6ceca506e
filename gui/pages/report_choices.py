"""What can be chosen about the printed report: language, paper, company and logo, the mark, what is hidden."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Signal
from PySide6.QtWidgets import (
    QButtonGroup,
    QCheckBox,
    QFileDialog,
    QGridLayout,
    QHBoxLayout,
    QLineEdit,
    QRadioButton,
    QWidget,
)

from core.clean import clean
from core.errors import UsageError
from core.report.logo import Logo, read_logo
from core.report.options import LONGEST_COMPANY, MASKS, PAPERS, ReportOptions
from core.texts import LANGUAGES, Language, Texts
from gui.widgets.chooser import Chooser
from gui.widgets.own_folder import own_folder
from gui.widgets.text import SpokenButton, SpokenLabel, label


class ReportChoices(QWidget):
    """`changed`: something else was chosen. `kept` (texts by name) is what the app remembers to the next day:
    all but what is hidden, which is chosen for each report anew."""

    changed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.kept: dict[str, str] = {}
        self.languages = {language: QRadioButton() for language in LANGUAGES}
        self._follows = True  # the report's language follows the window's until somebody chooses
        self.company, self.paper, self.masked = QLineEdit(), Chooser(), Chooser()
        self.confidential = QCheckBox()
        self.choose_logo, self.drop_logo = SpokenButton("gui.report.logo_choose"), SpokenButton("gui.report.logo_drop")
        self._logo_said = label(role="small")
        self._logo: Logo | None = None
        self.company.setMaxLength(LONGEST_COMPANY)
        self.confidential.setChecked(True)
        self._lay_out()
        self._connect()

    def language(self) -> Language:
        """The language the report is printed in."""
        return next(language for language, button in self.languages.items() if button.isChecked())

    def options(self) -> ReportOptions:
        """All but the language."""
        return ReportOptions(
            paper=self.paper.currentData(),
            company=clean(self.company.text(), LONGEST_COMPANY),
            logo=self._logo,
            confidential=self.confidential.isChecked(),
            masked=self.masked.currentData() or "appendix",
        )

    def remember(self, kept: dict[str, str]) -> None:
        """Show what was chosen before, and keep what is chosen from now on in the same dictionary."""
        self.kept = kept
        self.company.setText(kept.get("company", "")[:LONGEST_COMPANY])
        self.confidential.setChecked(kept.get("confidential", "yes") == "yes")
        self.paper.setCurrentIndex(max(0, self.paper.findData(kept.get("paper"))))
        if kept.get("logo"):
            self.take_logo(Path(kept["logo"]), told=False)

    def mask_anew(self) -> None:
        """Another report: what was shown openly in the last one is not so in this one."""
        self.masked.setCurrentIndex(0)

    def say(self, texts: Texts) -> None:
        """Show all words in this language."""
        self._texts = texts
        if self._follows:
            self.languages[texts.language].setChecked(True)
        for button in self.languages.values():
            button.setAccessibleDescription(texts.text("gui.report.language"))
        self.confidential.setText(texts.text("gui.report.confidential"))
        for widget, key in ((self.company, "company"), (self.paper, "paper"), (self.masked, "masked")):
            widget.setAccessibleName(texts.text(f"gui.report.{key}"))
        for box, name in ((self.paper, "paper"), (self.masked, "masked")):
            for index in range(box.count()):
                box.setItemText(index, texts.text(f"gui.report.{name}.{box.itemData(index) or 'usual'}"))

    def take_logo(self, path: Path, told: bool = True) -> None:
        """Use this picture; say why not if it cannot be used."""
        try:
            self._logo = read_logo(path)
        except UsageError as error:
            self._logo_said.setText(self._texts.text(f"problem.{error.code}.title", error.values) if told else "")
            return
        self.kept["logo"] = str(path)
        self._logo_said.setText(clean(path.name, 60))
        self.changed.emit()

    def _lay_out(self) -> None:
        self.paper.addItem("", None)
        for paper in PAPERS:
            self.paper.addItem("", paper)
        for masked in sorted(MASKS, key=("appendix", "all", "nothing").index):
            self.masked.addItem("", masked)
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setColumnStretch(1, 1)
        spoken: list[QWidget | QHBoxLayout] = [
            self._row(*self._radios()), self.company, self._row(self.choose_logo, self.drop_logo, self._logo_said),
            self.paper, self.masked,
        ]  # fmt: skip
        for row, (key, part) in enumerate(zip(("language", "company", "logo", "paper", "masked"), spoken, strict=True)):
            grid.addWidget(SpokenLabel(f"gui.report.{key}", "strong"), row, 0)
            if isinstance(part, QWidget):
                grid.addWidget(part, row, 1)
            else:
                grid.addLayout(part, row, 1)
        grid.addWidget(self.confidential, len(spoken), 1)

    def _radios(self) -> list[QRadioButton]:
        self._group = QButtonGroup(self)
        for language, button in self.languages.items():
            self._group.addButton(button)
            button.setText({"ja": "日本語", "en": "English"}[language])
            button.clicked.connect(self._chosen)
        return list(self.languages.values())

    def _row(self, *parts: QWidget) -> QHBoxLayout:
        line = QHBoxLayout()
        for part in parts:
            line.addWidget(part, 1 if part is self._logo_said else 0)  # its words take the room that is left
        if self._logo_said not in parts:
            line.addStretch(1)
        return line

    def _connect(self) -> None:
        self.company.editingFinished.connect(self._keep)
        self.paper.activated.connect(self._keep)
        self.masked.activated.connect(self.changed)
        self.confidential.clicked.connect(self._keep)
        self.choose_logo.clicked.connect(self._ask_logo)
        self.drop_logo.clicked.connect(self._no_logo)

    def _keep(self) -> None:
        options = self.options()
        chosen = {
            "company": options.company,
            "confidential": "yes" if options.confidential else "no",
            "paper": options.paper or "",
        }
        if any(self.kept.get(name, "") != value for name, value in chosen.items()):
            self.kept.update(chosen)
            self.changed.emit()

    def _chosen(self) -> None:
        self._follows = False
        self.changed.emit()

    def _ask_logo(self) -> None:
        dialog = QFileDialog(self, self._texts.text("gui.report.logo_choose").replace("&", ""), own_folder())
        dialog.setNameFilter("PNG, JPEG (*.png *.jpg *.jpeg)")
        dialog.fileSelected.connect(lambda path: self.take_logo(Path(path)))
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

    def _no_logo(self) -> None:
        self._logo = None
        self.kept.pop("logo", None)
        self._logo_said.setText("")
        self.changed.emit()
