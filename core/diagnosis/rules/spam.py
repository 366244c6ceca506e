"""Who sends through our server what we did not write."""

from __future__ import annotations

import re
from collections.abc import Iterator

from core.diagnosis.clues import Clues, codes_of, critical
from core.diagnosis.hearsay import seen_besides
from core.diagnosis.ranking import ROOT, SUSPICION, Ranked
from core.model import Cause, Certainty, Finding

# Senders that are programs of a web site, not people.
WEB_SENDERS = ("www-data", "apache", "nobody", "nginx", "httpd", "wwwrun")
# Letters under so many strangers' names are more than a mailing list or a colleague's second address.
_STRANGE_SENDERS, _STRANGE_LETTERS = 5, 30
_WAITING = 100  # recipients that one person's letters wait for
# Our own provider locked an account of ours for sending spam (Microsoft 365: 5.1.8, 5.7.705), as codes and as words.
_LOCKED_FOR_SPAM = ("microsoft_tenant_blocked",)
_SAYS_LOCKED = re.compile(
    r"bad outbound sender|spam abuse detected|unusual (?:sending )?activity|"
    r"\b(?:outbound|outgoing) (?:e-?mails?|mails?|messages?|smtp|traffic|sending)?\b.{0,60}"
    r"(?:suspended|blocked|disabled|restricted|locked|stopped)|"
    r"\bsending (?:\S+ ){0,3}(?:suspended|disabled|restricted)|"
    r"(?:your|sender.?s?|sending|this) (?:e-?mail |mail |user )?account\b.{0,40}"
    r"(?:compromised|hacked|hijacked|(?:suspended|blocked|locked|disabled|restricted).{0,40}(?:spam|sending|outgoing))",
    re.I,
)
# What spam leaves behind, whoever sent it.
_TRACES = (
    "mail_queue.long", "mail_queue.strangers", "mail_queue.null_senders", "dnsbl.listed", "mail_log.refused_listed",
    "mail_log.refused_reputation", "mail_log.backscatter",
)  # fmt: skip


def open_relay(clues: Clues) -> Iterator[Ranked]:
    """An accepted RCPT is a suspicion until the settings, the log or an arrival confirm it."""
    accepted = clues.having("open_relay.accepted", "open_relay.routes_through")
    settings = clues.having("open_relay.config_open", "server_health.exchange_open_relay")
    carried = clues.having("mail_log.strangers_relayed")
    wide = clues.having("open_relay.trust_too_wide", "open_relay.trusts_gateway")
    arrived = clues.having("open_relay.arrived")  # a stranger's message came through: nothing proves it better
    closed = clues.seen("open_relay.closed", "open_relay.closed_thorough", "open_relay.config_closed")
    if closed and not (accepted or settings or wide or arrived):  # the log tells of the time before the repair
        if still := clues.going_on(carried):
            yield SUSPICION, Cause("open_relay", "possible", "you", codes_of(still))
        return
    if accepted or settings or carried or arrived:
        sure = settings or arrived or (carried and (accepted or wide))
        certainty: Certainty = "confirmed" if sure else "likely" if carried else "possible"
        codes = codes_of(arrived + settings + accepted + carried + wide + clues.having(*_TRACES))
        yield ROOT, Cause("open_relay", certainty, "you", codes)
    elif weaker := clues.having("open_relay.accepted_unknown_vantage", "mail_log.stranger_relayed") + wide:
        yield SUSPICION, Cause("open_relay", "possible", "you", codes_of(weaker))


def web_form_abused(clues: Clues) -> Iterator[Ranked]:
    """The web site's program hands in mail like a spammer (log), or leads the queue."""
    logged = clues.having("mail_log.script_abused")
    queued = tuple(each for each in _leading_senders(clues) if _is_web(str(each.values.get("sender", ""))))
    if not logged and not queued and (many := _much_from_the_site(clues)):
        values = {"sender": many[0].values.get("name")}
        yield SUSPICION, Cause("web_form_abused", "possible", "you", _with_traces(many, clues), values)
    elif not logged and not queued:
        yield from _strangers_from_within(clues)
    if not logged and not queued:
        return
    sender = str(logged[0].values.get("name") if logged else queued[0].values.get("sender"))
    sure = critical(logged) and (queued or seen_besides(clues.having(*_TRACES), clues))
    certainty: Certainty = "confirmed" if sure else "likely" if critical(logged) or queued else "possible"
    rank = ROOT if certainty != "possible" else SUSPICION
    yield rank, Cause("web_form_abused", certainty, "you", _with_traces(logged + queued, clues), {"sender": sender})


def _much_from_the_site(clues: Clues) -> tuple[Finding, ...]:
    """A mailing under the web program's own name. A shop sends some; it is another thing where people complain of us,
    or spam has left its traces."""
    if clues.context.target.symptom != "complaint" and not clues.seen(*_TRACES):
        return ()
    return tuple(each for each in clues.having("mail_log.mailing") if _is_web(str(each.values.get("name", ""))))


