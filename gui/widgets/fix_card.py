"""A fix card on the screen: what will happen, the values it still needs, then its steps in their order, each command
with a button that copies it, and when to stop and call. Ticks and the outcome are signals; the page keeps them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QCheckBox, QFrame, QHBoxLayout, QLabel, QVBoxLayout, QWidget

from core.clean import clean
from core.first_aid import Card, CardStep, NoCard
from core.first_aid.card import CHANGING
from core.first_aid.choice import NOTHING
from core.first_aid.menus import menu_path
from core.incident import Entry, Incident
from core.report.fix_card import (
    card_mail,
    card_title,
    command_text,
    hands_line,
    stop_text,
    tell_text,
    tried_text,
    where_to_type,
)
from core.report.words import check_name
from core.settings import LONGEST_INITIALS
from core.texts import Texts
from gui.widgets.aloud import tell
from gui.widgets.blank import BlankField
from gui.widgets.command_text import CopyRow
from gui.widgets.flow import FlowLayout
from gui.widgets.fold import Fold
from gui.widgets.handing import Handing
from gui.widgets.hint import HintLabel
from gui.widgets.initials import done_words
from gui.widgets.steady import NOTHING_YET, TickWords
from gui.widgets.text import SpokenButton, label, rule, without_key

OUTCOMES = ("done", "stopped", "undone")
_REPAIR = ("look", "backup", *CHANGING)
_DOUBTFUL = ("older", "no")  # said before the first command; that a card was tried out may stand at its end


class FixCardView(QFrame):
    """`step_ticked`: the step's number and whether it is done; `ended`: one of `OUTCOMES`; `typed`: a blank's name
    and what was typed for it; `typing`: the same with every letter. `known` is what was typed before, fitting or not;
    `ending` how the card was ended before."""

    step_ticked = Signal(int, bool)
    ended = Signal(str)
    typed = Signal(str, str)
    typing = Signal(str, str)

    def __init__(
        self,
        made: Card | NoCard,
        ticks: dict[int, Entry],
        texts: Texts,
        known: Mapping[str, str] = NOTHING,
        ending: Entry | None = None,
    ) -> None:
        super().__init__()
        self.setProperty("role", "card")
        self.made, self._ticks, self._texts, self._known = made, ticks, texts, known
        self.blanks: dict[str, BlankField] = {}
        self.boxes: dict[int, QCheckBox] = {}
        self.copies: list[SpokenButton] = []
        self.outcomes: dict[str, SpokenButton] = {}
        self._commands: dict[int, tuple[CopyRow, QLabel]] = {}  # by step; with what is still to be filled in
        self._ending = ending
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(20, 16, 20, 16)
        self._column.setSpacing(10)
        self._column.addWidget(HintLabel(texts, card_title(made.cause, texts), "heading"))
        self._mark()
        if isinstance(made, NoCard):
            self._say("fix.none", title=card_title(made.cause, texts), server=texts.text(f"fix.kind.{made.server}"))
            self._say(f"fix.absent.{made.reason}")
            self._hand()
        else:
            self._build(made)

    def _hand(self) -> None:
        """The way out for who will not do it: before the first command, where it is needed."""
        hand = Fold(self._texts, self._handing, card_title(self.made.cause, self._texts), "gui.fix.hand")
        self._column.addWidget(hand.button, 0, Qt.AlignmentFlag.AlignLeft)
        self._column.addWidget(hand)

    def _mark(self) -> None:
        """How it was ended, when and by whom."""
        if self._ending:
            self._column.addWidget(label(ending_words(self._ending, self._texts), "strong"))

    def _say(self, key: str, role: str = "body", **values: str | int) -> None:
        self._column.addWidget(HintLabel(self._texts, self._texts.text(key, dict(values)), role))

    def _build(self, made: Card) -> None:
        texts = self._texts
        self._say(f"fix.{made.cause}.what")
        colon = "：" if texts.language == "ja" else ": "
        rows = {
            "fix.minutes": texts.text("fix.minutes_value", minutes=made.minutes),
            "fix.pause": texts.text(f"fix.pause.{made.pause}"),
            "fix.risk": texts.text(f"fix.risk.{made.risk}"),
        }
        for key, value in rows.items():
            self._column.addWidget(HintLabel(texts, f"{texts.text(key)}{colon}{value}", "small"))
        if made.tried in _DOUBTFUL:
            self._column.addWidget(HintLabel(texts, f"▲ {tried_text(made, texts)}", "strong"))
        if where := where_to_type(made, texts):
            self._column.addWidget(HintLabel(texts, where))
        self._hand()
        self._values(made)
        part = ""
        for number, step in enumerate(made.steps, 1):
            if step.part != part:
                part = step.part
                acts = part == "do" and not made.changes_server
                self._column.addWidget(rule())
                self._say("fix.part.act" if acts else f"fix.part.{part}", "strong")
            self._column.addWidget(self._step(number, step))
        self._end(made, colon)

    def _values(self, made: Card) -> None:
        """A field for each value that is missing, and for each that was typed."""
        asked = [name for name in made.takes if name in made.blanks or name in self._known]
        if not asked:
            return
        self._column.addWidget(rule())
        self._say("gui.fix.values", "strong")
        self._say("gui.fix.values_note", "small")
        for name in asked:
            field = BlankField(name, made.cause, self._known.get(name, ""), self._texts)
            field.taken.connect(self.typed)
            field.typing.connect(self.typing)
            self.blanks[name] = field
            self._column.addWidget(field)

    def _step(self, number: int, step: CardStep) -> QWidget:
        texts = self._texts
        holder = QWidget()
        row, words = QHBoxLayout(holder), QVBoxLayout()
        row.setContentsMargins(0, 2, 0, 4)
        row.setSpacing(12)
        words.setSpacing(6)
        said = f"{number}. {texts.text(f'fix.say.{step.say}')}"
        tick = QCheckBox()
        tick.setObjectName(f"step-{self.made.cause}-{number}")
        tick.setAccessibleName(said)
        tick.setAccessibleDescription(card_title(self.made.cause, texts))
        tick.setChecked(number in self._ticks)
        tick.clicked.connect(lambda done: self.step_ticked.emit(number, done))
        self.boxes[number] = tick
        row.addWidget(tick, 0, Qt.AlignmentFlag.AlignTop)
        row.addLayout(words, 1)
        words.addWidget(TickWords(texts, f"{said} {texts.text('gui.fix.optional')}" if step.optional else said, tick))
        fill_in = label(self._fill_in(step), "small", selectable=True)
        fill_in.setVisible(bool(step.blanks))
        words.addWidget(fill_in)
        for line in self._more(step):
            words.addWidget(label(line, "small", selectable=True))
        if step.command:
            lines = command_text(step, texts)
            self._commands[number] = self._copied(lines, lines[0]), fill_in
            words.addWidget(self._commands[number][0])
        for where, text in self._handed(step):
            words.addWidget(label(where, "small", selectable=True))
            if text:
                words.addWidget(self._copied([text], where))
        entry = self._ticks.get(number)
        words.addWidget(label(done_words(entry, texts) if entry else NOTHING_YET, "small"))
        return holder

    def show_commands(self, made: Card) -> None:
        """The same card with other values in its commands, while they are typed; nothing else changes."""
        for number, (row, fill_in) in self._commands.items():
            step = made.steps[number - 1]
            lines = command_text(step, self._texts)
            row.show_lines("\n".join(lines), lines[0])
            fill_in.setText(self._fill_in(step))
            fill_in.setVisible(bool(step.blanks))

    def _fill_in(self, step: CardStep) -> str:
        names = [self._texts.text(f"fix.blank.{name}") for name in step.blanks]
        return self._texts.text("fix.fill_in", blanks=names) if names else ""

    def _more(self, step: CardStep) -> list[str]:
        texts, found = self._texts, []
        if step.open:
            found.append(texts.text("fix.open", path=menu_path(step.open, texts)))
        if step.app:
            found.append(texts.text("fix.app_check", check=check_name(texts, step.app)))
        if step.expect:
            found.append(texts.text("fix.expect", expect=clean(step.expect, 300)))
        return found

    def _handed(self, step: CardStep) -> list[tuple[str, str]]:
        return hands_line(self.made, step, self._texts) if isinstance(self.made, Card) else []

    def _copied(self, lines: Sequence[str], about: str) -> CopyRow:
        row = CopyRow(self._texts, "\n".join(lines), about, f"{self.made.cause}-{len(self.copies)}")
        self.copies.append(row.button)
        return row

    def _end(self, made: Card, colon: str) -> None:
        texts = self._texts
        self._column.addWidget(rule())
        if not made.of_part("undo"):
            self._say("fix.undo_nothing", "small")
        self._say("fix.stop", "strong")
        for code in made.stop:
            self._column.addWidget(HintLabel(texts, f"▲ {stop_text(made, code, texts)}"))
        self._column.addWidget(label(f"{texts.text('fix.call')}{colon}{texts.text(f'fix.call.{made.call}')}"))
        tell = f"{texts.text('fix.tell')}{colon}{tell_text(made, texts)}"
        self._column.addWidget(label(clean(tell, 2000, keep="\n"), "small", selectable=True))
        if made.tried == "yes":
            tried = f"{texts.text('fix.tried')}{colon}{tried_text(made, texts)}"
            self._column.addWidget(HintLabel(texts, tried, "small"))
        self._asked = label(role="strong")
        self._asked.hide()
        self._column.addWidget(self._asked)
        self._mark()
        line = FlowLayout(12)
        for outcome in OUTCOMES if made.changes_server else OUTCOMES[:2]:
            button = SpokenButton(f"gui.fix.{outcome}", "main" if outcome == "done" else "plain")
            button.setObjectName(f"{outcome}-{made.cause}")
            button.say(texts)
            button.setAccessibleDescription(card_title(made.cause, texts))
            button.clicked.connect(lambda _=False, outcome=outcome: self.ended.emit(outcome))
            self.outcomes[outcome] = button
            line.addWidget(button)
        self._column.addLayout(line)

    def ask_for_ticks(self) -> QWidget | None:
        """Ask, once, whether it is done although steps are not ticked. The line that asks; None: nothing to ask, or it
        was asked before."""
        left = self._left()
        if self._asked.isVisible() or not left:
            return None
        key = "gui.fix.some_ticked" if self._ticks else "gui.fix.none_ticked"
        tell(self._asked, self._texts.text(key, left=[str(number) for number in left]))
        return self._asked

    def _left(self) -> list[int]:
        """The numbers of the repair's steps without a tick: whether it helped is looked at only afterwards."""
        assert isinstance(self.made, Card)
        wanted = (n for n, step in enumerate(self.made.steps, 1) if step.part in _REPAIR and not step.optional)
        return [number for number in wanted if number not in self._ticks]

    def _handing(self) -> QWidget:
        title = card_title(self.made.cause, self._texts)
        return Handing(self._texts, lambda: ("", *card_mail(self.made, self._texts)), title)


def ticked_steps(incident: Incident, cause: str) -> dict[int, Entry]:
    """The steps of this cause's card that somebody did, by their number."""
    return {number: entry for (card, number), entry in incident.card_steps.items() if card == cause}


def last_ending(incident: Incident, cause: str) -> Entry | None:
    """How somebody ended this cause's card last; None: nobody did."""
    ends = (one for one in reversed(incident.entries) if one.kind == "card" and one.word("card") == cause)
    return next((one for one in ends if one.word("outcome") in OUTCOMES), None)


def ending_words(entry: Entry, texts: Texts) -> str:
    """How a card was ended, when, and by whom where somebody said so."""
    outcome = without_key(texts.text(f"gui.fix.{entry.word('outcome')}"))
    initials = clean(entry.word("initials"), LONGEST_INITIALS)
    key = "gui.fix.ended_by" if initials else "gui.fix.ended"
    mark = "✓" if entry.word("outcome") == "done" else "▲"
    return f"{mark} {texts.text(key, outcome=outcome, at=entry.at.isoformat(), initials=initials)}"
