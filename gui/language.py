"""Which language to begin with, and the words of Qt's own dialogs."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from PySide6.QtCore import QLocale

from core.texts import LANGUAGES, Language, Texts

if TYPE_CHECKING:
    from PySide6.QtCore import QTranslator


def chosen_language(kept: str | None) -> Language:
    """The language chosen before, else the system's, else English."""
    wanted = [kept] if kept else [tag.partition("-")[0] for tag in QLocale.system().uiLanguages()]
    for tag in wanted:
        for language in LANGUAGES:
            if tag == language:
                return language
    return "en"


# Words of Qt's file dialog that its own Japanese lacks: they were given an accelerator after they were translated.
LACKING: Mapping[str, str] = {"&Look in:": "gui.files.look_in", "Files of &type:": "gui.files.kind"}


class QtWords:
    """Qt's own buttons and file dialogs speak Japanese by a translator; English is built in."""

    def __init__(self) -> None:
        self._japanese: QTranslator | None = None
        self._lacking: QTranslator | None = None

    def use(self, language: Language) -> None:
        """Let Qt's own dialogs speak this language from now on."""
        QLocale.setDefault(QLocale("ja_JP" if language == "ja" else "en_GB"))
        if (language == "ja") == (self._japanese is not None):
            return
        from PySide6.QtCore import QCoreApplication, QLibraryInfo, QTranslator

        if self._japanese is None:
            translator = QTranslator()
            folder = QLibraryInfo.path(QLibraryInfo.LibraryPath.TranslationsPath)
            if translator.load(QLocale("ja_JP"), "qtbase", "_", folder):
                self._lacking = _own_words(Texts("ja"))
                for each in (translator, self._lacking):
                    QCoreApplication.installTranslator(each)
                self._japanese = translator
        elif self._lacking is not None:
            for each in (self._japanese, self._lacking):
                QCoreApplication.removeTranslator(each)
            self._japanese = self._lacking = None


def _own_words(texts: Texts) -> QTranslator:
    """A translator of what Qt's own lacks."""
    from PySide6.QtCore import QTranslator

    class OwnWords(QTranslator):
        def isEmpty(self) -> bool:
            return False

        def translate(self, context: str, source: str, disambiguation: str | None = None, n: int = -1) -> str:
            known = context == "QFileDialog" and source in LACKING
            # An empty text would be shown as the translation: only None lets Qt ask its own words next.
            return texts.text(LACKING[source]) if known else None  # type: ignore[return-value]

    return OwnWords()
