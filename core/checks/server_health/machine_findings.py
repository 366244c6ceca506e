"""What the machine's facts mean: room, programs that run, helpers, clock, load, age, certificates. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta

from core.checks.server_health.facts import CertificateFile, Program, ServedCertificate, ServerHealthFacts, Space
from core.clean import clean
from core.knowledge.distributions import brings_along
from core.knowledge.mta import distributions, numbers, products
from core.knowledge.vulnerabilities import Hole, holes_of
from core.model import Evidence, Finding, Severity, Value

MEGABYTE, GIGABYTE = 1_000_000, 1_000_000_000
LITTLE_INODES = 0.03
CLOCK_OFF = timedelta(minutes=5)  # a login with its reading may take one
BUSY = 4.0  # waiting work for each processor over a quarter of an hour
PORTS = {"mail": (25, 465), "boxes": (993,)}


def finding(code: str, severity: Severity, values: dict[str, Value], *evidence: Evidence) -> Finding:
    """One finding of this check."""
    return Finding(f"server_health.{code}", severity, values, evidence)


def room(facts: ServerHealthFacts) -> Iterator[Finding]:
    """Full, nearly full, or out of inodes, for each file system mail needs."""
    for space in facts.space or ():
        values: dict[str, Value] = {"mount": clean(space.mount, 200), "places": [*map(str, space.roles)]}
        if space.free is not None and space.total:
            needed = max(MEGABYTE, (facts.largest_message or 0) * 3 // 2) if "spool" in space.roles else MEGABYTE
            free: dict[str, Value] = {**values, "free": space.free, "percent": _used(space)}
            if space.free < needed:
                yield finding("disk_full", Severity.CRITICAL, {**free, "needed": needed})
            elif space.free < min(2 * GIGABYTE, space.total // 10) and not _tiny_but_empty(space):
                yield finding("disk_low", Severity.WARNING, free)
        if space.inodes and space.inodes_free is not None:
            left: dict[str, Value] = {**values, "left": space.inodes_free}
            if space.inodes_free == 0:
                yield finding("inodes_full", Severity.CRITICAL, left)
            elif space.inodes_free < space.inodes * LITTLE_INODES:
                yield finding("inodes_low", Severity.WARNING, left)


def _used(space: Space) -> int:
    """Per cent in use; what is kept for the administrator counts as used, as mail cannot have it."""
    assert space.total and space.free is not None
    return min(100, round(100 * (space.total - space.free) / space.total))


def _tiny_but_empty(space: Space) -> bool:
    """A small file system of its own is not low because it is small."""
    assert space.total and space.free is not None
    return space.free * 2 > space.total


def running(facts: ServerHealthFacts) -> Iterator[Finding]:
    """The mail program, its queue runner, and the other parts that should run."""
    services = facts.services or ()
    if services and facts.ports == () and not any(service.runs for service in services):
        names = [products()[service.product].name for service in services if service.product in products()]
        yield finding("mail_service_stopped", Severity.CRITICAL, {"products": list(names) or ["?"]})
    if any(service.queue_runs is False for service in services):
        yield finding("queue_runner_stopped", Severity.CRITICAL, {"product": "Postfix"})
    doors_seen = facts.takes_mail_here and not facts.in_containers
    if doors_seen and facts.ports and all(_only_inside(address) for address in facts.ports):
        yield finding("listens_only_inside", Severity.CRITICAL, {"address": facts.ports[0]})
    if facts.units:
        yield finding("part_stopped", Severity.WARNING, {"parts": [clean(unit.name, 60) for unit in facts.units]})
    if facts.containers_down:
        names = [clean(name, 80) for name in facts.containers_down[:10]]
        yield finding(
            "container_stopped", Severity.WARNING, {"names": list(names), "count": len(facts.containers_down)}
        )


def _only_inside(address: str) -> bool:
    return address.startswith("127.") or address in ("::1", "[::1]")


def helpers(facts: ServerHealthFacts) -> Iterator[Finding]:
    """A program the settings rely on that does not wait where they call it."""
    for helper in facts.helpers or ():
        if helper.alive is False:
            passes = helper.role == "milter" and facts.unexamined_passes
            values: dict[str, Value] = {"role": helper.role, "where": clean(helper.where, 200)}
            said = Evidence(helper.setting, clean(helper.where, 300), facts.read_at)
            yield finding("helper_down", Severity.WARNING if passes else Severity.CRITICAL, values, said)


def clock(facts: ServerHealthFacts) -> Iterator[Finding]:
    """Our clock and the server's differ; which one is wrong only a third can tell."""
    if facts.server_clock is None:
        return
    off = facts.server_clock - facts.read_at
    if abs(off) > CLOCK_OFF:
        code = "clock_ahead" if off > timedelta(0) else "clock_behind"
        seconds = int(abs(off).total_seconds())
        yield finding(code, Severity.WARNING, {"seconds": seconds, "at": facts.server_clock.isoformat()})


