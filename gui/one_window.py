"""One window a user: a second start brings the first to the front and ends.

A lock file says that a window is there (Qt finds out when its program has died), a second file asks it to show itself.
When nobody takes that file away within two seconds the first window hangs, and the second start opens its own.
"""

from __future__ import annotations

import contextlib
import time
from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QLockFile, QObject, QTimer

from core.settings import settings_file

_LOOK_MS = 300
_PATIENCE = 2.0  # seconds


class OneWindow(QObject):
    """Held as long as the window lives. `folder`: where the two files lie."""

    def __init__(self, folder: Path | None = None) -> None:
        super().__init__()
        self._folder = folder or settings_file().parent
        self._wish = self._folder / "window.show"
        with contextlib.suppress(OSError):  # a home that cannot be written has no lock, and a window all the same
            self._folder.mkdir(parents=True, exist_ok=True)
        self._lock = QLockFile(str(self._folder / "window.lock"))
        self._lock.setStaleLockTime(0)  # only a program that is no more frees the lock

    def is_first(self) -> bool:
        """Take the lock; False when another window has it and has come to the front."""
        if self._lock.tryLock(0) or self._lock.error() != QLockFile.LockError.LockFailedError:
            return True
        return not self._asked_to_show()

    def listen(self, show: Callable[[], None]) -> None:
        """From now on call `show` when a second start asks for it."""
        timer = QTimer(self)
        timer.timeout.connect(lambda: self._look(show))
        timer.start(_LOOK_MS)

    def end(self) -> None:
        """Let the next start be the first."""
        self._lock.unlock()

    def _look(self, show: Callable[[], None]) -> None:
        try:
            self._wish.unlink()
        except OSError:
            return  # the usual case: nobody asks
        show()

    def _asked_to_show(self) -> bool:
        try:
            self._wish.touch()
        except OSError:
            return False
        until = time.monotonic() + _PATIENCE
        while time.monotonic() < until:
            if not self._wish.exists():
                return True
            time.sleep(0.05)
        self._wish.unlink(missing_ok=True)
        return False
