"""Terms of art with a hint on the spot: underlined where they stand, explained on hover and on a tap.

The only labels that are rich text. Their markup is made here alone: the text is escaped whole, and the only tag put
into it is a link of our own to a term, so that a server's words can neither look like a page nor load anything.
For the keyboard and for screen readers F1 lists the terms of the page (`gui.widgets.words_here`); a tab stop at every
term would stand between the reader and the next button.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QPoint, Qt
from PySide6.QtGui import QCursor, QFontMetricsF
from PySide6.QtWidgets import QFrame, QToolTip, QVBoxLayout, QWidget

from core.texts import Texts
from gui.widgets.joins import held, joined, keep_copies_plain
from gui.widgets.prose import Prose, line_pitch
from gui.widgets.text import dress, label, said

if TYPE_CHECKING:
    from core.model import Value

_SCHEME = "term:"
_WIDEST = 420  # pixels of the explanation at ordinary text size
# A thin grey line under the words: it is 3:1 on light and dark ground, and calmer than a link's.
_LINE = "#838a94"
_LINK = (
    '<a href="{scheme}{term}" style="color: {ink}; text-decoration: underline; text-decoration-color: {line};">'
    "{word}</a>"
)
_SELECTABLE = Qt.TextInteractionFlag.TextSelectableByMouse | Qt.TextInteractionFlag.TextSelectableByKeyboard


class HintLabel(Prose):
    """A wrapping label that explains its terms of art. `plain` is the text without any markup."""

    def __init__(self, texts: Texts, text: str = "", role: str = "body", *, selectable: bool = False) -> None:
        super().__init__()
        self.plain = ""
        self.terms: tuple[str, ...] = ()
        dress(self, "", role, wrap=True)
        flags = Qt.TextInteractionFlag.LinksAccessibleByMouse
        if selectable:
            flags |= Qt.TextInteractionFlag.TextSelectableByMouse | Qt.TextInteractionFlag.TextSelectableByKeyboard
        self.setTextInteractionFlags(flags)
        self.linkHovered.connect(self._hover)
        self.linkActivated.connect(self._explain)
        self.show_text(texts, text)

    def show_text(self, texts: Texts, text: str) -> None:
        """Show `text`, its terms marked in this language."""
        from core.knowledge.glossary import terms_in

        self.texts, self.plain = texts, text
        self.terms = tuple(mention.term for mention in terms_in(text, texts.language))
        # What can be selected is drawn by Qt, which spaces lines out in markup only.
        rich = bool(self.terms) or bool(text and self.textInteractionFlags() & _SELECTABLE)
        if rich:
            keep_copies_plain()
        self.setTextFormat(Qt.TextFormat.RichText if rich else Qt.TextFormat.PlainText)
        self._drawn: tuple[int, str] | None = None
        self.setText("" if rich else text)
        self._space_out()
        self.setAccessibleName(text)

    def text(self) -> str:
        """The words; as markup only where it explains terms."""
        return super().text() if self.terms else self.plain

    def changeEvent(self, event: QEvent) -> None:
        """The spacing follows the font, the terms the colour of the text around them."""
        super().changeEvent(event)
        if event.type() in (QEvent.Type.FontChange, QEvent.Type.StyleChange, QEvent.Type.PaletteChange):
            self._space_out()

    def _space_out(self) -> None:
        """Markup says how far apart lines stand in percent of what the font wants; it knows no inherited colour."""
        if self.textFormat() != Qt.TextFormat.RichText:
            return
        natural = QFontMetricsF(self.font()).lineSpacing()
        percent = round(100 * line_pitch(self.font(), self.property("role")) / max(1.0, natural))
        look = percent, self.palette().color(self.foregroundRole()).name()
        if look != self._drawn:
            self._drawn = look
            words = marked(self.plain, self.texts, look[1])
            self.setText(f'<p style="margin: 0; line-height: {percent}%">{words}</p>')

    def _hover(self, link: str) -> None:
        if link.startswith(_SCHEME):
            QToolTip.showText(QCursor.pos(), _tooltip(self.texts, link.removeprefix(_SCHEME)), self)

    def _explain(self, link: str) -> None:
        if link.startswith(_SCHEME):
            Explanation(self, self.texts, link.removeprefix(_SCHEME)).show_at(QCursor.pos())


class SpokenHint(HintLabel):
    """A hinted label that knows its words by key."""

    def __init__(self, key: str, role: str = "body") -> None:
        super().__init__(Texts("ja"), "", role)
        self.key = key
        self.values: dict[str, Value] = {}

    def say(self, texts: Texts) -> None:
        """Show the words in this language."""
        self.show_text(texts, said(texts, self.key, self.values))


class Explanation(QFrame):
    """A small card with one term's meaning; the next click or Escape closes it."""

    def __init__(self, parent: QWidget, texts: Texts, term: str) -> None:
        super().__init__(parent, Qt.WindowType.Popup)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setProperty("role", "card")
        self.setAccessibleName(texts.text(f"term.{term}.word"))
        box = QVBoxLayout(self)
        box.setContentsMargins(16, 12, 16, 12)
        box.addWidget(label(texts.text(f"term.{term}.word"), "strong"))
        meaning = label(said(texts, f"term.{term}.says"))
        meaning.setFixedWidth(_WIDEST)
        box.addWidget(meaning)

    def show_at(self, spot: QPoint) -> None:
        """Open below `spot`, wholly on the screen."""
        self.adjustSize()
        room = self.screen().availableGeometry()
        x = min(max(room.left(), spot.x() - 20), room.right() - self.width())
        below = spot.y() + 18
        self.move(x, below if below + self.height() <= room.bottom() else spot.y() - self.height() - 12)
        self.show()


def marked(text: str, texts: Texts, ink: str) -> str:
    """`text` as harmless markup: escaped, line ends kept, each term a link to its hint in the colour `ink`."""
    import html  # with its table of names: a page without terms does without

    from core.knowledge.glossary import terms_in

    parts, at, places = [], 0, held(text)
    for mention in terms_in(text, texts.language):
        parts.append(html.escape(joined(text, at, mention.start, places)))
        word = html.escape(joined(text, mention.start, mention.end, places))
        parts.append(_LINK.format(scheme=_SCHEME, term=mention.term, line=_LINE, ink=ink, word=word))
        at = mention.end
    parts.append(html.escape(joined(text, at, None, places)))
    return "".join(parts).replace("\n", "<br>")


def _tooltip(texts: Texts, term: str) -> str:
    import html

    meaning = html.escape(texts.text(f"term.{term}.says"))
    return f"<b>{html.escape(texts.text(f'term.{term}.word'))}</b><br>{meaning}"
