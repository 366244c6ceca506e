"""Log lines in, facts out, as a stream: every line is looked at once and none is kept but the few that prove something.

Understood: syslog lines (traditional and ISO 8601 stamps, `journalctl` in its short forms), journald's JSON, Exim's own
logs, multilog. Which program wrote a line is told by its name, or by the line's shape where there is none.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, tzinfo

from core.checks.mail_log.clock import Clock
from core.checks.mail_log.facts import LogFacts, Sender
from core.checks.mail_log.formats import MTAS, Handler, Handlers
from core.checks.mail_log.formats.postfix_quick import PostfixQuick
from core.checks.mail_log.identity import Identity, most_named
from core.checks.mail_log.tally import Tally
from core.errors import UsageError

_MOST_SENDERS, _WITH_HOURS, _HOURS = 200, 5, 24 * 7
_MOST_PROGRAMS, _SAMPLE = 2000, 16
_ALL_ASKED, _ONE_OF = 20, 16  # blocks: the first ones, then one of sixteen, tell who writes the log
_EXIM_LINE = re.compile(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d[ .]")
_EXCHANGE_LINE = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d+Z,")
_WITHOUT_NUMBER = re.compile(r"(?:\S{19,40}|[A-Z][a-z]{2} [ \d]\d \d\d:\d\d:\d\d) \S{1,255} ([\w./+-]{1,60}): ")
_REPEATED = re.compile(r"(.{1,250}?)message repeated (\d{1,6}) times: \[ ?")
_EXIM_OWN = re.compile(
    r"(?:\[\d+\] |[+-]\d{4} )*(?:[0-9A-Za-z]{6}-[0-9A-Za-z]{6,11}-[0-9A-Za-z]{2,4} |H=|exim |Start queue|"
    r"End queue|\S+ authenticator failed|SMTP |unqualified |rejected |no host name|Warning: )"
)


@dataclass(frozen=True)
class Window:
    """The part of a log to look at, in the log's own wall clock, whole hours; None for no limit."""

    since: datetime | None = None
    until: datetime | None = None


