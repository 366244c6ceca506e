"""An account of ours in another's hands: as the log, the queue or our own provider's refusal tells."""

from __future__ import annotations

import re
from collections.abc import Iterator

from core.diagnosis.clues import Clues, critical
from core.diagnosis.hearsay import seen_besides
from core.diagnosis.ranking import ROOT, SUSPICION, Ranked
from core.diagnosis.rules.spam import TRACES, is_web, leading_senders, with_traces
from core.model import Cause, Certainty, Finding

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


def account_hijacked(clues: Clues) -> Iterator[Ranked]:
    """The log shows an account that sends as no person does. A queue alone is a suspicion."""
    abused = critical(clues.having("mail_log.account_abused"))
    for finding in abused:
        certainty: Certainty = "confirmed" if seen_besides(clues.having(*TRACES), clues) else "likely"
        yield ROOT, _hijacked(finding, "name", certainty, clues)
    doubtful = clues.having("mail_log.account_suspicious")
    for finding in doubtful:
        if _leads_queue_to_strangers(str(finding.values.get("name", "")), clues):
            yield ROOT, _hijacked(finding, "name", "likely", clues)
        else:
            yield SUSPICION, _hijacked(finding, "name", "possible", clues)
    for finding in _locked(clues):
        of = clues.context.target.domain or "?"
        yield ROOT, Cause("account_hijacked", "likely", "you", with_traces((finding,), clues), {"sender": of})
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
    for finding in leading_senders(clues) + (mass if listed else ()):
        local, _, domain = str(finding.values.get("sender", "")).partition("@")
        if not is_web(local) and _is_ours(domain, clues):
            yield ROOT if strangers else SUSPICION, _hijacked(finding, "sender", "possible", clues)


def _many_for_one(clues: Clues) -> Iterator[Ranked]:
    """More waits under the name of one of us than a person writes, and it is not our own way out that is shut. A
    mailing looks like that too, so that it is a suspicion, for somebody who misses mail."""
    queue = clues.queue
    ours_shut = ("mail_queue.all_timed_out", "mail_queue.name_service", "mail_queue.newsletter")
    if not queue or queue.recipients < _WAITING or clues.context.target.symptom == "checkup" or clues.seen(*ours_shut):
        return
    for finding in leading_senders(clues):
        local, _, domain = str(finding.values.get("sender", "")).partition("@")
        if not is_web(local) and _is_ours(domain, clues):
            yield SUSPICION, _hijacked(finding, "sender", "possible", clues)


def _leads_queue_to_strangers(account: str, clues: Clues) -> bool:
    """Log and queue point at the same account, though neither alone is enough."""
    local = account.partition("@")[0].lower()
    leading = {str(each.values.get("sender", "")).partition("@")[0].lower() for each in leading_senders(clues)}
    return local in leading and clues.seen("mail_queue.strangers")


def _hijacked(finding: Finding, name: str, certainty: Certainty, clues: Clues) -> Cause:
    sender = str(finding.values.get(name, ""))
    # How a password may have become known. Alone it is a danger that accuses nobody, and no reason why mail stops.
    readable = clues.having("smtp_banner.login_in_clear")
    return Cause("account_hijacked", certainty, "you", with_traces((finding, *readable), clues), {"sender": sender})


def _is_ours(domain: str, clues: Clues) -> bool:
    target = clues.context.target
    return bool(domain) and domain.lower() in {name.lower() for name in (target.domain, *target.also_domain) if name}
