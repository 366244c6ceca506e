"""Refusals, grouped by the reason words of bounces and by whoever refused.

Explaining a refusal costs a hundred times what reading a line costs, and the same words come thousands of times: so
equal ones are explained once, and after many different ones only by their codes.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from core.checks.mail_log.clock import Clock
from core.checks.mail_log.facts import Refusal
from core.knowledge.queue_reasons import list_named
from core.knowledge.replies import explain_reply, provider_of

_MOST_EXPLAINED, _MOST_GROUPS, _MOST_HOSTS = 800, 400, 200
_MOST_COMPANIES, _MOST_SAME, _EXAMPLE = 5000, 3000, 400
_CHANGING = re.compile(r"<[^<>]{0,320}>|\b[0-9A-Za-z]{12,}\b|\b(?=[A-Za-z]*\d)\w{8,}\b|\[[0-9a-fA-F.:]{2,45}\]")
# Reasons of which each company has its own, so that it matters whose it is; the others are counted together.
_TELLS_WHO = frozenset(
    {"ip_blocked", "bad_reputation", "rate_limited", "sender_auth_failed", "reverse_dns_missing", "policy_refused"}
)
_CODE = re.compile(r"\b([45]\d\d)[ -](\d\.\d{1,3}\.\d{1,3})?")
# A list that answers "I do not answer you" (127.255.255.x of Spamhaus, and the words its answer brings along).
_NO_ANSWER = re.compile(r"127\.255\.255\.\d|open resolver|public resolver|query (?:refused|limit)|/returnc/pub", re.I)
_OUR_ADDRESS = re.compile(
    r"(?:client host|client|your (?:host|ip|ip address)|ip address|sending ip|host|address|ip)\W{1,3}"
    r"\[?(\d{1,3}(?:\.\d{1,3}){3})\]?",
    re.I,
)


@dataclass
class _Group:
    count: int
    example: str
    provider: str | None
    first: int
    last: int
    hosts: set[str]
    dead: bool = False


class Refusals:
    """Who refused what, counted."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._groups: dict[tuple[str, str, str], _Group] = {}
        self._known: dict[tuple[str, str], tuple[str, str | None]] = {}
        self._same: dict[tuple[str, tuple[str, str]], tuple[str, str | None]] = {}
        self._ours: dict[tuple[tuple[str, str], int], tuple[str, str, bool]] = {}
        self._companies: dict[str, str] = {}
        self.our_addresses: dict[str, int] = {}

    def by_them(self, host: str, domain: str, said: str, at: int, line: str) -> str:
        """Count a refusal or a putting-off by another server; gives the reason's word."""
        word, provider = self._explained(host, domain, said)
        where = provider or (list_named(said) if word == "ip_blocked" else "")
        if not where and word in _TELLS_WHO:
            where = host or domain
        self._count("them", word, where[:255], provider, host or domain, said, at)
        if word in ("ip_blocked", "bad_reputation", "reverse_dns_missing", "policy_refused"):
            for address in _OUR_ADDRESS.findall(said[:1000]):
                if len(self.our_addresses) < _MOST_HOSTS or address in self.our_addresses:
                    self.our_addresses[address] = self.our_addresses.get(address, 0) + 1
        return word

    def by_us(self, client: str, said: str, at: int, line: str) -> bool:
        """Count a refusal of ours; whether one of our filters (a list) decided it."""
        word, zone, dead = self._of_ours(said)
        group = self._count("us", word, zone, None, client, said, at)
        group.dead = group.dead or dead
        return bool(zone)

    def _of_ours(self, said: str) -> tuple[str, str, bool]:
        """The reason, the list we asked, and whether it is dead or did not answer; equal words are looked at once."""
        key = (_core(said), len(said))  # Sendmail cuts at lengths of its own
        known = self._ours.get(key)
        if known is None:
            if len(self._ours) >= _MOST_SAME:
                self._ours.clear()
            zone = list_named(said)
            word = "ip_blocked" if zone else self._explained("", "", said)[0]
            known = self._ours[key] = (word, zone, bool(zone) and _is_dead(zone, said))
        return known

    def facts(self, most: int = 60) -> tuple[Refusal, ...]:
        """The groups, the most frequent first."""
        moment = self._clock.moment
        ordered = sorted(self._groups.items(), key=lambda item: (-item[1].count, item[0]))
        return tuple(
            Refusal("us" if by == "us" else "them", word, group.count, group.example, where, group.provider,
                    moment(group.first), moment(group.last), len(group.hosts),
                    tuple(sorted(group.hosts)[:3]), group.dead)
            for (by, word, where), group in ordered[:most]
        )  # fmt: skip

    def _count(
        self, by: str, word: str, where: str, provider: str | None, host: str, said: str, at: int
    ) -> _Group:  # fmt: skip
        key = (by, word, where)
        group = self._groups.get(key)
        if group is None:
            if len(self._groups) >= _MOST_GROUPS:
                key = (by, word, "")
                group = self._groups.get(key)
            if group is None:
                group = self._groups[key] = _Group(0, said[:_EXAMPLE], provider, at, at, set())
        group.count += 1
        group.last = at
        if host not in group.hosts and len(group.hosts) < _MOST_HOSTS:
            group.hosts.add(host[:255])
        return group

    def company(self, host: str, domain: str) -> str:
        """The company behind a host name; remembered, for the same ones come again and again."""
        name = host or f"@{domain}"
        known = self._companies.get(name)
        if known is None:
            if len(self._companies) >= _MOST_COMPANIES:
                self._companies.clear()
            known = self._companies[name] = provider_of(host or None, "", domain or None) or ""
        return known

    def _explained(self, host: str, domain: str, said: str) -> tuple[str, str | None]:
        key = (self.company(host, domain), _core(said))
        known = self._same.get(key)
        if known is None:
            if len(self._same) >= _MOST_SAME:
                self._same.clear()
            known = self._same[key] = self._explained_anew(host, domain, said)
        return known

    def _explained_anew(self, host: str, domain: str, said: str) -> tuple[str, str | None]:
        shape = _CHANGING.sub("<>", said[:600])
        company = self.company(host, domain)
        known = self._known.get((company, shape))
        if known is not None:
            return known
        if len(self._known) >= _MOST_EXPLAINED:
            code = _CODE.search(shape)
            shape = code[0] if code else ""
            if (company, shape) in self._known:
                return self._known[company, shape]
            if len(self._known) >= 2 * _MOST_EXPLAINED:
                return "unclear", None
        reason = explain_reply(said[:1500], host or None, None, domain or None)
        self._known[company, shape] = (reason.word, reason.provider)
        return reason.word, reason.provider


def _is_dead(zone: str, said: str) -> bool:
    from core.knowledge.dnsbl import dead_list_of  # many logs name no list

    return dead_list_of(zone) is not None or bool(_NO_ANSWER.search(said[:1000]))


def _core(said: str) -> tuple[str, str]:
    """What a refusal says, without the name of whoever said it and without the address it speaks of first."""
    place = said.find(" said: ", 0, 400)
    before, _, behind = (said[place + 7 : place + 600] if place >= 0 else said[:600]).partition("<")
    return before, behind.partition(">")[2]