class LogReader:
    """Reads one log. Feed it lines in their order, then ask for the facts."""

    def __init__(
        self, reference: datetime, zone: tzinfo | None = None, window: Window = Window(), quick: bool = True
    ) -> None:
        """`reference`: when the log was last written to, or read; completes stamps without a year.

        `quick`: ordinary lines of Postfix may go the quick way, which tells the same (tests hold it to that).
        """
        self._clock = Clock(reference, zone)
        self._tally = Tally(self._clock)
        self._handlers = Handlers(self._tally)
        self._quick = PostfixQuick(self._tally, self._handlers.postfix, self._line)
        self._programs: dict[str, Handler | None] = {}
        self._votes: dict[str, int] = {}
        self._read_at = reference
        self._window = window
        self._inside_key, self._inside = "", True
        self._shaped = 0  # lines of Exim's and qmail's own logs, and of the journal
        self._postfix_at, self._may_be_quick = 0, quick
        self._blocks = 0
        self.lines = 0

    def feed(self, lines: list[str]) -> None:
        """Take the next lines, without their line ends."""
        self.lines += len(lines)
        last = next((line for line in reversed(lines[-5:]) if line), "")
        self._blocks += 1
        if self._blocks <= _ALL_ASKED or self._blocks % _ONE_OF == 0 or not self._postfix_at:
            self._vote(lines)
        if self._window.since or self._window.until:
            lines = [line for line in lines if self._wanted(line)]
        if self._postfix_at and self._may_be_quick:
            self._quick.take(lines, self._postfix_at)
        else:
            for line in lines:
                self._line(line)
        if last:
            self._clock.at(last)

    def _line(self, line: str) -> None:
        head, _, text = line.partition("]: ")
        place = head.rfind("[")
        handler = self._programs.get(head[head.rfind(" ", 0, place) + 1 : place], self._other)
        if text[:17] == "message repeated ":
            self._repeated(line)
        elif handler is not None:
            handler(line, text)

    def facts(self, source: str = "", complete: bool = True) -> LogFacts:
        """What was read. Raises UsageError "mail_log.no_text" or "mail_log.unknown_format"."""
        if not self.lines:
            raise UsageError("mail_log.no_text")
        if not self._votes and not self._shaped:
            raise UsageError("mail_log.unknown_format")
        return self._facts(source, complete)

    def _vote(self, lines: list[str]) -> None:
        """Which programs write this log: asked of a few lines of each block, so that a block costs nothing."""
        if self.lines == len(lines) and lines:
            self._clock.at(lines[0])
        step = max(1, len(lines) // _SAMPLE)
        places: list[int] = []
        for line in lines[::step]:
            places.append(line.find(" postfix/", 10, 300))
            product = self._product(line)
            if product:
                self._votes[product] = self._votes.get(product, 0) + 1
        # Where most lines are one machine's Postfix, those without news are left out first.
        commonest = max(set(places), key=places.count, default=0)
        self._postfix_at = commonest if commonest > 0 and places.count(commonest) * 3 > len(places) else 0

    def _product(self, line: str) -> str:
        if _EXIM_LINE.match(line):
            return "exim" if _EXIM_OWN.match(line, 20) else ""
        if line.startswith("@4"):
            return "qmail"
        if _EXCHANGE_LINE.match(line):
            return "exchange"
        if line.startswith("{"):
            return self._product(_from_journal(line) or "")
        head = line[:300].partition("]: ")[0]
        found = _WITHOUT_NUMBER.match(line)
        name = head.rpartition("[")[0].rstrip().rpartition(" ")[2] or (found[1] if found else "")
        product, _ = self._handlers.of(name)
        if product == "opensmtpd" and not re.search(r"\]: (?:[0-9a-f]{16} |info: OpenSMTPD|warn: |smtp-)", line[:400]):
            return ""
        return product

    def _other(self, line: str, text: str) -> None:
        """A line of a program not met yet, or one without a process number."""
        if _EXIM_LINE.match(line):
            self._shaped += 1
            self._handlers.exim.line(line)
            return
        if line.startswith("@4"):
            self._shaped += 1
            self._handlers.qmail.line(line)
            return
        if line.startswith("{"):
            self._journal(line)
            return
        if line.startswith("#Fields:"):
            self._handlers.exchange.header(line)
            return
        if self._handlers.exchange.columns and _EXCHANGE_LINE.match(line):
            self._shaped += 1
            self._handlers.exchange.line(line)
            return
        self._syslog(line.lstrip("\0"), text)

    def _syslog(self, line: str, text: str) -> None:
        if "message repeated " in line[:200]:
            self._repeated(line)
            return
        head = line[:300].partition("]: ")[0]
        place = head.rfind("[")
        name = head[:place].rstrip().rpartition(" ")[2] if place > 0 else ""  # fail2ban's own log: a space before [
        product, handler = self._handlers.of(name)
        if handler is not None or product:
            if len(self._programs) < _MOST_PROGRAMS:
                self._programs[name] = handler
            if handler is not None and text:
                handler(line, text)
            return
        found = _WITHOUT_NUMBER.match(line[:400])
        handler = self._handlers.of(found[1])[1] if found else None
        if found and handler is not None:
            handler(line, line[found.end() :])

    def _repeated(self, line: str) -> None:
        """`message repeated 3 times: [ text]`: the same line again, as often as the tally believes."""
        found = _REPEATED.match(line)
        if found is None:
            return
        said, head = line[found.end() :].removesuffix("]"), found[1].rstrip(" :")
        handler = self._handlers.of(head.rpartition(" ")[2].partition("[")[0])[1]
        if handler is None or said.startswith("message repeated"):
            return
        for _ in range(self._tally.repeats(int(found[2]))):
            handler(line, said)

    def _journal(self, line: str) -> None:
        plain = _from_journal(line)
        if plain is not None:
            self._shaped += 1
            self._clock.at(plain)
            self._syslog(plain, plain.partition("]: ")[2])

    def _wanted(self, line: str) -> bool:
        key = line[:13]
        if key != self._inside_key:
            self._inside_key = key
            at = self._clock.moment(self._clock.at(line))
            since, until = self._window.since, self._window.until
            self._inside = at is None or not ((since and at < since) or (until and at > until))
        return self._inside

    def _facts(self, source: str, complete: bool) -> LogFacts:
        tally, clock = self._tally, self._clock
        for each in tally.identities.values():
            each.without_queue()
        senders = sorted(tally.identities.values(), key=lambda each: (-each.recipients, each.name))
        return LogFacts(
            product=self._leading(),
            lines=self.lines,
            read_at=self._read_at,
            first=clock.moment(clock.first),
            last=clock.moment(clock.last),
            understood=sum(self._votes.values()),
            sent=tally.sent,
            delivered_outside=tally.outside,
            deferred=tally.deferred,
            bounced=tally.bounced,
            rejected=tally.rejected,
            senders=most_named({name or "<>": count for name, count in tally.senders.items()}),
            identities=_senders([each for each in senders if each.messages], clock),
            refusals=tally.refusals.facts(),
            troubles=tally.trouble_facts(),
            timed_out=tally.timed_out.facts(clock),
            names_failing=tally.names_failing.facts(clock),
            own_filter=tally.own_filter.facts(clock),
            brute_force=tally.brute_force_facts(),
            banned=tuple(tally.banned)[-200:],
            own_domains=tuple(each.name for each in most_named(tally.own_domains)),
            our_addresses=tuple(each.name for each in most_named(tally.refusals.our_addresses, 5)),
            forwarded=tally.forwarded,
            forwarded_refused=tally.forwarded_refused,
            backscatter=tally.backscatter,
            dropped=tally.dropped,
            year_guessed=clock.year_guessed,
            complete=complete,
            source=source,
        )

    def _leading(self) -> str | None:
        """The mail program that wrote most; Dovecot and other helpers only where there is no mail program."""
        if not self._votes:
            return None
        return max(self._votes, key=lambda name: (name in MTAS, self._votes[name]))


def read_lines(
    chunks: Iterable[list[str]],
    reference: datetime,
    zone: tzinfo | None = None,
    source: str = "",
    complete: bool = True,
) -> LogFacts:
    """The facts of a log given in blocks of lines. Raises UsageError as `LogReader.facts`."""
    reader = LogReader(reference, zone)
    for chunk in chunks:
        reader.feed(chunk)
    return reader.facts(source, complete)


def read_text(text: str, reference: datetime, source: str = "", complete: bool = True) -> LogFacts:
    """The facts of a pasted log. Raises UsageError as `LogReader.facts`."""
    if not text.strip():
        raise UsageError("mail_log.no_text")
    return read_lines(_blocks(text), reference, None, source, complete)


def _senders(found: list[Identity], clock: Clock) -> tuple[Sender, ...]:
    """Those who sent most; the first few with their hours, for the picture in the report."""
    hours = (_HOURS if place < _WITH_HOURS else 0 for place in range(_MOST_SENDERS))
    return tuple(each.facts(clock, hours=shown) for each, shown in zip(found, hours, strict=False))


def _blocks(text: str, size: int = 1 << 20) -> Iterable[list[str]]:
    start = 0
    while start < len(text):
        end = text.find("\n", start + size)
        end = len(text) if end < 0 else end
        yield text[start:end].split("\n")
        start = end + 1


def _from_journal(line: str) -> str | None:
    """A line of `journalctl -o json` in syslog's form; None when it is something else."""
    try:
        entry = json.loads(line[:20_000])
        at = datetime.fromtimestamp(int(entry["__REALTIME_TIMESTAMP"]) / 1_000_000, UTC)
        said, name = entry["MESSAGE"], entry.get("SYSLOG_IDENTIFIER") or entry.get("_COMM") or "unknown"
    except (ValueError, KeyError, TypeError, OverflowError, OSError, RecursionError):
        return None
    if isinstance(said, list):  # bytes that are no text come as numbers
        said = bytes(number & 255 for number in said if isinstance(number, int)).decode("utf-8", "backslashreplace")
    pid = entry.get("_PID") or entry.get("SYSLOG_PID") or "0"
    host = str(entry.get("_HOSTNAME", "localhost")).replace(" ", "")
    stamp = at.strftime("%Y-%m-%dT%H:%M:%S+00:00")
    return f"{stamp} {host} {str(name).replace(' ', '')}[{pid}]: {said}".replace("\n", " ")
