"""Who sends through our server what we did not write."""

from __future__ import annotations

from collections.abc import Iterator

from core.diagnosis.clues import Clues, codes_of
from core.diagnosis.ranking import ROOT, Ranked
from core.model import Cause, Certainty, Finding

# Senders that are programs of a web site, not people.
WEB_SENDERS = ("www-data", "apache", "nobody", "nginx", "httpd", "wwwrun")


def open_relay(clues: Clues) -> Iterator[Ranked]:
    """An accepted RCPT is a suspicion until the configuration or an arrival confirms it."""
    accepted, settings = clues.having("open_relay.accepted"), clues.having("open_relay.config_open")
    if accepted or settings:
        consequences = clues.having("mail_queue.long", "mail_queue.strangers", "dnsbl.listed")
        certainty: Certainty = "confirmed" if settings else "possible"
        yield ROOT, Cause("open_relay", certainty, "you", codes_of(settings + accepted + consequences))


def web_form_abused(clues: Clues) -> Iterator[Ranked]:
    """One sender leads the queue, and it is a web site's program."""
    for finding in _leading_senders(clues):
        sender = str(finding.values.get("sender", ""))
        if sender.partition("@")[0].lower() in WEB_SENDERS:
            yield ROOT, Cause("web_form_abused", "likely", "you", codes_of([finding]), {"sender": sender})


def account_hijacked(clues: Clues) -> Iterator[Ranked]:
    """One of our own senders leads a queue to strangers. The log has to confirm it."""
    if not clues.seen("mail_queue.strangers") or clues.seen("open_relay.accepted", "open_relay.config_open"):
        return
    for finding in _leading_senders(clues):
        sender = str(finding.values.get("sender", ""))
        local, _, domain = sender.partition("@")
        if local.lower() not in WEB_SENDERS and _is_ours(domain, clues):
            codes = codes_of((finding, *clues.having("mail_queue.strangers", "mail_queue.long")))
            yield ROOT, Cause("account_hijacked", "possible", "you", codes, {"sender": sender})


def _leading_senders(clues: Clues) -> tuple[Finding, ...]:
    return clues.having("mail_queue.one_sender")


def _is_ours(domain: str, clues: Clues) -> bool:
    target = clues.context.target
    return bool(domain) and domain.lower() in {name.lower() for name in (target.domain, *target.also_domain) if name}
