"""What is broken on the server itself, or on its way out."""

from __future__ import annotations

from collections.abc import Iterator

from core.diagnosis.clues import NEARLY_ALL, Clues, codes_of, critical, said_by_the_recipient, value_list
from core.diagnosis.ranking import CONSEQUENCE, RISK, ROOT, SUSPICION, Ranked
from core.diagnosis.rules.names import led_elsewhere, led_to_the_pages
from core.knowledge.reply_rules import large_receivers
from core.model import Cause, Certainty, Finding, Values

_ENDED = "alert certificate expired"
_WANTS_TLS = "must issue a starttls"  # what servers that take mail by login say, none that takes anybody's


def disk_full(clues: Clues) -> Iterator[Ranked]:
    """Seen on the machine it is sure; told by the log alone it may be over by now."""
    seen = clues.having("server_health.disk_full", "server_health.inodes_full")
    logged = clues.having("mail_log.disk_full")
    said = tuple(each for each in clues.having("smtp_banner.busy") if "4.3.1" in str(each.values.get("said", "")))
    if seen or critical(logged) or said:
        certainty: Certainty = "confirmed" if seen else "likely"
        values: Values = {"places": value_list(seen, "mount") or ["?"]}
        yield ROOT, Cause("disk_full", certainty, "you", codes_of(seen + logged + said), values)
    elif logged:
        yield SUSPICION, Cause("disk_full", "possible", "you", codes_of(logged), {"places": ["?"]})


def mail_service_stopped(clues: Clues) -> Iterator[Ranked]:
    """The machine shows it, the queue tool says so, or nobody listens at the door."""
    sure = clues.having(
        "server_health.mail_service_stopped", "server_health.queue_runner_stopped", "mail_queue.system_down",
        "server_health.listens_only_inside",
    )  # fmt: skip
    dying = critical(clues.having("mail_log.service_dying"))
    refused = clues.having("smtp_banner.refused")
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
        banned = (clues.seen("server_health.banned", "server_health.firewalled") or _banned_by_log(clues)) and not dying
        rank = CONSEQUENCE if helper or banned or led_to_the_pages(clues) else ROOT
        yield rank, Cause("mail_service_stopped", "likely", "you", codes_of(dying + refused + parts))
    elif parts:
        yield SUSPICION, Cause("mail_service_stopped", "possible", "you", codes_of(parts))


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
    missed += clues.most_wait_through("helper_down")
    if not dead and not missed:
        return
    certainty: Certainty = "confirmed" if dead and missed else "likely"
    values: Values = {"helpers": value_list(dead, "where") or ["?"]}
    yield ROOT, Cause("helper_down", certainty, "you", codes_of(dead + missed), values)


def self_banned(clues: Clues) -> Iterator[Ranked]:
    """Our own address stands among those shut out; or the door is shut to us alone while the program runs."""
    banned = clues.having("server_health.banned")
    ours, logged = clues.context.vantage.address, _banned_by_log(clues)
    shut = clues.having("server_health.firewalled", "server_health.hosts_denied")
    closed = clues.having("smtp_banner.refused", "smtp_banner.no_answer", "smtp_banner.silent_line_open")
    values: Values = {"addresses": value_list(banned + shut, "address") or [ours or "?"]}
    if banned or shut or logged:
        certainty: Certainty = "confirmed" if banned else "likely"
        yield ROOT, Cause("self_banned", certainty, "you", codes_of(banned + shut + logged + closed), values)
    elif closed and clues.mail_program_runs and not led_elsewhere(clues):  # else the shut door is another machine's
        if clues.seen("smtp_banner.line_blocked", "server_health.listens_only_inside"):
            return
        yield SUSPICION, Cause("self_banned", "possible", "you", codes_of(closed), values)


def _banned_by_log(clues: Clues) -> tuple[Finding, ...]:
    """The log tells that the address we look from was shut out."""
    ours = clues.context.vantage.address
    return tuple(each for each in clues.having("mail_log.banned") if ours and ours in value_list([each], "addresses"))


def certificate_expired(clues: Clues) -> Iterator[Ranked]:
    """Where programs verify it is the cause; elsewhere, or with a name that may be another on purpose, a risk."""
    codes = ("expired", "not_yet_valid", "chain_expired", "wrong_name", "self_signed", "chain_incomplete")
    wrong = clues.having(*(f"tls_health.{code}" for code in codes))
    ended = clues.having("tls_health.expired", "tls_health.chain_expired", "server_health.certificate_not_reloaded")
    beside = clues.having(
        "server_health.certificate_not_reloaded", "server_health.certificate_not_reloaded_yet",
        "server_health.certificate_file_ended", "tls_health.dane_mismatch", "mail_log.tls",
    )  # fmt: skip
    values = {"hosts": value_list(wrong, "host") or value_list(beside, "path") or ["?"]}
    # Programs of ours that say to the server: your certificate has ended.
    told = tuple(each for each in clues.having("mail_log.tls") if _ENDED in str(each.values.get("example")).lower())
    if bad := critical(wrong + beside) or told:
        certainty: Certainty = "confirmed" if critical(ended) else "likely"
        yield ROOT, Cause("certificate_expired", certainty, "you", codes_of(bad + beside), values)
    elif risky := clues.having(
        "tls_health.expired", "tls_health.chain_expired",
        "server_health.certificate_not_reloaded_yet", "server_health.certificate_file_ended",
    ):  # fmt: skip
        yield RISK, Cause("certificate_expired", "possible", "you", codes_of(risky), values)


