"""The command `mail-first-aid`: without arguments the window, else the command line; for ssh, the one who asks.

Qt is imported last and only for the window, so that the command line works where no Qt library can be loaded.
"""

from __future__ import annotations

import ctypes
import gc
import io
import os
import sys
from collections.abc import Sequence

SELF_TEST = "--self-test"
_NO_WINDOW = 3  # "could not look", as of the command line
_INTERRUPTED = 130  # as of the command line

# What PySide6's wheel expects from the system (its own import, then the X11 plug-in, whose absence aborts).
_FOR_QT = (
    "libxcb.so.1",
    "libGLdispatch.so.0",
    "libGLX.so.0",
    "libGL.so.1",
    "libEGL.so.1",
    "libglib-2.0.so.0",
    "libfontconfig.so.1",
    "libxkbcommon.so.0",
    "libdbus-1.so.3",
)
_FOR_X11 = (
    "libxkbcommon-x11.so.0",
    "libxcb-cursor.so.0",
    "libxcb-icccm.so.4",
    "libxcb-image.so.0",
    "libxcb-keysyms.so.1",
    "libxcb-render-util.so.0",
    "libxcb-shape.so.0",
)
_FOR_WAYLAND = ("libwayland-client.so.0", "libwayland-cursor.so.0")
_PACKAGES = (
    "libgl1 libegl1 libglib2.0-0 libfontconfig1 libxkbcommon0 libdbus-1-3 libxkbcommon-x11-0 libxcb-cursor0 "
    "libxcb-icccm4 libxcb-image0 libxcb-keysyms1 libxcb-render-util0 libxcb-shape0 libwayland-cursor0"
)


def main(arguments: Sequence[str] | None = None) -> int:
    """Start what is wanted; returns the exit status."""
    if os.environ.get("MFA_ASKPASS"):
        from core.askpass_client import askpass_main

        return askpass_main()
    _speak_unicode()
    arguments = sys.argv[1:] if arguments is None else list(arguments)
    if arguments and arguments != [SELF_TEST]:
        try:
            from core.cli import main as command_line
        except KeyboardInterrupt:  # Ctrl-C while the program is still loading
            return _INTERRUPTED

        return command_line(arguments)
    return open_window(self_test=bool(arguments))


def open_window(*, self_test: bool = False) -> int:
    """The window, or a line that says why there can be none."""
    surroundings = {**os.environ, "QT_QPA_PLATFORM": "offscreen"} if self_test else os.environ
    if (reason := why_no_window(surroundings)) is not None:
        print(reason, file=sys.stderr)
        return _NO_WINDOW
    _bring_fonts()
    gc.disable()  # nothing that is loaded now is in vain; once the window stands, `gui.bridge` collects
    from gui.window_start import show_window, test_window

    return test_window() if self_test else show_window()


def why_no_window(environment: os._Environ[str] | dict[str, str]) -> str | None:
    """Why no window can open here, in both languages; None when it can. Linux only: elsewhere Qt brings all."""
    if not sys.platform.startswith("linux"):
        return None
    platform = environment.get("QT_QPA_PLATFORM", "")
    wayland = bool(environment.get("WAYLAND_DISPLAY"))
    if not platform and not wayland and not environment.get("DISPLAY"):
        return (
            "画面がないので、ウィンドウを開けません。コマンドで使えます: mail-first-aid check --help\n"
            "There is no screen to open a window on. The command line works: mail-first-aid check --help"
        )
    wanted = list(_FOR_QT)
    if not platform.startswith(("offscreen", "minimal", "vnc")):
        wanted += _FOR_WAYLAND if wayland and not platform.startswith("xcb") else _FOR_X11
    missing = [name for name in wanted if not _loads(name)]
    if not missing:
        return None
    return (
        f"ウィンドウに必要な部品が、このパソコンに入っていません: {' '.join(missing)}\n"
        f"This computer lacks what a window needs: {' '.join(missing)}\n"
        f"  Debian, Ubuntu: sudo apt install {_PACKAGES}"
    )


def _bring_fonts() -> None:
    """A Linux without any font settings gets the built program's own, else it would complain and draw empty boxes."""
    own = os.path.join(getattr(sys, "_MEIPASS", ""), "spare", "fonts.conf")  # noqa: PTH118 - as below
    if not os.path.exists("/etc/fonts/fonts.conf") and os.path.exists(own):  # noqa: PTH110
        os.environ.setdefault("FONTCONFIG_FILE", own)


def _speak_unicode() -> None:
    """Windows gives a redirected output the old code page, which lacks half of what we print: UTF-8 instead."""
    for stream in (sys.stdout, sys.stderr) if sys.platform == "win32" else ():
        if isinstance(stream, io.TextIOWrapper) and not stream.isatty():
            stream.reconfigure(encoding="utf-8", errors="backslashreplace")


def _loads(name: str) -> bool:
    """Whether the library is there: the system's, else the spare one that the built program brings."""
    spare = os.path.join(getattr(sys, "_MEIPASS", ""), "spare", name)  # noqa: PTH118 - pathlib costs start time here
    for place in (name, spare):
        try:
            ctypes.CDLL(place)  # stays loaded, so that Qt finds it by its name
        except OSError:
            continue
        return True
    return False


if __name__ == "__main__":
    windowed = sys.argv[1:] in ([], [SELF_TEST])  # there `gui.turns` collects
    if not windowed:
        gc.set_threshold(50_000)  # of what is made while starting, next to nothing is in vain
    status = main()
    if not windowed:
        gc.freeze()  # the command is done: what is left goes with the process, and need not be looked through
    sys.exit(status)
