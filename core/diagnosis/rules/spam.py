"""Strangers who send through our server, by its open door or by the web site on it; and what spam leaves behind."""

from __future__ import annotations

from collections.abc import Iterator

from core.diagnosis.clues import Clues, codes_of, critical
from core.diagnosis.hearsay import seen_besides
from core.diagnosis.ranking import ROOT, SUSPICION, Ranked
from core.model import Cause, Certainty, Finding

# Senders that are programs of a web site, not people.
WEB_SENDERS = ("www-data", "apache", "nobody", "nginx", "httpd", "wwwrun")
# Letters under so many strangers' names are more than a mailing list or a colleague's second address.
_STRANGE_SENDERS, _STRANGE_LETTERS = 5, 30
# What spam leaves behind, whoever sent it.
TRACES = (
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
        codes = codes_of(arrived + settings + accepted + carried + wide + clues.having(*TRACES))
        yield ROOT, Cause("open_relay", certainty, "you", codes)
    elif weaker := clues.having("open_relay.accepted_unknown_vantage", "mail_log.stranger_relayed") + wide:
        yield SUSPICION, Cause("open_relay", "possible", "you", codes_of(weaker))


def web_form_abused(clues: Clues) -> Iterator[Ranked]:
    """The web site's program hands in mail like a spammer (log), or leads the queue."""
    logged = clues.having("mail_log.script_abused")
    queued = tuple(each for each in leading_senders(clues) if is_web(str(each.values.get("sender", ""))))
    if not logged and not queued and (many := _much_from_the_site(clues)):
        values = {"sender": many[0].values.get("name")}
        yield SUSPICION, Cause("web_form_abused", "possible", "you", with_traces(many, clues), values)
    elif not logged and not queued:
        yield from _strangers_from_within(clues)
    if not logged and not queued:
        return
    sender = str(logged[0].values.get("name") if logged else queued[0].values.get("sender"))
    sure = critical(logged) and (queued or seen_besides(clues.having(*TRACES), clues))
    certainty: Certainty = "confirmed" if sure else "likely" if critical(logged) or queued else "possible"
    rank = ROOT if certainty != "possible" else SUSPICION
    yield rank, Cause("web_form_abused", certainty, "you", with_traces(logged + queued, clues), {"sender": sender})


def _much_from_the_site(clues: Clues) -> tuple[Finding, ...]:
    """A mailing under the web program's own name. A shop sends some; it is another thing where people complain of us,
    or spam has left its traces."""
    if clues.context.target.symptom != "complaint" and not clues.seen(*TRACES):
        return ()
    return tuple(each for each in clues.having("mail_log.mailing") if is_web(str(each.values.get("name", ""))))


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


def with_traces(findings: tuple[Finding, ...], clues: Clues) -> tuple[str, ...]:
    """The codes of these findings and of the traces of spam."""
    return codes_of(findings + clues.having(*TRACES))


def leading_senders(clues: Clues) -> tuple[Finding, ...]:
    """What tells that one sender leads the queue."""
    return clues.having("mail_queue.one_sender")


def is_web(sender: str) -> bool:
    """Whether this sender is a program of a web site."""
    return sender.partition("@")[0].lower() in WEB_SENDERS
