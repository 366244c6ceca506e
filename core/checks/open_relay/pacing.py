"""How the probes are spread over connections and time: carefully by default, side by side when thorough.

Careful: one form a connection, a pause between, an end after four refusals (a stock fail2ban bans at five), counted
over the runs of the last ten minutes. Thorough: two or three forms a connection, a few connections at once, a rest
when the server says "too many". What was not reached is "not tried", never "refused".
"""

from __future__ import annotations

import asyncio
import time
from collections import Counter, deque
from collections.abc import Sequence

from core.checks.open_relay.facts import Outcome, ProbeResult
from core.checks.open_relay.probing import NOBODY_THERE, SESSION_SECONDS, Door, Visit, result_of, visit
from core.clients.smtp import SmtpClient
from core.knowledge.relay_forms import Probe, relay_data

HAD_ENOUGH = frozenset({"rate_limited", "client_blocked", "greylisted"})
_TURNED_AWAY = frozenset({"client_blocked", "greylisted"})
# Seconds for all sessions of a careful run together: a server that takes its time for each answer gets no more.
CAREFUL_SECONDS = 90.0
_MOST_SILENCES = 3  # of a door that greets: some servers are slow to refuse some forms only
Job = tuple[Door, tuple[Probe, ...]]


def said_no(result: ProbeResult) -> bool:
    """Whether the server's log has a refusal of ours."""
    return result.reply_code is not None and result.outcome != "accepted"


def _silent(result: ProbeResult) -> bool:
    """Connected, and then no whole answer in time: each further connection would wait as long for nothing."""
    return result.error == "smtp.reply_timed_out"


async def careful(
    smtp: SmtpClient, door: Door, probes: Sequence[Probe], refused_before: int
) -> tuple[list[ProbeResult], Visit | None]:
    """The few default forms, one after another. `refused_before`: refusals of the last minutes, from earlier runs."""
    results: list[ProbeResult] = []
    last: Visit | None = None
    left = CAREFUL_SECONDS
    for probe in probes:
        reason = _enough(results, refused_before) or ("not_tried" if left <= 0 else None)
        if reason is not None:
            results.append(result_of(probe, door, reason))
            continue
        if last is not None and not last.on_loopback:
            await asyncio.sleep(relay_data().pause_seconds)
        begun = time.monotonic()
        last = await visit(smtp, door, (probe,), min(SESSION_SECONDS, left))
        left -= time.monotonic() - begun
        results += last.results
    return results, last


def _enough(results: Sequence[ProbeResult], refused_before: int) -> Outcome | None:
    """Why to stop: the server shows it has had enough, cannot be reached, said yes, or refused often enough."""
    if any(result.outcome in HAD_ENOUGH or result.error in NOBODY_THERE or _silent(result) for result in results):
        return "not_tried"
    if any(r.outcome == "accepted" and r.control != "accepted" for r in results):
        return "not_tried"
    now = sum(map(said_no, results))
    if now + refused_before >= relay_data().most_refusals:
        return "held_back" if refused_before else "not_tried"
    return None


class Thorough:
    """One thorough run against one server, over all its doors. Used once."""

    def __init__(self, smtp: SmtpClient, jobs: Sequence[Job]) -> None:
        self._smtp = smtp
        self._limits = relay_data().thorough
        self._waiting: deque[Job] = deque(jobs)
        self._results: dict[tuple[str, int, str], ProbeResult] = {}
        self._rests = 0
        self._resting_until = 0.0
        self._ended: set[Door] = set()
        self._silences: Counter[Door] = Counter()
        self._until = time.monotonic() + self._limits.most_seconds
        self.last: Visit | None = None
        self.seen_address: str | None = None

    async def run(self) -> list[ProbeResult]:
        """Every form at every door, in the order they were given."""
        order = [(door, probe) for door, probes in self._waiting for probe in probes]
        async with asyncio.TaskGroup() as group:
            for _ in range(self._limits.connections_at_once):
                group.create_task(self._work())
        return [self._results.get(_key(door, probe)) or self._without_answer(door, probe) for door, probe in order]

    def _without_answer(self, door: Door, probe: Probe) -> ProbeResult:
        absent = any(r.outcome == "no_service" and r.door == (door.address, door.port) for r in self._results.values())
        return result_of(probe, door, "no_service" if absent else "not_tried")

    async def _work(self) -> None:
        while self._waiting:
            pause = self._resting_until - time.monotonic()
            if time.monotonic() + max(pause, 0) > self._until:
                return
            if pause > 0:
                await asyncio.sleep(pause)
                continue
            door, probes = self._waiting.popleft()
            if door not in self._ended:
                self._take(await visit(self._smtp, door, probes), probes)

    def _take(self, going: Visit, probes: tuple[Probe, ...]) -> None:
        """Keep the answers; what a broken or crowded connection left open is asked again on a fresh one."""
        self.seen_address = self.seen_address or going.seen_address
        if self.last is None or going.local_address:
            self.last = going
        left = list(probes[len(going.results) :])
        for place, (probe, result) in enumerate(zip(probes, going.results, strict=False)):
            self._results[_key(going.door, probe)] = result
            broken_by_others = result.outcome == "failed" and place > 0
            if broken_by_others or (result.outcome == "rate_limited" and self._may_rest()):
                left.insert(0, probe)
        self._look_for_an_end(going)
        if left and going.door not in self._ended:
            self._waiting.append((going.door, tuple(left)))

    def _may_rest(self) -> bool:
        """Whether there are rests left. Connections of one moment that meet the same limit share one rest."""
        now = time.monotonic()
        if now < self._resting_until:
            return True
        if self._rests >= self._limits.most_rests:
            return False
        self._rests += 1
        self._resting_until = now + self._limits.rest_seconds
        return True

    def _look_for_an_end(self, going: Visit) -> None:
        """A door that turns us away, is not there, or says "too many" once too often is left alone."""
        for result in going.results:
            away = result.outcome in _TURNED_AWAY or result.outcome == "no_service" or result.error in NOBODY_THERE
            if _silent(result):
                self._silences[going.door] += 1 if result.stage in ("MAIL", "RCPT") else _MOST_SILENCES
            away = away or self._silences[going.door] >= _MOST_SILENCES
            if away or (result.outcome == "rate_limited" and time.monotonic() >= self._resting_until):
                self._ended.add(going.door)


def _key(door: Door, probe: Probe) -> tuple[str, int, str]:
    return door.address, door.port, probe.form.id


def jobs_of(door: Door, probes: Sequence[Probe]) -> list[Job]:
    """The probes in groups for one connection each: two or three with the same greeting name."""
    size = relay_data().thorough.forms_per_connection
    by_name: dict[str | None, list[Probe]] = {}
    for probe in probes:
        by_name.setdefault(probe.helo, []).append(probe)
    return [(door, tuple(same[i : i + size])) for same in by_name.values() for i in range(0, len(same), size)]
