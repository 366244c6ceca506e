"""Who sends like a spammer, and who only sends much: the line between a stolen password and a newsletter.

Thresholds are for a company of up to some fifty people, where nobody types more than sixty mails an hour. An amount
alone accuses nobody: newsletters, invoices at the end of a month and busy days are amounts. What a mailing never does
is come from many networks at once, under many forged senders, to addresses of which a third do not exist.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Literal

from core.checks.mail_log.facts import LogFacts, Sender
from core.knowledge.addresses import is_public

Standing = Literal["ordinary", "mailing", "suspicious", "abused"]

MANY_MESSAGES, MANY_RECIPIENTS = 60, 200  # in one hour
VERY_MANY_RECIPIENTS = 1000
WEB_MESSAGES, WEB_BURST = 30, 60  # in one hour; a contact form brings a few a day
MANY_NETWORKS = 5  # on one day; telephones and home offices bring two to four
SEVERAL_ADDRESSES, MANY_ADDRESSES = 5, 10  # public ones on one day, in however few networks
SEVERAL_SENDERS, MANY_SENDERS = 3, 10
FEW_RECIPIENTS, SOME_REFUSED, MANY_REFUSED = 50, 0.10, 0.30
MANY_DOMAINS = 20
_DAY = timedelta(days=1)
GUESSES = 10  # failed logins from the address that then succeeded
REPUTATION = 10
PROBES = 10  # mails for strangers: fewer are what testers leave
MANY_PASSED = 3  # recipient domains: mail for one or two is a backup server's or a branch office's
WEB_NAMES = ("www-data", "apache", "www", "nobody", "nginx", "httpd", "wwwrun", "http", "iusr", "daemon")


def standing(sender: Sender, facts: LogFacts) -> Standing:
    """What one sender looks like."""
    if sender.kind == "relay":
        return _stranger(sender, facts)
    hard, soft = _hard(sender, facts), _soft(sender)
    if not _much(sender):
        return "suspicious" if len(hard) >= 2 and sender.recipients >= MANY_DOMAINS else "ordinary"
    if len(hard) >= 2 or (hard and soft):
        return "abused"
    if len(soft) >= 2 and sender.kind == "script" and _raw_web_program(sender):
        return "abused"
    if hard or len(soft) >= 2:
        return "suspicious"
    return "suspicious" if _web_burst(sender) else "mailing"


def is_web(name: str) -> bool:
    """Whether a local user is one that web servers run as."""
    return name.partition("@")[0].partition(" ")[0].lower() in WEB_NAMES


def _much(sender: Sender) -> bool:
    few = WEB_MESSAGES if sender.kind == "script" and is_web(sender.name) else MANY_MESSAGES
    return sender.peak_messages > few or sender.peak_recipients > MANY_RECIPIENTS


def _hard(sender: Sender, facts: LogFacts) -> list[str]:
    """Signs that no mailing of one's own shows."""
    share = sender.refused / max(1, sender.delivered + sender.refused)
    signs = {
        "networks": sender.networks_in_a_day >= MANY_NETWORKS or _addresses_of_a_day(sender) >= MANY_ADDRESSES,
        "senders": sender.senders >= MANY_SENDERS,
        "refused": share > MANY_REFUSED and sender.refused + sender.delivered >= FEW_RECIPIENTS,
        "guessed": sender.guessed >= GUESSES and sender.networks_in_a_day >= SEVERAL_SENDERS,
        "reputation": sender.reputation >= REPUTATION,
    }
    return [name for name, seen in signs.items() if seen]


def _soft(sender: Sender) -> list[str]:
    """Signs that add to an amount."""
    done = sender.delivered + sender.refused
    share = sender.refused / max(1, done)
    signs = {
        "refused": share > SOME_REFUSED and done >= FEW_RECIPIENTS,
        "senders": SEVERAL_SENDERS <= sender.senders < MANY_SENDERS,
        "addresses": SEVERAL_ADDRESSES <= _addresses_of_a_day(sender) < MANY_ADDRESSES,
        "amount": sender.peak_recipients > VERY_MANY_RECIPIENTS,
        "reputation": 3 <= sender.reputation < REPUTATION,
        "web": sender.kind == "script" and _raw_web_program(sender) and sender.domains >= MANY_DOMAINS,
    }
    return [name for name, seen in signs.items() if seen]


def _addresses_of_a_day(sender: Sender) -> int:
    """Different public addresses of one who was seen on one day only; 0 of others, whose telephone changes its own."""
    if not sender.first or not sender.last or sender.last - sender.first > _DAY:
        return 0
    return sum(is_public(each.name) for each in sender.addresses)


def _raw_web_program(sender: Sender) -> bool:
    """A web program under its own account's name: a mailing set up by a person has a sender of the company."""
    return is_web(sender.name) and sender.senders <= 1


def _web_burst(sender: Sender) -> bool:
    """Most of what a web program ever sent, in one hour, to many companies: orders of a busy shop come all day."""
    burst = max(sender.peak_messages, _in_two_hours(sender))
    many = burst >= WEB_BURST and burst * 10 >= sender.messages * 8
    return sender.kind == "script" and _raw_web_program(sender) and many and sender.domains >= MANY_DOMAINS


def _in_two_hours(sender: Sender) -> int:
    """The most in two neighbouring hours of the clock: an hour's burst lies in two of them as often as in one."""
    counts = {each.at: each.messages for each in sender.hours}
    return max((count + counts.get(at + timedelta(hours=1), 0) for at, count in counts.items()), default=0)


def _stranger(sender: Sender, facts: LogFacts) -> Standing:
    """An outside address that does not log in, and whose mail we took to third parties."""
    ours = set(facts.own_domains)
    foreign = [domain for domain in sender.sender_domains if not _belongs(domain, ours)]
    if not foreign or sender.domains < MANY_PASSED:
        # Our own sender from outside without a login: an office that is trusted by its address, or a web shop.
        return "mailing" if _much(sender) and not foreign else "ordinary"
    return "abused" if sender.messages >= PROBES else "suspicious"


def _belongs(domain: str, ours: set[str]) -> bool:
    return domain in ours or any(domain.endswith(f".{known}") for known in ours if "." in known)
