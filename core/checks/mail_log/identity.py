"""One who sends: an account, a web program, a machine of the office, or a stranger; counted as the log goes by."""

from __future__ import annotations

from collections.abc import Iterator

from core.checks.mail_log.clock import Clock
from core.checks.mail_log.facts import Hour, Kind, Named, Sender

_MOST_ADDRESSES, _MOST_NAMES, _MOST_DOMAINS = 2000, 2000, 20_000
_LINE = 600
_MOST_HOURS = 24 * 14


class Identity:
    """Counters of one sender. Every table is bounded; the numbers go on counting."""

    __slots__ = (
        "_last_address", "addresses", "day", "day_networks", "delivered", "domains", "first", "guessed", "hour",
        "hour_messages",
        "hour_recipients", "hours", "kind", "last", "last_line", "lines", "messages", "name", "networks_in_a_day",
        "peak_at", "peak_messages", "peak_recipients", "recipients", "refused", "reputation", "senders", "sessions",
    )  # fmt: skip

    def __init__(self, kind: Kind, name: str) -> None:
        self.kind: Kind = kind
        self.name = name[:320]
        self.messages = self.recipients = self.delivered = self.refused = self.reputation = self.guessed = 0
        self.first = self.last = 0
        self.addresses: dict[str, int] = {}
        self.senders: dict[str, int] = {}
        self.domains: set[str] = set()
        self.hour = self.hour_messages = self.hour_recipients = 0
        self.peak_messages = self.peak_recipients = self.peak_at = 0
        self.day = self.networks_in_a_day = 0
        self.hours: dict[int, int] = {}
        self.day_networks: set[str] = set()
        self.lines: list[str] = []
        self.sessions: list[tuple[int, str]] = []  # logins before the first message
        self.last_line = self._last_address = ""

    def message(self, at: int, recipients: int, sender: str, address: str, line: str) -> None:
        """One message accepted. `recipients` may grow later (`more_recipients`)."""
        self.messages += 1
        self.recipients += recipients
        if not self.first:
            self.first = at
        self.last = at
        hour = at // 3600
        if hour != self.hour or address != self._last_address:
            self._elsewhere(hour, address, at)
        if address in self.addresses:
            self.addresses[address] += 1
        elif address:
            _first_time(self.addresses, address, _MOST_ADDRESSES)
        if sender in self.senders:
            self.senders[sender] += 1
        else:
            _first_time(self.senders, sender, _MOST_NAMES)
        if hour in self.hours:
            self.hours[hour] += 1
        else:
            self._in_hour(hour)
        self.hour_messages += 1
        self.hour_recipients += recipients
        if self.hour_recipients > self.peak_recipients or self.hour_messages > self.peak_messages:
            self._peak()
        if self.messages <= 2:
            self.lines.append(line[:_LINE])
        self.last_line = line

    def session(self, at: int, address: str) -> None:
        """It logged in from there to hand in mail."""
        if not self.messages and len(self.sessions) < _MOST_ADDRESSES:
            self.sessions.append((at, address))

    def without_queue(self) -> None:
        """The log is at its end. One that tells of logins alone, and not what was queued: each brought one message."""
        if not self.messages:
            for at, address in self.sessions:
                self.message(at, 1, "", address, "")

    def more_recipients(self, count: int) -> None:
        """So many recipients more of the message counted last."""
        self.recipients += count
        self.hour_recipients += count
        if self.hour_recipients > self.peak_recipients or self.hour_messages > self.peak_messages:
            self._peak()

    def _peak(self) -> None:
        self.peak_at = self.hour * 3600
        self.peak_recipients = max(self.peak_recipients, self.hour_recipients)
        self.peak_messages = max(self.peak_messages, self.hour_messages)

    def to_domain(self, domain: str) -> None:
        """One of its recipients has an address there."""
        if len(self.domains) < _MOST_DOMAINS:
            self.domains.add(domain)

    def takes(self, domain: str) -> None:
        """Another company took one of its messages for a recipient there."""
        self.delivered += 1
        domains = self.domains
        if len(domains) < _MOST_DOMAINS:
            domains.add(domain)

    def facts(self, clock: Clock, most: int = 20, hours: int = 0) -> Sender:
        """What is known of it, in the form the judge reads; with the newest `hours` hours in which it sent."""
        ends = [self.last_line[:_LINE]] if self.messages > len(self.lines) else []
        domains = dict.fromkeys(sender.rpartition("@")[2].lower() for sender in self.senders if "@" in sender)
        return Sender(
            self.kind, self.name, self.messages, self.recipients, clock.moment(self.first), clock.moment(self.last),
            addresses=most_named(self.addresses, most),
            networks_in_a_day=self.networks_in_a_day,
            peak_messages=self.peak_messages, peak_recipients=self.peak_recipients,
            peak_at=clock.moment(self.peak_at),
            senders=len([sender for sender in self.senders if sender]), sender_domains=tuple(domains)[:most],
            domains=len(self.domains), delivered=self.delivered, refused=self.refused,
            reputation=self.reputation, guessed=self.guessed,
            lines=tuple(line for line in (*self.lines, *ends) if line),
            hours=tuple(self._newest(clock, hours)),
        )  # fmt: skip

    def _elsewhere(self, hour: int, address: str, at: int) -> None:
        """The next message comes in another hour, or from another address."""
        if hour != self.hour:
            self.hour, self.hour_messages, self.hour_recipients = hour, 0, 0
        if address and (address != self._last_address or at // 86400 != self.day):
            self._from(address, at)

    def _in_hour(self, hour: int) -> None:
        """The first message of its hour; of too many hours the one counted first is forgotten."""
        if len(self.hours) >= _MOST_HOURS:
            del self.hours[next(iter(self.hours))]
        self.hours[hour] = 1

    def _newest(self, clock: Clock, most: int) -> Iterator[Hour]:
        for hour in sorted(self.hours)[-most:] if most else ():
            if moment := clock.moment(hour * 3600):
                yield Hour(moment, self.hours[hour])

    def _from(self, address: str, at: int) -> None:
        day, self._last_address = at // 86400, address
        if day != self.day:
            self.day, self.day_networks = day, set()
        if len(self.day_networks) < _MOST_ADDRESSES:
            self.day_networks.add(network_of(address))
            self.networks_in_a_day = max(self.networks_in_a_day, len(self.day_networks))


def network_of(address: str) -> str:
    """The usual size of one line: the /24 of an IPv4 address, the /64 of an IPv6 one, as text."""
    if ":" in address:
        return ":".join(address.split(":")[:4])
    return address.rpartition(".")[0]


def most_named(table: dict[str, int], most: int = 20) -> tuple[Named, ...]:
    """The most frequent first; among equals by name, so that two runs agree."""
    ordered = sorted(table.items(), key=lambda item: (-item[1], item[0]))
    return tuple(Named(name, count) for name, count in ordered[:most])


def _first_time(table: dict[str, int], name: str, most: int) -> None:
    if len(table) < most:
        table[name[:320]] = 1
