"""The wizard without Qt: what was answered, which page comes next, and what is still missing.

A front end hangs its widgets on the page names; every path can be walked without a window.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, get_args

from core.recent_servers import Server, same_server, server_of
from core.typed_names import is_host_and_port, is_host_name, is_ssh_destination, mail_domain
from core.vocabulary import Sudo, Symptom

if TYPE_CHECKING:
    from core.model import Pasted, Target

PageName = Literal[
    "start",
    "bounce",
    "questions",
    "server",
    "inside",
    "consent",
    "running",
    "answer",
    "report",
    "first_aid",
    "again",
    "desk",
    "letters",
    "blacklists",
    "arrival",
    "notebook",
    "settings",
    "about",
]
Step = Literal["start", "server", "inside", "consent", "running", "answer", "first_aid", "report"]
HowInside = Literal["ssh", "paste", "neither"]
Affected = Literal["one", "everyone"]
Direction = Literal["sending", "receiving", "both"]
Recipients = Literal["one", "all"]
Handed = Literal["queue", "log", "bounce"]  # what a person may hand over as text; told apart by its content

# Tools beside every way: one steps back to where one was.
SIDES: tuple[PageName, ...] = ("blacklists", "arrival", "notebook", "settings", "about")
# What is done about an answer: opened from it and from one another, in any order.
AID: tuple[PageName, ...] = ("first_aid", "again", "desk", "letters")
PAGES: tuple[PageName, ...] = tuple(page for page in get_args(PageName) if page not in ("bounce", *AID, *SIDES))
STEPS: tuple[Step, ...] = get_args(Step)
_PRACTICE: tuple[PageName, ...] = ("start", "running", "answer", "report")
_OWN_SERVER_ONLY: tuple[PageName, ...] = ("inside", "consent")
_READING: tuple[PageName, ...] = ("start", "bounce", *PAGES[1:])
_EARLIER: tuple[PageName, ...] = ("start", "answer", "report")

# What may be kept from one day to the next: nothing pasted, no consent.
_REMEMBERED = ("symptom", "affected", "direction", "recipients", "domain", "mail_host", "how_inside", "ssh")


@dataclass(frozen=True)
class Missing:
    """What keeps the person on a page: the answer's field, and the code of its text (`problem.<code>.title`)."""

    field: str
    code: str


@dataclass
class Answers:
    """What the person told the wizard so far; None or "" means not told."""

    symptom: Symptom | None = None
    affected: Affected | None = None
    direction: Direction | None = None
    recipients: Recipients | None = None
    since: str = ""
    domain: str = ""
    mail_host: str = ""
    hosted_by: str = ""  # the company that keeps the mail, as the look-up of the domain showed
    how_inside: HowInside | None = None
    ssh: str = ""
    sudo: Sudo | None = None  # only when the person says so: a refused sudo tells the administrator by mail
    queue: str = ""  # a list of waiting mail, as pasted
    queue_name: str = ""  # of the file it came from
    log: str = ""  # a mail log
    log_name: str = ""
    own_server: bool | None = None
    thorough: bool = False  # every way of writing an address: only after reading what may happen
    outside: str = ""  # [USER@]HOST[:PORT] of a machine outside, to test the relay from
    bounce: str = ""  # a refusal or returned mail, as pasted
    bounce_name: str = ""
    cut: frozenset[Handed] = frozenset()  # what was handed over was longer than what is read of it

    def handed(self, kind: Handed) -> str:
        """The text of this kind; "" when there is none."""
        return {"queue": self.queue, "log": self.log, "bounce": self.bounce}[kind]

    def handed_name(self, kind: Handed) -> str:
        """The file it came from; "" when it was pasted."""
        return {"queue": self.queue_name, "log": self.log_name, "bounce": self.bounce_name}[kind]

    def hand_over(self, kind: Handed, text: str, name: str = "", cut: bool = False) -> None:
        """Take a text of this kind; "" takes the earlier one away. A new list of waiting mail chooses pasting."""
        self.cut = self.cut | {kind} if cut else self.cut - {kind}
        if kind == "queue":
            if text.strip() and text != self.queue:
                self.how_inside = "paste"
            self.queue, self.queue_name = text, name
        elif kind == "log":
            self.log, self.log_name = text, name
        else:
            self.bounce, self.bounce_name = text, name

    def choose_server(self, domain: str, mail_host: str, recent: Sequence[Server] = ()) -> None:
        """Take both names as entered. What belongs to another server is left behind: its login, and the leave to test
        it. What was entered for this one before comes back."""
        before, now = server_of(self.remembered()), {"domain": domain, "mail_host": mail_host}
        self.domain, self.mail_host = domain, mail_host
        known = next((each for each in recent if same_server(each, now)), {})
        if same_server(before, now) or (not before and (self.how_inside or not known)):
            return
        kept = Answers.from_remembered(known)
        self.how_inside, self.ssh = kept.how_inside, kept.ssh
        self.sudo, self.own_server, self.thorough, self.outside = None, None, False, ""

    @property
    def hosted(self) -> bool:
        """Another company keeps the mail: there is no server to log in to, and none that is ours to test. Whoever
        names a server all the same has one."""
        return bool(self.hosted_by) and not self.mail_host.strip()

    def remembered(self) -> dict[str, str]:
        """The answers worth keeping for the next start: never a secret, nothing pasted, no consent."""
        return {name: value for name in _REMEMBERED if (value := getattr(self, name))}

    @classmethod
    def from_remembered(cls, kept: Mapping[str, object]) -> Answers:
        """Answers as they were kept; a word this version does not know is left out."""
        found = cls()
        for name in _REMEMBERED:
            value = kept.get(name)
            if isinstance(value, str) and value in _WORDS.get(name, (value,)):
                setattr(found, name, value)
        return found

    def to_target(self) -> Target:
        """The answers as the checks take them."""
        from core.model import Target  # the first page stands without them

        return Target(
            symptom=self.symptom,
            domain=mail_domain(self.domain) or None,
            mail_host=self.mail_host.strip() or None,
            ssh=self.ssh.strip() or None if self.how_inside == "ssh" and not self.hosted else None,
            sudo=self.sudo or "no",
            # What was pasted counts only where pasting is the chosen way: a login shows the list of this moment.
            queue=self._pasted("queue", "mailq") if self.how_inside == "paste" else None,
            log=self._pasted("log", "mail.log"),
            bounce=self._pasted("bounce", "bounce"),
            own_server=self.own_server is True and not self.hosted,
            thorough=self.thorough and self.own_server is True,
            outside=self.outside.strip() or None if self.own_server else None,
            affected=self.affected,
            direction=self.direction,
            recipients=self.recipients,
            since=self.since.strip() or None,
        )

    def _pasted(self, kind: Handed, usual_name: str) -> Pasted | None:
        text = self.handed(kind)
        if not text.strip():
            return None
        from core.model import Pasted

        return Pasted(self.handed_name(kind) or usual_name, text, kind in self.cut)