def load(facts: ServerHealthFacts) -> Iterator[Finding]:
    """Far more work than the processors can do, or no memory left."""
    told = facts.load
    if told is None:
        return
    if told.fifteen > BUSY * told.processors:
        values: dict[str, Value] = {"load": round(told.fifteen), "processors": told.processors}
        yield finding("overloaded", Severity.WARNING, values)
    no_swap = not told.swap or (told.swap_free is not None and told.swap_free < told.swap // 20)
    if told.memory and told.memory_free is not None and told.memory_free < told.memory // 25 and no_swap:
        yield finding("memory_short", Severity.WARNING, {"free": told.memory_free, "total": told.memory})


def age(facts: ServerHealthFacts) -> Iterator[Finding]:
    """The system's end of support, and the known holes of mail programs that nobody repaired."""
    today = facts.read_at.astimezone(UTC).date()
    system = facts.system
    if system is not None and today > system.until:
        values: dict[str, Value] = {"system": system.name, "until": system.until.isoformat()}
        if system.paid_until and today <= system.paid_until:
            yield finding("system_paid", Severity.WARNING, {**values, "paid_until": system.paid_until.isoformat()})
        else:
            yield finding("system_ended", Severity.WARNING, {**values, "age": (today - system.until).days * 86400})
    for program in facts.programs:
        yield from _holes(facts, program, today)


def _holes(facts: ServerHealthFacts, program: Program, today: date) -> Iterator[Finding]:
    """A system in support repairs what it brought along without changing the number: then nothing is said."""
    known = holes_of(program.product, program.version, facts.closed_settings)
    system = distributions().get(facts.system.id) if facts.system else None
    repaired = system is not None and system.until >= today and brings_along(system, program.product, program.version)
    if not known or repaired:
        return
    values: dict[str, Value] = {
        "product": products()[program.product].name,
        "version": program.version,
        "ids": [_name(hole) for hole in known[:6]],
        "count": len(known),
        "danger": known[0].danger,
        "fixed": max((hole.fixed for hole in known), key=numbers),
    }
    perhaps = system is None or (system.repairs_on(today) and brings_along(system, program.product, program.version))
    yield finding("known_holes_perhaps" if perhaps else "known_holes", Severity.WARNING, values)


def _name(hole: Hole) -> str:
    return f"{hole.id} ({hole.also[0]})" if hole.also else hole.id


def certificates(facts: ServerHealthFacts) -> Iterator[Finding]:
    """A renewed file the running program has not read yet, or a file that has run out."""
    for file in facts.certificate_files or ():
        if file.until is None:
            continue
        shown = [each for each in facts.served or () if each.port in PORTS.get(file.door, ())]
        older = [each for each in shown if each.fingerprint != file.fingerprint and each.until < file.until]
        marks = {each.fingerprint for each in facts.certificate_files or ()}
        if older and not marks & {each.fingerprint for each in older}:
            yield _not_reloaded(facts.read_at, file, older[0])
        elif file.until < facts.read_at:
            values: dict[str, Value] = {"path": clean(file.path, 200), "until": file.until.isoformat()}
            yield finding("certificate_file_ended", Severity.WARNING, values)


def _not_reloaded(now: datetime, file: CertificateFile, served: ServedCertificate) -> Finding:
    severity = Severity.CRITICAL if served.until < now else Severity.WARNING
    code = "certificate_not_reloaded" if severity is Severity.CRITICAL else "certificate_not_reloaded_yet"
    values: dict[str, Value] = {
        "path": clean(file.path, 200),
        "port": served.port,
        "until": file.until.isoformat() if file.until else None,
        "served_until": served.until.isoformat(),
    }
    return finding(code, severity, values)
