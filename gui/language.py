"""Which language to begin with, and the words of Qt's own dialogs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QLocale

from core.texts import LANGUAGES, Language

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


class QtWords:
    """Qt's own buttons and file dialogs speak Japanese by a translator; English is built in."""

    def __init__(self) -> None:
        self._japanese: QTranslator | None = None

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
                QCoreApplication.installTranslator(translator)
                self._japanese = translator
        else:
            QCoreApplication.removeTranslator(self._japanese)
            self._japanese = None
