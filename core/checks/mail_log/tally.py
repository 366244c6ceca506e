"""What the readers of all products count into: messages by their queue id, who sent them, what became of them.

Every table is bounded, so that a log of any size, or one made by an attacker, costs the same memory.
"""

from __future__ import annotations

import re
from itertools import islice

from core.checks.mail_log.clock import Clock
from core.checks.mail_log.facts import BruteForce, Kind, Trouble
from core.checks.mail_log.identity import Identity, most_named
from core.checks.mail_log.outage import Streak
from core.checks.mail_log.refusals import Refusals
from core.knowledge.addresses import is_public
from core.knowledge.log_troubles import trouble_of

_MOST_MESSAGES, _MOST_IDENTITIES, _MOST_NAMES = 60_000, 20_000, 20_000
_FORGOTTEN = 5000
LONGEST_ID = 64
_REPEATS, _ALL_REPEATS = 1000, 100_000  # of one line, and of a log's all: a line of fifty bytes may claim a million
_LINE = 600
# Our own "no room" to whoever brings mail: Postfix and Exim say 4.3.1, Sendmail 4.4.5. Only the code before all names.
_NO_ROOM = re.compile(r"^[^<]{0,200}\b452[ -]4\.(?:3\.1|4\.5)\b")
_ITSELF = ("127.", "::1", "local", "0.0.0.0")


class Message:
    """One message on its way: who handed it in, whether that is counted already."""

    __slots__ = ("address", "counted", "identity", "left", "line", "sender", "told")

    def __init__(self, line: str, address: str = "", identity: Identity | None = None) -> None:
        self.line = line[:_LINE]
        self.address = address  # of the client; "" for a program on the server itself
        self.identity = identity
        self.sender = ""
        self.counted = 0  # recipients counted so far; 0 before the message was accepted
        self.left = False
        self.told = False  # its first recipient was named


class _Seen:
    """A kind of trouble: how often, from when to when, and the lines that say so."""

    __slots__ = ("count", "first", "last", "lines")

    def __init__(self, at: int) -> None:
        self.count, self.first, self.last = 0, at, at
        self.lines: list[str] = []


