"""One window a user: a second start brings the first to the front and ends.

A lock file says that a window is there (Qt finds out when its program has died), a second file asks it to show itself.
When nobody takes that file away within two seconds the first window hangs, and the second start opens its own.
"""

from __future__ import annotations

import contextlib
import os
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
        self._wish, self._held = self._folder / "window.show", self._folder / "window.lock"
        self._lock = QLockFile(str(self._held))
        self._lock.setStaleLockTime(0)  # only a program that is no more frees the lock
        self._first: bool | None = None  # once the lock was asked

    def is_first(self) -> bool:
        """False when another window has the lock and has come to the front. Without any lock there is none to ask:
        then it is taken by `take` when the window stands, since to write it is to wait for the disk."""
        return not os.path.exists(self._held) or self.take()  # noqa: PTH110 - Path raises where it may not look

    def take(self) -> bool:
        """Take the lock; False when another window has it, be it since a moment ago, and has come to the front."""
        if self._first is None:
            with contextlib.suppress(OSError):  # a home that cannot be written has no lock, and a window all the same
                self._folder.mkdir(parents=True, exist_ok=True)
            held_by_another = not self._lock.tryLock(0) and self._lock.error() == QLockFile.LockError.LockFailedError
            self._first = not held_by_another or not self._asked_to_show()
        return self._first

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
