"""Every blacklist we use: whether it lives, what it is for, how one gets off it; and the keys some of them want."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any

from PySide6.QtWidgets import QFrame, QHBoxLayout, QLineEdit, QProgressBar, QVBoxLayout, QWidget

from core.blacklists import ListState, verdict_of
from core.clean import clean
from core.clients import Doors
from core.clients.list_keys import checked_key, forget_key, noted_services, save_key
from core.errors import CheckError
from core.knowledge.dnsbl import Blacklist, key_services, keyed_lists, list_by_zone, load_lists
from core.knowledge.public_resolvers import public_resolver_name
from core.model import Evidence
from core.texts import Texts
from gui.bridge import lists_alive
from gui.pages.page import Page
from gui.widgets.aloud import say_aloud, tell
from gui.widgets.badge import Badge
from gui.widgets.field import Field
from gui.widgets.finding import card, rows_card
from gui.widgets.fold import Fold
from gui.widgets.keyboard import Resting, follow
from gui.widgets.question import Question
from gui.widgets.raw import evidence_text, raw_box
from gui.widgets.text import SpokenButton, SpokenLabel, label, said

_BADGES = {"alive": "ok", "broken": "warning", "refuses_us": "unknown", "could_not_ask": "unknown"}
Start = Callable[[Coroutine[Any, Any, None]], asyncio.Task[None]]


class BlacklistsPage(Page):
    """`start` runs work beside the window. Nothing is asked before the button is pressed."""

    name = "blacklists"

    def __init__(self, start: Start, doors: Doors) -> None:
        super().__init__()
        self._start, self._doors = start, doors
        self._states: tuple[ListState, ...] = ()
        self._resolver = ""
        self._given: dict[str, str] = {}  # keys that no keychain took: for this window only
        self._rows: QWidget | None = None
        self.test = SpokenButton("gui.blacklists.test", "main")
        self.test.clicked.connect(lambda: self._start(self.test_now()))
        self.verdict = label(role="heading")
        self._asked = label(role="small")
        self._bar = QProgressBar()
        self._bar.setRange(0, 0)
        self._bar.setTextVisible(False)
        self._bar.hide()
        line = QHBoxLayout()
        line.addWidget(self.verdict, 1)
        line.addWidget(self.test)
        self.body.addLayout(line)
        self.body.addWidget(self._bar)
        self.body.addWidget(self._asked)
        self._list = QVBoxLayout()
        self.body.addLayout(self._list)
        self.body.addWidget(self._keys_card())

    def use_doors(self, doors: Doors) -> None:
        """Ask through these from now on."""
        self._doors = doors

    # --- the lists ------------------------------------------------------------------------------------------------

    async def test_now(self) -> None:
        """Ask every list for its own test entries; takes a few seconds at most."""
        resting = Resting(self.test)
        self._bar.show()
        try:
            self._states, self._resolver, unread = await lists_alive(self._doors, self._given)
        except CheckError as error:
            self._tell(f"problem.{error.code}.title", error)
            return
        finally:
            self._bar.hide()
            resting.over()
        self.show_texts(self.texts)
        say_aloud(self.verdict, self.verdict.text())
        if unread:
            tell(self.told, said(self.texts, "blacklists.keys_unread", {"services": list(unread)}))

    def show_texts(self, texts: Texts) -> None:
        """The table in this language, tested or not."""
        self._say_verdict(texts)
        if self._rows:
            self._rows.hide()
            self._rows.deleteLater()
        rows = [self._state_row(one, texts) for one in self._states]
        self._rows = rows_card(rows or [self._row(one, "untested", "", (), texts) for one in load_lists()])
        self._list.addWidget(self._rows)
        follow(self.test, self._rows)
        self._show_keys(texts)

    def _say_verdict(self, texts: Texts) -> None:
        if not self._states:
            self.verdict.setText(texts.text("gui.blacklists.untested", count=len(load_lists())))
            self._asked.hide()
            return
        failed = [one.name for one in self._states if one.important and one.state != "alive"]
        verdict = verdict_of([(one.state, one.reason, one.important) for one in self._states])
        count = sum(1 for one in self._states if one.important)
        self.verdict.setText(texts.text(f"blacklists.verdict.{verdict}", lists=failed, count=count))
        lines = [texts.text("gui.blacklists.resolver", resolver=clean(self._resolver, 100) or "—")]
        company = public_resolver_name(self._resolver)
        if company and any(one.state != "alive" for one in self._states):
            lines.append(texts.text("gui.blacklists.public_resolver", company=company))
        self._asked.setText("\n".join(lines))
        self._asked.show()

    def _state_row(self, one: ListState, texts: Texts) -> QWidget:
        word = texts.text(f"blacklists.state.{one.state}")
        reason = texts.text(f"dnsbl.unasked.{one.reason}") if one.reason else ""
        evidence = tuple(
            Evidence(asked.query_name, " ".join(asked.return_codes) or asked.rcode or asked.error)
            for asked in one.asked
        )
        known = list_by_zone(one.zone)
        assert known is not None  # the states come from the same data
        return self._row(known, _BADGES[one.state], f"{word}　{reason}".strip("　"), evidence, texts)

    def _row(self, one: Blacklist, badge: str, told: str, evidence: tuple[Evidence, ...], texts: Texts) -> QWidget:
        holder = QWidget()
        box = QVBoxLayout(holder)
        box.setContentsMargins(0, 0, 0, 0)
        line, words = QHBoxLayout(), QVBoxLayout()
        line.setSpacing(14)
        words.setSpacing(2)
        words.addWidget(label(f"{one.name}　{one.zone}", "strong", selectable=True))
        words.addWidget(label(told or texts.text(f"gui.blacklists.tier.{one.tier}"), "small"))
        fold = Fold(texts, lambda: self._details(one, evidence, texts), one.name)
        line.addWidget(Badge(texts, badge))
        line.addLayout(words, 1)
        line.addWidget(fold.button)
        box.addLayout(line)
        box.addWidget(fold)
        return holder

    def _details(self, one: Blacklist, evidence: tuple[Evidence, ...], texts: Texts) -> QWidget:
        holder = QWidget()
        box = QVBoxLayout(holder)
        box.setContentsMargins(0, 4, 0, 4)
        box.setSpacing(6)
        for text in details(one, texts):
            box.addWidget(label(text, "small", selectable=True))
        if evidence:
            box.addWidget(raw_box(evidence_text(evidence, texts), texts.text("gui.blacklists.self_test"), one.name))
        return holder

    # --- the keys -------------------------------------------------------------------------------------------------

    def _keys_card(self) -> QFrame:
        frame, box = card()
        self.service = Question("gui.blacklists.service", key_services(), usual=key_services()[0])
        self.key = Field("gui.blacklists.key")
        if isinstance(self.key.edit, QLineEdit):
            self.key.edit.setEchoMode(QLineEdit.EchoMode.Password)
        self.keep = SpokenButton("gui.blacklists.keep")
        self.forget = SpokenButton("gui.blacklists.forget")
        self.keep.clicked.connect(lambda: self._start(self.keep_key()))
        self.forget.clicked.connect(lambda: self._start(self.forget_now()))
        self.known_keys, self.told = label(role="small"), label(role="small")
        for part in (SpokenLabel("gui.blacklists.keys", "heading"), SpokenLabel("gui.blacklists.keys_note", "small")):
            box.addWidget(part)
        for widget in (self.known_keys, self.service, self.key):
            box.addWidget(widget)
        line = QHBoxLayout()
        line.addWidget(self.keep)
        line.addWidget(self.forget)
        line.addWidget(self.told, 1)
        box.addLayout(line)
        return frame

    async def keep_key(self) -> None:
        """Put the key into the keychain; where there is none it serves until the window closes."""
        service, typed = str(self.service.value()), self.key.text()
        self.key.show_wrong("")
        try:
            key = checked_key(typed)
        except CheckError as error:
            self.key.show_wrong(said(self.texts, f"problem.{error.code}.title", error.values))
            return
        self.key.set_text("")  # a secret stays on no screen
        self._given[service] = key
        try:
            await save_key(service, key)
            tell(self.told, self.texts.text("blacklists.key_kept", service=service))
        except CheckError as error:
            self._tell(f"problem.{error.code}.meaning", error)
        self._show_keys(self.texts)

    async def forget_now(self) -> None:
        """Take the key out of the keychain and out of this window."""
        service = str(self.service.value())
        self._given.pop(service, None)
        try:
            await forget_key(service)
            tell(self.told, self.texts.text("blacklists.key_forgotten", service=service))
        except CheckError as error:
            self._tell(f"problem.{error.code}.title", error)
        self._show_keys(self.texts)

    def _show_keys(self, texts: Texts) -> None:
        known = sorted({*noted_services(), *self._given})
        key = "gui.blacklists.keys_known" if known else "gui.blacklists.keys_none"
        self.known_keys.setText(texts.text(key, services=known))

    def _tell(self, key: str, error: CheckError) -> None:
        tell(self.told, said(self.texts, key, error.values))


def details(one: Blacklist, texts: Texts) -> list[str]:
    """What to know before asking to be taken off: reach, who may apply, how long it takes, the page, never to pay."""
    lines = [texts.text("gui.blacklists.weight", weight=one.weight)] if not one.white else []
    if not one.white:
        lines.append(_removal("", one.removal, one.wait, texts))
        special = {(code.part, code.removal, code.wait): code for code in one.codes if code.part and code.removal}
        lines += [_removal(part, removal, wait or one.wait, texts) for part, removal, wait in special]
    lines.append(texts.text("gui.blacklists.page", page=one.lookup_page, operator=one.operator))
    if one.never_pay and not one.white:
        lines.append(texts.text("gui.blacklists.never_pay"))
    if one in keyed_lists():
        lines.append(texts.text("gui.blacklists.own_key"))
    lines.append(texts.text("gui.blacklists.checked", checked=one.checked.isoformat()))
    return lines


def _removal(part: str, removal: str, wait: str, texts: Texts) -> str:
    values = {"part": part, "removal": removal, "wait": wait}
    return texts.text("gui.blacklists.removal_of" if part else "gui.blacklists.removal", values)
