"""What is broken on the server itself."""

from __future__ import annotations

from collections.abc import Iterator

from core.diagnosis.at_the_door import no_room_told, trouble_told
from core.diagnosis.clues import NEARLY_ALL, Clues, codes_of, critical, value_list
from core.diagnosis.ranking import CONSEQUENCE, RISK, ROOT, SUSPICION, Ranked
from core.diagnosis.rules.doors import MUTE, banned_by_log, nobody_speaks
from core.diagnosis.rules.names import led_nowhere, led_to_the_pages
from core.knowledge.log_troubles import trouble_of
from core.model import Cause, Certainty, Finding, Values
from core.this_computer import is_this_computer


def disk_full(clues: Clues) -> Iterator[Ranked]:
    """Seen on the machine it is sure; told by the log alone it may be over by now."""
    seen = clues.having("server_health.disk_full", "server_health.inodes_full")
    logged = clues.having("mail_log.disk_full")
    said = no_room_told(clues) + clues.most_wait_through("disk_full")
    if seen or critical(logged) or said:
        certainty: Certainty = "confirmed" if seen else "likely"
        values: Values = {"places": value_list(seen, "mount") or ["?"]}
        yield ROOT, Cause("disk_full", certainty, "you", codes_of(seen + logged + said), values)
    elif logged and (clues.going_on(logged) or clues.context.target.symptom != "checkup"):
        yield SUSPICION, Cause("disk_full", "possible", "you", codes_of(logged), {"places": ["?"]})


def mail_service_stopped(clues: Clues) -> Iterator[Ranked]:
    """The machine shows it, the queue tool says so, or nobody listens at the door."""
    sure = clues.having(
        "server_health.mail_service_stopped", "server_health.queue_runner_stopped", "mail_queue.system_down",
        "server_health.listens_only_inside",
    )  # fmt: skip
    dying = critical(clues.having("mail_log.service_dying"))
    refused = _at_the_server(clues.having("smtp_banner.refused"), clues)
    parts = clues.having("server_health.part_stopped", "server_health.container_stopped")
    if refused and clues.nobody_waits_at_the_door:
        sure += refused  # it is not shut to us alone
    if sure:
        yield ROOT, Cause("mail_service_stopped", "confirmed", "you", codes_of(sure + dying + refused + parts))
    elif held := _held_back(clues):
        yield ROOT, Cause("mail_service_stopped", "likely", "you", codes_of(held))
    elif dying or (refused and not clues.mail_program_runs):
        # A mail program whose helper is dead ends itself at every call; a door may be shut to us alone.
        helper = clues.seen("server_health.helper_down") and not refused
        banned = (clues.seen("server_health.banned", "server_health.firewalled") or banned_by_log(clues)) and not dying
        rank = CONSEQUENCE if helper or banned or led_to_the_pages(clues) or (led_nowhere(clues) and refused) else ROOT
        yield rank, Cause("mail_service_stopped", "likely", "you", codes_of(dying + refused + parts))
    elif parts:
        yield SUSPICION, Cause("mail_service_stopped", "possible", "you", codes_of(parts))
    elif mute := nobody_speaks(clues):
        values: Values = {"words": MUTE[mute[0].code], "said": mute[0].values.get("said")}
        yield SUSPICION, Cause("mail_service_stopped", "possible", "you", codes_of(mute), values)


def _at_the_server(refused: tuple[Finding, ...], clues: Clues) -> tuple[Finding, ...]:
    """Without doors of this very computer, to which an MX record leads that names 127.0.0.1 or 0.0.0.0."""
    inside = {
        each.values.get("host") for each in clues.having("dns_health.mx_private")
        if (addresses := value_list((each,), "addresses")) and all(is_this_computer(address) for address in addresses)
    }  # fmt: skip
    return tuple(each for each in refused if each.values.get("host") not in inside)


_FULL = {"server_health.disk_full", "server_health.inodes_full", "mail_log.disk_full"}
_CALLERS, _FAR_MORE = 5, 4  # different ones, put off; so many for each letter that was put into a mailbox


def _puts_everybody_off(clues: Clues) -> tuple[Finding, ...]:
    """Our server asks whoever calls to come again, for trouble within itself (451 4.3.0), and hardly takes a letter.
    Where it has no room (452 4.3.1), that is the trouble, and no helper's."""
    log = clues.log
    if _FULL & {each.code for each in critical(clues.findings)}:
        return ()
    ours = [one for one in (log.refusals if log else ()) if one.by == "us" and one.reason == "server_trouble"]
    ours = [one for one in ours if "4.3.1" not in one.example and trouble_of(one.example) != "disk_full"]
    put_away = log.sent - log.delivered_outside if log else 0
    if any(one.hosts >= _CALLERS and one.count >= _FAR_MORE * put_away for one in ours):
        return clues.having("mail_log.refused_by_us")
    return ()