def _strangers_from_within(clues: Clues) -> Iterator[Ranked]:
    """Much mail under strangers' names has left, spam has left its traces, and no login, no outside caller and no
    forwarding stands behind it: then a program on the server itself hands it in, most often that of a web site."""
    log, traces = clues.log, clues.having("dnsbl.listed", "mail_log.refused_listed", "mail_log.refused_reputation")
    if (
        not log
        or not traces
        or clues.seen("open_relay.accepted", "open_relay.config_open", "mail_log.strangers_relayed")
    ):
        return
    ours = {
        *log.own_domains,
        *(name.lower() for name in (clues.context.target.domain, *clues.context.target.also_domain) if name),
    }
    foreign = [each for each in log.senders if "@" in each.name and each.name.rpartition("@")[2].lower() not in ours]
    known = sum(each.messages for each in log.identities) + log.forwarded + log.forwarded_refused
    if len(foreign) >= _STRANGE_SENDERS and sum(each.count for each in foreign) - known >= _STRANGE_LETTERS:
        sender = foreign[0].name
        yield ROOT, Cause("web_form_abused", "possible", "you", codes_of(traces), {"sender": sender})


def account_hijacked(clues: Clues) -> Iterator[Ranked]:
    """The log shows an account that sends as no person does. A queue alone is a suspicion."""
    abused = critical(clues.having("mail_log.account_abused"))
    for finding in abused:
        certainty: Certainty = "confirmed" if seen_besides(clues.having(*_TRACES), clues) else "likely"
        yield ROOT, _hijacked(finding, "name", certainty, clues)
    doubtful = clues.having("mail_log.account_suspicious")
    for finding in doubtful:
        if _leads_queue_to_strangers(str(finding.values.get("name", "")), clues):
            yield ROOT, _hijacked(finding, "name", "likely", clues)
        else:
            yield SUSPICION, _hijacked(finding, "name", "possible", clues)
    for finding in _locked(clues):
        of = clues.context.target.domain or "?"
        yield ROOT, Cause("account_hijacked", "likely", "you", _with_traces((finding,), clues), {"sender": of})
    if not abused and not doubtful:
        yield from _hijacked_by_queue(clues)


def _locked(clues: Clues) -> tuple[Finding, ...]:
    """Refusals with which our own provider stops what leaves under our name."""
    refused = tuple(each for each in clues.findings if each.code.startswith("bounce.") and each not in clues.told_by_us)
    return tuple(
        each
        for each in refused
        if each.values.get("playbook") in _LOCKED_FOR_SPAM or _SAYS_LOCKED.search(str(each.values.get("said") or ""))
    )


def _hijacked_by_queue(clues: Clues) -> Iterator[Ranked]:
    """One of our own senders leads a queue to strangers, or a long or mass one while a list names us; the log was not
    read, or did not show who."""
    strangers, mass = clues.seen("mail_queue.strangers"), clues.having("mail_queue.newsletter")
    listed = clues.seen("dnsbl.listed") and (clues.seen("mail_queue.long") or bool(mass))
    listed = listed or bool(mass and clues.context.target.symptom == "complaint")
    if clues.seen("open_relay.accepted", "open_relay.config_open"):
        return
    if not (strangers or listed):
        yield from _many_for_one(clues)
        return
    for finding in _leading_senders(clues) + (mass if listed else ()):
        local, _, domain = str(finding.values.get("sender", "")).partition("@")
        if not _is_web(local) and _is_ours(domain, clues):
            yield ROOT if strangers else SUSPICION, _hijacked(finding, "sender", "possible", clues)


def _many_for_one(clues: Clues) -> Iterator[Ranked]:
    """More waits under the name of one of us than a person writes, and it is not our own way out that is shut. A
    mailing looks like that too, so that it is a suspicion, for somebody who misses mail."""
    queue = clues.queue
    ours_shut = ("mail_queue.all_timed_out", "mail_queue.name_service", "mail_queue.newsletter")
    if not queue or queue.recipients < _WAITING or clues.context.target.symptom == "checkup" or clues.seen(*ours_shut):
        return
    for finding in _leading_senders(clues):
        local, _, domain = str(finding.values.get("sender", "")).partition("@")
        if not _is_web(local) and _is_ours(domain, clues):
            yield SUSPICION, _hijacked(finding, "sender", "possible", clues)


def _leads_queue_to_strangers(account: str, clues: Clues) -> bool:
    """Log and queue point at the same account, though neither alone is enough."""
    local = account.partition("@")[0].lower()
    leading = {str(each.values.get("sender", "")).partition("@")[0].lower() for each in _leading_senders(clues)}
    return local in leading and clues.seen("mail_queue.strangers")


def _hijacked(finding: Finding, name: str, certainty: Certainty, clues: Clues) -> Cause:
    sender = str(finding.values.get(name, ""))
    # How a password may have become known. Alone it is a danger that accuses nobody, and no reason why mail stops.
    readable = clues.having("smtp_banner.login_in_clear")
    return Cause("account_hijacked", certainty, "you", _with_traces((finding, *readable), clues), {"sender": sender})


def _with_traces(findings: tuple[Finding, ...], clues: Clues) -> tuple[str, ...]:
    return codes_of(findings + clues.having(*_TRACES))


def _leading_senders(clues: Clues) -> tuple[Finding, ...]:
    return clues.having("mail_queue.one_sender")


def _is_web(sender: str) -> bool:
    return sender.partition("@")[0].lower() in WEB_SENDERS


def _is_ours(domain: str, clues: Clues) -> bool:
    target = clues.context.target
    return bool(domain) and domain.lower() in {name.lower() for name in (target.domain, *target.also_domain) if name}