class Tally:
    """All counters of one log."""

    def __init__(self, clock: Clock) -> None:
        self.clock = clock
        self.messages: dict[str, Message] = {}
        self.identities: dict[tuple[Kind, str], Identity] = {}
        self.refusals = Refusals(clock)
        self.troubles: dict[str, _Seen] = {}
        self.timed_out, self.names_failing, self.own_filter = Streak(), Streak(), Streak()
        self.sent = self.outside = self.deferred = self.bounced = self.rejected = 0
        self.forwarded = self.forwarded_refused = self.backscatter = self.dropped = 0
        self.senders: dict[str, int] = {}
        self.own_domains: dict[str, int] = {}
        self.failures: dict[str, int] = {}  # failed logins by address
        self.failed_names: set[str] = set()
        self.failed_logins = 0
        self.failure_lines: list[str] = []
        self.banned: dict[str, int] = {}
        self.known_public: dict[str, bool] = {}  # addresses asked for before
        self._repeats_left = _ALL_REPEATS

    def repeats(self, claimed: int) -> int:
        """How often a line counts that says it was repeated so often; once where the log has claimed too much."""
        times = max(1, min(claimed, _REPEATS, self._repeats_left))
        self._repeats_left -= times
        return times

    def public(self, address: str) -> bool:
        """Whether an address is one of the internet; remembered, because the same ones come again and again."""
        known = self.known_public.get(address)
        if known is None:
            if len(self.known_public) > _MOST_NAMES:
                self.known_public.clear()
            known = self.known_public[address] = is_public(address)
        return known

    def new_message(self, queue_id: str, message: Message) -> Message:
        """Remember a message under its queue id; the oldest are forgotten when there are too many."""
        if len(self.messages) >= _MOST_MESSAGES:
            for oldest in list(islice(self.messages, _FORGOTTEN)):  # many at once: finding the first one is slow
                del self.messages[oldest]
        self.messages[queue_id[:LONGEST_ID]] = message
        return message

    def identity(self, kind: Kind, name: str) -> Identity:
        """The counters of this sender, made when it is new."""
        key = (kind, name[:320])
        known = self.identities.get(key)
        if known is None:
            known = Identity(kind, name)
            if len(self.identities) < _MOST_IDENTITIES:
                self.identities[key] = known
        return known

    def logged_in(self, name: str, address: str) -> Identity:
        """The account of a session that logged in; remembers how often that address had failed before."""
        identity = self.identity("account", name)
        if address not in identity.addresses and (failed := self.failures.get(address, 0)) > identity.guessed:
            identity.guessed = failed
        identity.session(self.clock.last, address)
        return identity

    def accepted(self, message: Message, sender: str, recipients: int, at: int) -> None:
        """The message stands in the queue. Called again on each attempt; counted once."""
        if message.counted:
            return
        message.sender, message.counted = sender, recipients or 1
        if message.identity is not None:
            message.identity.message(at, message.counted, sender, message.address, message.line)
        elif message.address:
            self.own_filter.success()
            if not sender:
                self.backscatter += 1

    def delivered(self, message: Message | None, to: str, outside: bool, forwarded: bool) -> None:
        """One recipient got it: in a mailbox here, or (`outside`) at another company's server."""
        domain = to.rpartition("@")[2].lower()
        if not outside:
            self.here(domain)
            return
        if message is not None:
            self.taken_outside(message, domain, forwarded)
            return
        self.sent += 1
        self.outside += 1
        self.timed_out.success()
        self.names_failing.success()

    def taken_outside(self, message: Message, domain: str, forwarded: bool = False) -> None:
        """Another company's server took it for one recipient."""
        self.sent += 1
        self.outside += 1
        if self.timed_out.count or self.names_failing.count:
            self.timed_out.success()
            self.names_failing.success()
        identity = message.identity
        if identity is None or not message.left:
            self.leaves(message, domain, forwarded)
            identity = message.identity
        else:
            identity.to_domain(domain)
        if identity is not None:
            identity.delivered += 1
        if forwarded:
            self.forwarded += 1

    def here(self, domain: str, count: int = 1) -> None:
        """Recipients of a domain of ours got it."""
        self.sent += count
        if domain in self.own_domains:
            self.own_domains[domain] += count
        elif len(self.own_domains) < _MOST_NAMES:
            self.own_domains[domain] = count

    def leaves(self, message: Message, domain: str, forwarded: bool = False) -> None:
        """The message goes (or tries to go) outside: whose is it?"""
        if not message.left:
            message.left = True
            self.goes_out(message.sender)
            if message.identity is None and message.address and not forwarded and message.counted:
                self._passed_on(message)
        if message.identity is not None:
            message.identity.to_domain(domain)

    def goes_out(self, sender: str) -> None:
        """A message of this sender goes (or tries to go) outside."""
        if sender in self.senders:
            self.senders[sender] += 1
        elif len(self.senders) < _MOST_NAMES:
            self.senders[sender] = 1

    def failed(
        self, message: Message | None, to: str, host: str, said: str, line: str, *, bounced: bool, forwarded: bool,
        outside: bool = True,
    ) -> None:  # fmt: skip
        """One recipient was put off or (`bounced`) refused; `said` is the reason as the log has it."""
        at = self.clock.at(line)
        domain = to.rpartition("@")[2].lower()
        if bounced:
            self.bounced += 1
        else:
            self.deferred += 1
        # What another server answered is its own trouble (its disk, its filter), unless it refuses our login.
        word = None if " said: " in said and "SASL" not in said else self._own_trouble(said)
        if word is not None:
            self.trouble(word, at, line)
            self._row(word, domain, at, line)
        elif self.timed_out.count or self.names_failing.count:
            self._row(word, domain, at, line)
        if message is not None and outside:
            self.leaves(message, domain, forwarded)
        reason = self.refusals.by_them(host, domain, said, at, line)
        if message is not None and message.identity is not None and bounced:
            message.identity.refused += 1
            if reason in ("ip_blocked", "bad_reputation", "looks_like_spam"):
                message.identity.reputation += 1
        if not outside and reason == "mailbox_full":
            self.trouble("over_quota", at, line)
        if forwarded and reason in ("sender_auth_failed", "bad_reputation", "rate_limited", "looks_like_spam"):
            self.forwarded_refused += 1

    def handed_on(self, message: Message | None, again: Message | None) -> None:
        """A filter, or this server's own other half, took the message under a new id: it stays the same sender's."""
        if message is not None and again is not None and again.identity is None:
            again.identity, again.address = message.identity, message.address

    def one_more(self, message: Message) -> None:
        """One more recipient of a message whose number of recipients was not told at first."""
        message.counted += 1
        if message.identity is not None:
            message.identity.more_recipients(1)

    def expired(self, count: int) -> None:
        """A message was given up and sent back."""
        self.bounced += count

    def refused_by_us(self, client: str, said: str, line: str) -> None:
        """We turned away a client."""
        self.rejected += 1
        at = self.clock.at(line)
        if _NO_ROOM.search(said):
            self.trouble("disk_full", at, line)
        if self.refusals.by_us(client, said, at, line):
            self.own_filter.fail(client, at, line)

    def login_failed(self, address: str, name: str, line: str) -> None:
        """Someone tried a password that was wrong."""
        self.failed_logins += 1
        if address in self.failures:
            self.failures[address] += 1
        elif len(self.failures) < _MOST_NAMES:
            self.failures[address[:60]] = 1
        self.tried_name(name)
        if len(self.failure_lines) < 3:
            self.failure_lines.append(line[:_LINE])

    def tried_name(self, name: str) -> None:
        """A user name someone tried in vain."""
        if name and len(self.failed_names) < _MOST_NAMES:
            self.failed_names.add(name[:100].lower())

    def complaint(self, text: str, line: str) -> None:
        """A warning or error of the mail program: sorted, when it is of a known kind."""
        word = trouble_of(text)
        if word is not None:
            self.trouble(word, self.clock.at(line), line)

    def trouble(self, word: str, at: int, line: str) -> None:
        """Count one trouble of this kind."""
        seen = self.troubles.get(word)
        if seen is None:
            seen = self.troubles[word] = _Seen(at)
        seen.count += 1
        seen.last = at
        if len(seen.lines) < 3:
            seen.lines.append(line[:_LINE])

    def trouble_facts(self) -> tuple[Trouble, ...]:
        """The kinds of trouble, the most frequent first."""
        moment = self.clock.moment
        ordered = sorted(self.troubles.items(), key=lambda item: (-item[1].count, item[0]))
        return tuple(
            Trouble(word, seen.count, moment(seen.first), moment(seen.last), tuple(seen.lines))
            for word, seen in ordered
        )

    def brute_force_facts(self) -> BruteForce:
        """The failed logins, with the addresses that failed most often."""
        return BruteForce(
            failures=self.failed_logins,
            addresses=most_named(self.failures, 10),
            distinct_addresses=len(self.failures),
            names=len(self.failed_names),
            lines=tuple(self.failure_lines),
        )

    def _own_trouble(self, said: str) -> str | None:
        """The trouble a reason tells of, unless it is the reply of another server (and does not refuse our login)."""
        theirs = " said: " in said or "error from remote" in said or said[:3].isdigit()
        return trouble_of(said) if not theirs or "SASL" in said else None

    def _row(self, word: str | None, domain: str, at: int, line: str) -> None:
        """Lost connections and unanswered names make rows; any other answer of another server ends both."""
        if word in ("timed_out", "unreachable"):
            self.timed_out.fail(domain, at, line)
            self.names_failing.success()
        elif word == "resolver_broken":
            self.names_failing.fail(domain, at, line, bool(self.refusals.company("", domain)))
        elif word is None:
            self.names_failing.success()
            self.timed_out.success()

    def _passed_on(self, message: Message) -> None:
        """Mail of a client that did not log in goes outside: of a stranger, or of a machine of ours."""
        if message.address.startswith(_ITSELF):
            return  # handed over by a program here (a filter, web mail): whose it is, another line says
        kind: Kind = "relay" if self.public(message.address) else "machine"
        message.identity = self.identity(kind, message.address)
        at = self.clock.at(message.line)
        message.identity.message(at, message.counted, message.sender, message.address, message.line)