# What Postfix says of mail that a setting of its own keeps back.
_KEPT_BACK = "deferred transport"
_MANY, _DESTINATIONS, _SOME_TIME = 10, 3, 900.0  # messages, domains, seconds


def _held_back(clues: Clues) -> tuple[Finding, ...]:
    """Mail for several companies lies in the queue, and the mail program does not even try: set aside, kept back by a
    setting, or there for a quarter of an hour without one attempt."""
    queue = clues.queue
    if not queue or not queue.total or queue.total <= _MANY:
        return ()
    about = clues.having("mail_queue.held", "mail_queue.long", "mail_queue.raised", "mail_queue.young")
    kept = sum(each.count for each in queue.reasons if _KEPT_BACK in each.example.lower())
    if kept >= NEARLY_ALL * queue.total:
        return about
    going_out = bool(clues.log and clues.log.delivered_outside)
    if queue.hold >= NEARLY_ALL * queue.total:  # what a filter sets aside on an ordinary day stops no other mail
        return () if going_out else about
    waits = (queue.oldest_age or 0) >= _SOME_TIME and queue.distinct_domains >= _DESTINATIONS
    return about if waits and not queue.reasons and not queue.frozen and _never_tried(clues) else ()


def _never_tried(clues: Clues) -> bool:
    """The log was read to its end, and tells of no attempt to deliver anything."""
    log = clues.log
    return bool(log and log.complete and not log.refused and not (log.sent or log.deferred or log.bounced))


def helper_down(clues: Clues) -> Iterator[Ranked]:
    """A helper the mail program asks does not answer: found dead on the machine, or missed in the log."""
    dead = clues.having("server_health.helper_down")
    missed = critical(clues.having("mail_log.helper_down", "mail_log.login_helper_down"))
    missed += clues.most_wait_through("helper_down") + _puts_everybody_off(clues)
    if not dead and not missed:
        yield from _troubled(clues)
        return
    certainty: Certainty = "confirmed" if dead and missed else "likely"
    values: Values = {"helpers": value_list(dead, "where") or ["?"]}
    yield ROOT, Cause("helper_down", certainty, "you", codes_of(dead + missed), values)


def _troubled(clues: Clues) -> Iterator[Ranked]:
    """Our server puts callers off for trouble of its own, and nothing was seen inside: most often it is a helper."""
    if (told := trouble_told(clues)) and not no_room_told(clues):
        yield ROOT, Cause("helper_down", "likely", "you", codes_of(told), {"helpers": ["?"]})


def own_mailboxes_full(clues: Clues) -> Iterator[Ranked]:
    """Mailboxes on our own server are full: their mail is sent back."""
    full = clues.having("mail_log.over_quota", "server_health.mailboxes_full")
    if full and not clues.bounced("mailbox_full"):
        yield CONSEQUENCE, Cause("mailbox_full", "likely", "you", codes_of(full))


def server_unsupported(clues: Clues) -> Iterator[Ranked]:
    """Software past its support: a risk even when it is not today's cause. Somebody may pay for repairs: possible."""
    old = clues.having("smtp_banner.unsupported", "smtp_banner.unsupported_undated", "server_health.known_holes")
    system = clues.having("server_health.system_ended")
    exchange = clues.having("server_health.exchange_ended", "server_health.exchange_holes")
    if old or system or exchange:
        codes = codes_of(old + system + exchange)
        yield RISK, Cause("server_unsupported", "confirmed", "you", codes, _what(old, system, exchange))
    elif paid := clues.having("server_health.system_paid"):
        old = tuple(each for each in clues.having("smtp_banner.old_number") if each.severity.value == "warning")
        yield RISK, Cause("server_unsupported", "possible", "you", codes_of(old + paid), _what(old, paid, ()))


def _what(old: tuple[Finding, ...], system: tuple[Finding, ...], exchange: tuple[Finding, ...]) -> Values:
    """The program and its version; else the system, whose name says its version."""
    if old:
        return {name: old[0].values.get(name) for name in ("product", "version")}
    if exchange:
        return {"product": "Exchange", "version": exchange[0].values.get("build")}
    return {"product": system[0].values.get("system"), "version": ""}
