"""Which server? The mail domain is looked up and the servers found are shown before anything else is asked of them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QWidget

from core.clean import clean
from core.clients import Doors
from core.errors import CheckError, UsageError
from core.guide import Answers, Missing
from core.knowledge.hosts import Host, hosted_by
from core.model import MailHost
from core.recent_servers import Server, same_server
from core.settings import Settings
from core.texts import Texts
from core.typed_names import is_host_name, mail_domain
from gui.bridge import look_up_mail_hosts
from gui.pages.page import Page
from gui.widgets.aloud import tell
from gui.widgets.field import Field
from gui.widgets.finding import card
from gui.widgets.keyboard import Resting
from gui.widgets.recent import RecentServers
from gui.widgets.text import SpokenButton, label, said

Found = Sequence[MailHost] | CheckError | None


class Keeping(Protocol):
    """What is needed of the keeper of the settings."""

    @property
    def settings(self) -> Settings: ...
    def forget_server(self, server: Server, answers: Answers) -> str: ...


class ServerPage(Page):
    """`lookup_wanted` carries a domain; the window answers with `look_up`."""

    name = "server"
    lookup_wanted = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        self._keeping: Keeping | None = None
        self._answers: Answers | None = None
        self.looked_up: str | None = None  # the domain whose answer (or failure) stands on the page
        self.busy = False
        self._found: Found = None
        self._ask_for_domain()
        self._ask_for_mail_host()
        self._offer_earlier()

    def _ask_for_domain(self) -> None:
        self.domain = Field("gui.server.domain")
        self.lookup = SpokenButton("gui.server.look_up")
        self.lookup.clicked.connect(self._look_up)
        self.domain.changed.connect(self._forget)
        self.result = label()
        self._resting: Resting | None = None  # while a look-up goes on
        self.result.hide()
        frame, box = card()
        box.addWidget(self.domain)
        line = QHBoxLayout()
        line.addWidget(self.lookup)
        line.addStretch(1)
        box.addLayout(line)
        box.addWidget(self.result)
        self.body.addWidget(frame)
        if isinstance(self.domain.edit, QLineEdit):
            self.domain.edit.setPlaceholderText("example.co.jp")

    def _ask_for_mail_host(self) -> None:
        self.mail_host = Field("gui.server.mail_host")
        frame, box = card()
        box.addWidget(self.mail_host)
        self.body.addWidget(frame)
        if isinstance(self.mail_host.edit, QLineEdit):
            self.mail_host.edit.setPlaceholderText("mail.example.co.jp")

    def _offer_earlier(self) -> None:
        self.recent = RecentServers()
        self.recent.chosen.connect(self._take_recent)
        self.recent.forgotten.connect(self._forget_recent)
        self.body.addWidget(self.recent)

    def offer_recent(self, keeping: Keeping) -> None:
        """Offer the servers that are kept (when the page is shown); here they are forgotten too."""
        self._keeping = keeping

    def wants_lookup(self) -> bool:
        """Whether going on should first show which servers the domain names."""
        domain = mail_domain(self.domain.text())
        return bool(domain) and not self.mail_host.text().strip() and self.looked_up != domain and is_host_name(domain)

    def looks_up_first(self) -> bool:
        """Show which servers the domain names before going on. A second press goes on."""
        if self.wants_lookup():
            self.look_up_now()
            return True
        return self.busy

    def look_up_now(self) -> None:
        """Ask for the look-up of the domain entered."""
        self.busy = True
        self.looked_up, self._found = mail_domain(self.domain.text()), None
        self._resting = Resting(self.lookup)
        self._show_result(self.texts.text("gui.server.looking"))
        self.lookup_wanted.emit(self.looked_up)

    async def look_up(self, domain: str, doors: Doors) -> None:
        """Find the servers that take the domain's mail, and show them."""
        try:
            self.show_lookup(domain, await look_up_mail_hosts(domain, doors))
        except CheckError as error:
            self.show_lookup(domain, error)

    def show_lookup(self, domain: str, found: Sequence[MailHost] | CheckError) -> None:
        """Show what was found for `domain`; an answer for a name no longer entered is dropped."""
        if domain != self.looked_up:
            return
        self.busy = False
        if self._resting is not None:
            self._resting.over()
            self._resting = None
        if isinstance(found, UsageError):  # no name the DNS can be asked for: wrong as any other that cannot be read
            self._forget()
            self.show_missing((Missing("domain", "guide.bad_domain"),))
            return
        self._found = found
        self._show_result(self._sentence(self.texts))

    def show_texts(self, texts: Texts) -> None:
        """The result again, in this language."""
        if self._found is not None:
            self._show_result(self._sentence(texts))
        self._show_recent()

    def show_answers(self, answers: Answers) -> None:
        """Show what was entered before."""
        self._answers = answers
        self.domain.set_text(answers.domain)
        self.mail_host.set_text(answers.mail_host)
        self._show_recent()

    def read_answers(self, answers: Answers) -> None:
        """Both names as entered."""
        answers.choose_server(self.domain.text(), self.mail_host.text(), self._recent_kept())
        company = self._company() if self.looked_up == mail_domain(answers.domain) else None
        answers.hosted_by = company.id if company else ""

    def show_missing(self, missing: Sequence[Missing]) -> None:
        """Each complaint under its own field, and the keyboard in the first of them."""
        wrong = {each.field: self.texts.text(f"problem.{each.code}.title") for each in missing}
        self.domain.show_wrong(wrong.get("domain", ""))
        self.mail_host.show_wrong(wrong.get("mail_host", ""))
        if wrong:
            (self.domain if "domain" in wrong else self.mail_host).edit.setFocus()

    def first_focus(self) -> QWidget | None:
        """The domain."""
        return self.domain.edit

    def _recent_kept(self) -> list[Server]:
        return self._keeping.settings.recent if self._keeping else []

    def _show_recent(self) -> None:
        self.recent.show_servers(self._recent_kept(), self.texts)

    def _take_recent(self, server: Server) -> None:
        """Its names; how one logs in there follows when the page is left."""
        self.domain.set_text(server.get("domain", ""))
        self.mail_host.set_text(server.get("mail_host", ""))
        self._forget()  # what was found or complained of was about other names
        self.show_missing(())
        self.domain.edit.setFocus()

    def _forget_recent(self, server: Server) -> None:
        if self._keeping is None or self._answers is None:
            return
        shown = {"domain": self.domain.text(), "mail_host": self.mail_host.text()}
        self._keeping.forget_server(server, self._answers)
        if same_server(shown, server):
            self._take_recent({})
        self._show_recent()

    def _look_up(self) -> None:
        if is_host_name(mail_domain(self.domain.text())):
            self.show_missing(())
            self.look_up_now()
        else:
            self.show_missing((Missing("domain", "guide.bad_domain"),))

    def _forget(self) -> None:
        self.looked_up, self._found, self.busy = None, None, False
        self.lookup.setEnabled(True)
        self.result.hide()

    def _show_result(self, sentence: str) -> None:
        tell(self.result, sentence)

    def _sentence(self, texts: Texts) -> str:
        found = self._found
        if isinstance(found, CheckError):
            reason = said(texts, f"problem.{found.code}.title", found.values)
            return f"？ {reason}\n{texts.text('gui.server.lookup_failed')}"
        if not found:
            return f"▲ {texts.text('gui.server.no_server_found')}"
        names = [f"・{clean(host.name)}{self._addresses(host)}" for host in found]
        if company := self._company():
            hosted = texts.text("gui.server.hosted", company=company.name)
            return "\n".join([f"✓ {texts.text('gui.server.found')}", *names, hosted])
        return "\n".join([f"✓ {texts.text('gui.server.found')}", *names, texts.text("gui.server.found_next")])

    def _company(self) -> Host | None:
        """Who keeps the mail of the domain looked up; None for our own server, or when it is not known."""
        found = self._found
        return hosted_by(host.name for host in found) if found and not isinstance(found, CheckError) else None

    def _addresses(self, host: MailHost) -> str:
        addresses = (*host.addresses, *host.astray)
        return f"  ({', '.join(clean(address) for address in addresses)})" if addresses else ""
