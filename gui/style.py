"""Colours for light, dark and high contrast, and sizes that follow the system's own font size.

Text and badge colours stand at 4.5:1 or more against their ground, field borders and focus at 3:1 (WCAG 2.2 AA).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from PySide6.QtGui import QColor, QFont, QFontDatabase, QGuiApplication, QPalette
from PySide6.QtWidgets import QApplication

from core.resources import resources_dir

if TYPE_CHECKING:
    from PySide6.QtGui import QIcon

LIGHT: Mapping[str, str] = {
    "ink": "#1a1a1f",
    "quiet": "#565c66",
    "faint": "#7d838c",
    "example": "#646a74",
    "ground": "#f3f4f6",
    "surface": "#ffffff",
    "sunken": "#f6f7f9",
    "line": "#dfe2e7",
    "field": "#838a94",
    "accent": "#0b3c8c",
    "accent_deep": "#082c68",
    "on_accent": "#ffffff",
    "chosen": "#e8effb",
    "focus": "#1f6feb",
    "done": "#1c6640",
    "on_done": "#ffffff",
    "critical": "#9b1c1c",
    "critical_ground": "#fdeaea",
    "critical_edge": "#fdeaea",
    "warning": "#704a00",
    "warning_ground": "#fff3d6",
    "warning_edge": "#fff3d6",
    "ok": "#1c6640",
    "ok_ground": "#e5f3ea",
    "ok_edge": "#e5f3ea",
    "unknown": "#3f4752",
    "unknown_ground": "#e9ebef",
    "unknown_edge": "#e9ebef",
}
DARK: Mapping[str, str] = {
    "ink": "#eceef2",
    "quiet": "#b0b7c2",
    "faint": "#8d95a1",
    "example": "#9fa6b1",
    "ground": "#17191d",
    "surface": "#212429",
    "sunken": "#1b1e22",
    "line": "#3a3f47",
    "field": "#7f8894",
    "accent": "#9dc1ff",
    "accent_deep": "#c4daff",
    "on_accent": "#0c1a33",
    "chosen": "#26344d",
    "focus": "#5b9bff",
    "done": "#93d9ae",
    "on_done": "#12241a",
    "critical": "#ffaba6",
    "critical_ground": "#4a2020",
    "critical_edge": "#4a2020",
    "warning": "#ffd27a",
    "warning_ground": "#453510",
    "warning_edge": "#453510",
    "ok": "#93d9ae",
    "ok_ground": "#1c3a29",
    "ok_edge": "#1c3a29",
    "unknown": "#d0d5dd",
    "unknown_ground": "#343a43",
    "unknown_edge": "#343a43",
}
# High contrast: 7:1 for every text, 4.5:1 for every border, and each surface has a border to be told by: so the badges
# (`_edge`), which a ground of their own sets off elsewhere.
STARK_LIGHT: Mapping[str, str] = dict.fromkeys(LIGHT, "#000000") | dict.fromkeys(
    ("ground", "surface", "sunken", "chosen", "on_accent", "on_done", "critical_ground", "warning_ground", "ok_ground",
     "unknown_ground"),
    "#ffffff",
) | {"accent": "#00267f", "accent_deep": "#000000", "example": "#4d4d4d"} | {
    "focus": "#a0005a", "critical": "#8a0000",
}  # fmt: skip
STARK_DARK: Mapping[str, str] = dict.fromkeys(LIGHT, "#ffffff") | dict.fromkeys(
    ("ground", "surface", "sunken", "chosen", "on_accent", "on_done", "critical_ground", "warning_ground", "ok_ground",
     "unknown_ground"),
    "#000000",
) | {"accent": "#ffe94a", "accent_deep": "#ffffff", "example": "#b8b8b8"} | {
    "focus": "#3ff2ff", "critical": "#ffb3ae",
}  # fmt: skip
# Each size as a factor of the system's font size.
_SIZES = {"small": 1.08, "body": 1.25, "lead": 1.42, "title": 2.05}
_SMALLEST = 9.0  # points
_IN_A_NAME = frozenset("abcdefghijklmnopqrstuvwxyz_")
_MIDDLE = 127  # of a colour's lightness
_SYSTEM_SIZE = "systemFontPoints"  # property of the application: its font size before we ever touched it


def is_dark() -> bool:
    """Whether the system asks for light text on a dark ground."""
    from PySide6.QtCore import Qt

    return QGuiApplication.styleHints().colorScheme() == Qt.ColorScheme.Dark


def is_stark() -> bool:
    """Whether the system asks for high contrast."""
    from PySide6.QtCore import Qt

    hints = QGuiApplication.styleHints()  # held: PySide lets go of what belongs to an object nobody holds
    return hints.accessibility().contrastPreference() == Qt.ContrastPreference.HighContrast


def colours_of(*, dark: bool, stark: bool) -> Mapping[str, str]:
    """The colours for a ground and a contrast."""
    return (STARK_DARK if dark else STARK_LIGHT) if stark else (DARK if dark else LIGHT)


def colours_now() -> Mapping[str, str]:
    """The colours the application wears now, for what is drawn by hand."""
    name = QGuiApplication.palette().color(QPalette.ColorRole.Window).name()
    ink = QGuiApplication.palette().color(QPalette.ColorRole.WindowText).name()
    every = (LIGHT, DARK, STARK_LIGHT, STARK_DARK)
    return next((each for each in every if (each["ground"], each["ink"]) == (name, ink)), LIGHT)


def dress_at_once(app: QApplication) -> None:
    """Dress the application before the first window stands, dark where the system's own colours are; `dress_exactly`
    follows. To ask the system itself takes the names in `Qt`: see `gui.widgets.prose`."""
    ground = app.palette().color(QPalette.ColorRole.Window)
    apply_style(app, dark=ground.lightness() <= _MIDDLE, stark=False)


def dress_exactly(app: QApplication) -> None:
    """Dress it anew if it wears other colours than the system asks for, as with high contrast."""
    if colours_now() is not colours_of(dark=is_dark(), stark=is_stark()):
        apply_style(app)


def apply_style(app: QApplication, dark: bool | None = None, stark: bool | None = None) -> None:
    """Dress the whole application; called again when the system changes light, dark or contrast. None: as it asks."""
    colours = colours_of(dark=is_dark() if dark is None else dark, stark=is_stark() if stark is None else stark)
    app.setPalette(_palette(colours))
    template = (resources_dir() / "style" / "window.qss").read_text(encoding="utf-8")
    app.setStyleSheet(filled(template, colours, _system_points(app)))


def filled(template: str, colours: Mapping[str, str], points: float) -> str:
    """The style sheet with its @names replaced. An unknown name raises `KeyError`."""
    values = dict(colours) | {name: f"{points * factor:.1f}pt" for name, factor in _SIZES.items()}
    ink = "light" if QColor(colours["on_accent"]).lightness() > _MIDDLE else "dark"
    values["tick"] = (resources_dir() / "style" / f"tick-{ink}.svg").as_posix()
    ink = "light" if QColor(colours["ink"]).lightness() > _MIDDLE else "dark"
    values["arrow"] = (resources_dir() / "style" / f"arrow-{ink}.svg").as_posix()
    first, *others = template.split("@")
    return first + "".join(_after_name(part, values) for part in others)


def _after_name(part: str, values: Mapping[str, str]) -> str:
    """What stood behind an @, its name replaced. By hand: a pattern takes longer to make than the sheet to fill."""
    length = next((at for at, char in enumerate(part) if char not in _IN_A_NAME), len(part))
    return values[part[:length]] + part[length:]


def use_japanese_font(app: QApplication) -> None:
    """Say which glyph shapes are meant: without it a Chinese or Korean font may draw Japanese characters."""
    names = ("Yu Gothic UI", "Hiragino Sans", "Noto Sans CJK JP", "Noto Sans JP", "BIZ UDPGothic")
    known = set(QFontDatabase.families())
    wanted = [name for name in names if name in known]
    font = QFont(app.font())
    font.setFamilies([font.family(), *wanted])
    if QGuiApplication.platformName() in ("xcb", "wayland", "offscreen"):
        font.setFamilies(wanted or [font.family()])
    app.setFont(font)


def app_icon() -> QIcon:
    """A first-aid box holding an envelope."""
    from PySide6.QtGui import QIcon

    path = resources_dir() / "icons" / "mail-first-aid.png"
    assert path.exists(), path
    return QIcon(str(path))


def _system_points(app: QApplication) -> float:
    points = app.property(_SYSTEM_SIZE)
    if not isinstance(points, float):
        size = app.font().pointSizeF()
        points = max(size if size > 0 else app.font().pixelSize() * 0.75, _SMALLEST)
        app.setProperty(_SYSTEM_SIZE, points)
    return points


def _palette(colours: Mapping[str, str]) -> QPalette:
    palette = QPalette(QColor(colours["surface"]), QColor(colours["ground"]))
    for role, name in (
        (QPalette.ColorRole.WindowText, "ink"),
        (QPalette.ColorRole.Text, "ink"),
        (QPalette.ColorRole.ButtonText, "ink"),
        (QPalette.ColorRole.Base, "surface"),
        (QPalette.ColorRole.Highlight, "accent"),
        (QPalette.ColorRole.HighlightedText, "on_accent"),
        (QPalette.ColorRole.PlaceholderText, "example"),
        (QPalette.ColorRole.Link, "accent"),
    ):
        palette.setColor(role, QColor(colours[name]))
    return palette
