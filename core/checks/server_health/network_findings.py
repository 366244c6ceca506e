"""What the facts about names, the way out, bans and passing on mean. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator

from core.checks.server_health.facts import OwnList, ServerHealthFacts
from core.checks.server_health.machine_findings import finding
from core.clean import clean
from core.knowledge.dnsbl import dead_list_of
from core.model import Evidence, Finding, Severity, Value

SLOW = 2  # seconds for one look-up: what a dead first name server costs


def resolver(facts: ServerHealthFacts) -> Iterator[Finding]:
    """No well-known name could be found, or each only after a wait."""
    told = facts.resolving
    if told is None:
        return
    servers: list[str] = [clean(server, 60) for server in told.servers] or ["?"]
    if not told.answered and told.known_here is False and not any(seconds >= SLOW for seconds in told.seconds):
        yield finding("names_unknown", Severity.UNKNOWN, {"servers": servers, "names": list(told.failed)})
    elif not told.answered:
        values: dict[str, Value] = {"servers": servers, "names": [name for name in told.failed if name != "?"] or ["?"]}
        yield finding("resolver_broken", Severity.CRITICAL, values)
    elif len([seconds for seconds in told.seconds if seconds >= SLOW]) >= 2:
        yield finding("resolver_slow", Severity.WARNING, {"servers": servers, "seconds": max(told.seconds)})


def way_out(facts: ServerHealthFacts) -> Iterator[Finding]:
    """Port 25 to the outside. Where mail leaves through another server it does not matter."""
    told = facts.outbound
    if told is None or told.reached not in ("silent", "refused") or facts.relayhost:
        return
    evidence = Evidence(f"{told.landmark}:25", told.said or told.reached, facts.read_at)
    yield finding("outbound_25_blocked", Severity.CRITICAL, {"landmark": told.landmark, "how": told.reached}, evidence)


def relayhost(facts: ServerHealthFacts) -> Iterator[Finding]:
    """Mail leaves through another server, which wants a login on its door for customers."""
    if facts.relayhost is None:
        return
    name = clean(facts.relayhost, 200)
    if facts.relayhost_login is False and re.search(r":(587|465|submissions?|smtps)$", facts.relayhost):
        yield finding("relayhost_without_login", Severity.WARNING, {"relayhost": name})
    else:
        yield finding("relayhost", Severity.OK, {"relayhost": name})


def bans(facts: ServerHealthFacts) -> Iterator[Finding]:
    """Our computer is shut out: by the guard program, by a rule of the firewall, by the table of those denied."""
    told = facts.bans
    if told is None:
        return
    if told.jails:
        jails: list[str] = [clean(jail, 60) for jail in told.jails]
        yield finding("banned", Severity.CRITICAL, {"address": told.address, "jails": jails})
    elif told.firewall:
        rule = Evidence("firewall", clean(told.firewall[0], 300), facts.read_at)
        yield finding("firewalled", Severity.WARNING, {"address": told.address}, rule)
    if told.hosts_deny:
        line = Evidence("/etc/hosts.deny", clean(told.hosts_deny[0], 300), facts.read_at)
        yield finding("hosts_denied", Severity.WARNING, {"address": told.address}, line)


def own_lists(facts: ServerHealthFacts) -> Iterator[Finding]:
    """A list of the server's settings that calls everybody listed. Those known to be dead the blacklist check tells."""
    bad = [each for each in facts.own_lists or () if dead_list_of(each.zone) is None and _refuses_everybody(each)]
    if bad:
        zones: list[str] = [clean(each.zone, 100) for each in bad]
        said = Evidence(f"1.0.0.127.{clean(bad[0].zone, 100)}", ", ".join(bad[0].answers), facts.read_at)
        yield finding("own_list_answers_all", Severity.CRITICAL, {"zones": zones, "answer": bad[0].answers[0]}, said)


def _refuses_everybody(each: OwnList) -> bool:
    """127.0.0.1 may never be listed (RFC 5782 section 5); an answer the settings do not count does no harm."""
    return any(each.wanted is None or _counts(each.wanted, answer) for answer in each.answers)


def _counts(wanted: str, answer: str) -> bool:
    """Postfix's d.d.d.d pattern: numbers, or [1;3..5] for a number out of these. What is not understood counts not."""
    parts = re.findall(r"\[[^\]]*\]|\d+", wanted)
    return len(parts) == 4 and all(
        _octet(part, int(number)) for part, number in zip(parts, answer.split("."), strict=True)
    )


def _octet(part: str, number: int) -> bool:
    ranges = [piece.partition("..") for piece in part.strip("[]").split(";")]
    return any(first.isdigit() and int(first) <= number <= int(last or first) for first, _, last in ranges)


def passing_on(facts: ServerHealthFacts) -> Iterator[Finding]:
    """Mail passed on to other companies' mailboxes, and mailboxes without room."""
    if facts.forwards:
        domains: list[str] = [clean(name, 100) for name, _ in facts.forwards[:5]]
        yield finding("forwards_outside", Severity.OK, {"count": sum(n for _, n in facts.forwards), "domains": domains})
    if facts.full_mailboxes:
        yield finding("mailboxes_full", Severity.WARNING, {"count": facts.full_mailboxes})


def panel(facts: ServerHealthFacts) -> Iterator[Finding]:
    """Settings are written by a product: whoever repairs them by hand repairs in vain."""
    for each in facts.panels:
        name = f"{each.name} {clean(each.version, 40)}".strip()
        yield finding("panel", Severity.OK, {"panel": name})