_WORDS: dict[str, tuple[str, ...]] = {
    "symptom": get_args(Symptom),
    "affected": get_args(Affected),
    "direction": get_args(Direction),
    "recipients": get_args(Recipients),
    "how_inside": get_args(HowInside),
}


class Guide:
    """Where the person stands. `practice` and `earlier` shorten the way: nothing has to be asked there.

    `reading` adds the page that explains a refusal, before the questions.
    """

    def __init__(self, answers: Answers | None = None) -> None:
        self.answers = answers or Answers()
        self.page: PageName = "start"
        self.came_from: PageName = "start"  # where a tool was opened
        self.practice = False
        self.reading = False
        self.earlier = False  # an incident from the notebook is shown, not a new run
        self.aided = False  # first aid was opened

    @property
    def steps(self) -> frozenset[Step]:
        """The steps at the side that this way visits; first aid until the report is reached without it."""
        aid: frozenset[Step] = frozenset({"first_aid"} if self.aided or self.step != "report" else ())
        return aid | {step_of(page) for page in self.path}

    @property
    def path(self) -> tuple[PageName, ...]:
        """The pages of the way now taken."""
        if self.earlier:
            return _EARLIER
        if self.practice:
            return _PRACTICE
        whole = _READING if self.reading else PAGES
        return tuple(page for page in whole if page not in _OWN_SERVER_ONLY) if self.answers.hosted else whole

    @property
    def step(self) -> Step:
        """The step at the side that the page belongs to."""
        return step_of(self.came_from if self.page in SIDES else self.page)

    def missing(self) -> tuple[Missing, ...]:
        """What this page still needs before the person can go on."""
        if self.page == "start" and (self.practice or self.earlier or self.reading):
            return ()
        return missing_on(self.page, self.answers)

    def next_page(self) -> PageName | None:
        """The page after this one; None on the last."""
        if self.page in SIDES:
            return None
        if self.page in AID:
            return "report"
        place = self.path.index(self.page)
        return self.path[place + 1] if place + 1 < len(self.path) else None

    def previous_page(self) -> PageName | None:
        """The page before this one; a finished run is never walked into backwards."""
        if self.page in SIDES:
            return self.came_from
        if self.page in AID:
            return "answer" if self.page == "first_aid" else "first_aid"
        if self.page == "report" and self.aided:
            return "first_aid"
        before = [page for page in self.path[: self.path.index(self.page)] if page != "running"]
        return before[-1] if before else None

    def go_on(self) -> tuple[Missing, ...]:
        """To the next page, unless something is missing: then stay, and say what."""
        missing = self.missing()
        following = self.next_page()
        if not missing and following:
            self.page = following
        return missing

    def read_bounce(self) -> None:
        """To the page that explains a refusal: whoever has one could not deliver a mail."""
        self.practice, self.earlier, self.reading = False, False, True
        self.answers.symptom = self.answers.symptom or "not_delivered"
        self.page = "bounce"

    def open_side(self, page: PageName) -> None:
        """To a tool beside the way; `go_back` returns here."""
        self.came_from, self.page = self.page if self.page not in SIDES else self.came_from, page

    def open_aid(self, page: PageName) -> None:
        """To one of the pages of `AID`."""
        self.page, self.aided = page, True

    def look_again(self, server: Server, symptom: Symptom | None, recent: Sequence[Server]) -> None:
        """To the first question still open for a server looked at before; with no trouble chosen it is a check-up.

        A domain alone is looked up again: its mail may have moved since. What was answered about an earlier trouble is
        left behind: nobody is asked about this one."""
        self.practice, self.earlier, self.reading = False, False, False
        self.answers.symptom = symptom or "checkup"
        self.answers.affected, self.answers.direction, self.answers.recipients = None, None, None
        self.answers.since = ""
        self.answers.choose_server(server.get("domain", ""), server.get("mail_host", ""), recent)
        if not self.answers.mail_host or missing_on("server", self.answers):
            self.page = "server"
        else:
            self.page = "inside" if missing_on("inside", self.answers) else "consent"

    def open_incident(self) -> None:
        """To the answer of an incident from the notebook."""
        self.page, self.earlier, self.practice, self.reading, self.aided = "answer", True, False, False, False

    def go_back(self) -> None:
        """To the page before; all answers stay."""
        self.page = self.previous_page() or self.page

    def to_start(self) -> None:
        """A new incident: the first page again, with what was entered."""
        self.page, self.practice, self.earlier, self.reading, self.aided = "start", False, False, False, False
        for kind in get_args(Handed):
            self.answers.hand_over(kind, "")


