"""The watch with a real tray: tells of two things that are due, and prints where its icon stands and what was opened.

watch_in_tray.py PICTURE      prints "icon X Y", then "opened NUMBER" once somebody clicked, and ends
"""

from __future__ import annotations

import sys
from datetime import UTC, datetime

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication, QMainWindow

from core.again import watch_entries
from core.incident import Incident, Reminder
from core.texts import Texts
from gui.watch import Watch

_LIMIT_MS = 60_000
AT = datetime(2026, 11, 22, 8, 40, tzinfo=UTC)


def main(picture: str) -> int:
    app = QApplication([])
    app.setQuitOnLastWindowClosed(False)
    owner = QMainWindow()
    watch = Watch(owner)
    incident = Incident(id=7, opened_at=AT)
    hours = [content["about"] for _, content in watch_entries(AT)]
    due = [(incident, Reminder(f"again-{about}", AT, "again", about)) for about in hours[:2]]
    print(watch.look(due, Texts("en")).replace("\n", " / "), flush=True)
    asked = QTimer()

    def where() -> None:
        if watch.tray is not None and not (place := watch.tray.geometry()).isEmpty():
            asked.stop()
            app.primaryScreen().grabWindow(0).save(picture)
            print("icon", place.center().x(), place.center().y(), flush=True)

    def opened(number: int) -> None:
        print("opened", number, flush=True)
        app.quit()

    asked.timeout.connect(where)
    asked.start(1000)
    watch.opened.connect(opened)
    QTimer.singleShot(_LIMIT_MS, lambda: app.exit(1))
    return app.exec()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