def outbound_25_blocked(clues: Clues) -> Iterator[Ranked]:
    """The server itself could not connect; queue and log say whether it is everybody."""
    tried = clues.having("server_health.outbound_25_blocked")
    logged, queued = critical(clues.having("mail_log.all_timed_out")), clues.having("mail_queue.all_timed_out")
    queued += _never_down(clues, "unreachable")
    if not (tried or logged or queued):
        return
    codes = codes_of(tried + logged + queued)
    if tried or (logged and queued):
        certainty: Certainty = "confirmed" if tried and (logged or queued) else "likely"
        yield ROOT, Cause("outbound_25_blocked", certainty, "hosting_company", codes)
    elif _got_out(clues):  # just now: whatever it was, the way is not blocked
        yield SUSPICION, Cause("outbound_25_blocked", "possible", "hosting_company", codes)
    else:
        certainty = "likely" if logged else "possible"
        yield ROOT, Cause("outbound_25_blocked", certainty, "hosting_company", codes)


def resolver_broken(clues: Clues) -> Iterator[Ranked]:
    """The server found no well-known name; queue and log say that mail waits for names."""
    tried = clues.having("server_health.resolver_broken")
    slow = clues.having("server_health.resolver_slow")
    logged, queued = critical(clues.having("mail_log.names_failing")), clues.having("mail_queue.name_service")
    queued += _never_down(clues, "dns_problem", "domain_cannot_receive")
    if not (tried or logged or queued or slow):
        return
    codes = codes_of(tried + logged + queued + slow)
    if tried:
        yield ROOT, Cause("resolver_broken", "confirmed", "you", codes)
    elif slow and not (logged or queued):
        yield RISK, Cause("resolver_broken", "possible", "you", codes)
    elif _finds_names(clues):
        yield SUSPICION, Cause("resolver_broken", "possible", "you", codes)
    else:
        yield ROOT, Cause("resolver_broken", "likely" if logged else "possible", "you", codes)


def _never_down(clues: Clues, *reasons: str) -> tuple[Finding, ...]:
    """Returned mail that found no way to, or no name of, a receiver too large to be gone: then the way is ours."""
    large = large_receivers()
    told = clues.bounced(*reasons)
    return tuple(
        each
        for each in told
        if any(name.rpartition("@")[2].lower() in large for name in value_list([each], "recipients"))
        and "refused" not in str(each.values.get("said", "")).lower()
    )


def relayhost_login_failing(clues: Clues) -> Iterator[Ranked]:
    """Mail leaves through another server, and that one does not take our login."""
    logged = clues.having("mail_log.relayhost_login")
    without = clues.having("server_health.relayhost_without_login")
    passes_on = clues.having("server_health.relayhost")
    refused = clues.bounced("login_required") + clues.most_wait_for("login_required")
    refused += tuple(each for each in clues.bounced("tls_failed") if _WANTS_TLS in str(each.values.get("said")).lower())
    refused += clues.bounced("relay_denied") if passes_on or without else ()
    denied = tuple(each for each in clues.bounced("relay_denied") if not said_by_the_recipient(each))
    stuck = clues.stuck_at_the_relayhost or _turned_away_by_the_relayhost(clues)
    if not (logged or without or refused or stuck or denied):
        return
    values: Values = {"relayhost": (value_list(without + passes_on, "relayhost") or ["?"])[0]}
    waiting = clues.having(
        "mail_queue.name_service", "mail_queue.all_timed_out", "mail_queue.raised", "mail_queue.normal"
    )
    codes = codes_of(logged + without + refused + denied + ((passes_on + waiting) if stuck else ()))
    if critical(logged):
        yield ROOT, Cause("relayhost_login_failing", "confirmed", "you", codes, values)
    elif refused or stuck:
        shown = refused or {"tls_failed", "login_required", "relay_denied"} & set(stuck) or _finds_names(clues)
        certainty: Certainty = "likely" if shown else "possible"
        yield ROOT if shown else SUSPICION, Cause("relayhost_login_failing", certainty, "you", codes, values)
    else:
        yield SUSPICION, Cause("relayhost_login_failing", "possible", "you", codes, values)


def _turned_away_by_the_relayhost(clues: Clues) -> tuple[str, ...]:
    """All mail leaves through one server: whoever asks us for a login or for encryption is that one."""
    refusals = clues.refused_by_others("login_required", "tls_failed", "relay_denied") if clues.relayhost else ()
    gone = clues.log.delivered_outside if clues.log else 0
    return tuple(each.reason for each in refusals if each.count > gone)


def port_25_blocked_here(clues: Clues) -> Iterator[Ranked]:
    """No answer on port 25, silently: this line or the server. That another well-known server is as silent tells."""
    if blocked := clues.having("smtp_banner.line_blocked"):
        yield SUSPICION, Cause("port_25_blocked_here", "likely", "you", codes_of(blocked))
    elif clues.seen("dns_health.resolver_rewrites") and (strange := clues.having("smtp_banner.not_smtp")):
        yield SUSPICION, Cause("port_25_blocked_here", "possible", "you", codes_of(strange))  # the line answers itself
    elif silent := clues.having("smtp_banner.no_answer"):
        yield SUSPICION, Cause("port_25_blocked_here", "possible", "you", codes_of(silent))


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


def _got_out(clues: Clues) -> bool:
    return bool(clues.health and clues.health.outbound and clues.health.outbound.reached == "open")


def _finds_names(clues: Clues) -> bool:
    return bool(clues.health and clues.health.resolving and clues.health.resolving.answered)