def step_of(page: PageName) -> Step:
    """The step at the side a page belongs to: a refusal, the questions and the tools are part of the first."""
    if page == "first_aid" or page == "again" or page == "desk" or page == "letters":
        return "first_aid"
    if page == "answer" or page == "report" or page == "running":
        return page
    if page == "server" or page == "inside" or page == "consent":
        return page
    return "start"


def missing_on(page: PageName, answers: Answers) -> tuple[Missing, ...]:
    """What `page` still needs; empty when the person can go on."""
    if page == "start":
        return () if answers.symptom else (Missing("symptom", "guide.no_symptom"),)
    if page == "server":
        return _missing_server(answers)
    if page == "inside":
        return _missing_inside(answers)
    if page == "consent":
        return _missing_consent(answers)
    return ()


def _missing_consent(answers: Answers) -> tuple[Missing, ...]:
    if answers.own_server is None:
        return (Missing("own_server", "guide.no_consent_answer"),)
    if answers.own_server and answers.outside.strip() and not is_ssh_destination(answers.outside):
        return (Missing("outside", "guide.bad_outside"),)
    return ()


def _missing_server(answers: Answers) -> tuple[Missing, ...]:
    domain, host = mail_domain(answers.domain), answers.mail_host.strip()
    if not domain and not host:
        return (Missing("domain", "guide.no_server"),)
    found = []
    if domain and not is_host_name(domain):
        found.append(Missing("domain", "guide.bad_domain"))
    if host and not is_host_and_port(host):
        found.append(Missing("mail_host", "guide.bad_host"))
    return tuple(found)


def _missing_inside(answers: Answers) -> tuple[Missing, ...]:
    if answers.how_inside is None:
        return (Missing("how_inside", "guide.no_way_chosen"),)
    if answers.how_inside == "ssh":
        if not answers.ssh.strip():
            return (Missing("ssh", "guide.no_ssh"),)
        return () if is_ssh_destination(answers.ssh) else (Missing("ssh", "guide.bad_ssh"),)
    if answers.how_inside == "paste" and not answers.queue.strip() and not answers.log.strip():
        return (Missing("queue", "guide.no_listing"),)
    return ()


def remote_commands() -> tuple[tuple[str, str], ...]:
    """The fixed list of commands that may be run on the server, each with the key of the text that says why."""
    from core.clients.remote_script import SECTIONS

    return tuple((command.command, command.why_code) for command in SECTIONS)
