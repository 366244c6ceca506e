"""What stands in the way of our mail on its way out: a closed port, names nobody answers, our own relay host."""

from __future__ import annotations

from collections.abc import Iterator

from core.diagnosis.clues import Clues, codes_of, critical, said_by_the_recipient, value_list
from core.diagnosis.ranking import RISK, ROOT, SUSPICION, Ranked
from core.knowledge.reply_rules import large_receivers
from core.model import Cause, Certainty, Finding, Values

_SEVERAL = 3  # companies that cannot be reached at once are not all down
# What a relay host says that does not take our mail at all; a loop is one that is ourselves.
_NOT_TAKEN = ("login_required", "tls_failed", "relay_denied", "mail_loop")
_WANTS_TLS = "must issue a starttls"  # what servers that take mail by login say, none that takes anybody's


def outbound_25_blocked(clues: Clues) -> Iterator[Ranked]:
    """The server itself could not connect; queue and log say whether it is everybody."""
    tried = clues.having("server_health.outbound_25_blocked")
    logged, queued = critical(clues.having("mail_log.all_timed_out")), clues.having("mail_queue.all_timed_out")
    queued += _never_down(clues, "unreachable") or _nowhere_reached(clues)
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
        "mail_queue.name_service",
        "mail_queue.all_timed_out",
        "mail_queue.raised",
        "mail_queue.normal",
        "mail_log.none_arrived",
        "mail_log.most_came_back",
        "mail_log.most_came_back_unclear",
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


def _nowhere_reached(clues: Clues) -> tuple[Finding, ...]:
    """Mail for several companies waits since none can be reached, and the server itself just now reached no other."""
    outbound, queue = clues.health.outbound if clues.health else None, clues.queue
    if not outbound or outbound.reached != "unreachable" or not queue or queue.distinct_domains < _SEVERAL:
        return ()
    return clues.most_wait_for("unreachable")


def _turned_away_by_the_relayhost(clues: Clues) -> tuple[str, ...]:
    """All mail leaves through one server: whoever asks us for a login or for encryption is that one. A refused login
    needs no other proof that there is one."""
    refusals = clues.refused_by_others(*(_NOT_TAKEN if clues.relayhost else ("login_required",)))
    gone = clues.log.delivered_outside if clues.log else 0
    return tuple(each.reason for each in refusals if each.count > gone)


def _got_out(clues: Clues) -> bool:
    return bool(clues.health and clues.health.outbound and clues.health.outbound.reached == "open")


def _finds_names(clues: Clues) -> bool:
    return bool(clues.health and clues.health.resolving and clues.health.resolving.answered)
