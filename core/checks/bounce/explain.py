"""One recipient's fate and reason, from everything a bounce says about it."""

from __future__ import annotations

from dataclasses import dataclass, replace

from core.checks.bounce.facts import Action, Recipient, RefusedBy
from core.checks.bounce.report_part import ReportedRecipient
from core.checks.bounce.wording import Said
from core.knowledge.replies import Reason, explain_reply, who_acts_for
from core.knowledge.reply_rules import ReasonWord
from core.model import WhoActs

_ACTIONS: dict[str, Action] = {
    "failed": "failed", "failure": "failed", "delayed": "delayed", "delivered": "delivered", "relayed": "relayed",
    "expanded": "expanded", "deliverable": "delivered",
}  # fmt: skip
_STRENGTH = {"provider": 0, "software": 0, "words": 1, "status": 2, "nothing": 4}
# While our server still tries, there is nothing to do about these but wait.
_WAITABLE: frozenset[ReasonWord] = frozenset(
    {"mailbox_full", "rate_limited", "greylisted", "dns_problem", "unreachable", "server_trouble", "delayed"}
)
# What a mail program is told by its own outgoing server: a line alone does not say whose words these are.
_OFTEN_OUR_OWN: frozenset[ReasonWord] = frozenset({"login_required", "relay_denied"})
MOST_QUOTE = 1000


@dataclass(frozen=True, slots=True)
class Setting:
    """What holds for every recipient of one bounce: who reports, and whether it says that it still tries."""

    reporting_mta: str = ""
    still_tried: bool = False
    our_domains: frozenset[str] = frozenset()  # of the returned mail's sender; empty where nobody says


def reported_recipient(reported: ReportedRecipient, said: Said | None, transcript: str, setting: Setting) -> Recipient:
    """From the machine-readable fields; the human part helps only where they give no clear reason."""
    domain = reported.final_recipient.rpartition("@")[2].lower() or None
    host = reported.remote_mta or None
    texts = [reported.diagnostic_code, transcript, said.words if said else ""]
    reason = best_reason([text for text in texts if text.strip()] or [""], host, reported.status or None, domain)
    action = _ACTIONS.get(reported.action) or ("delayed" if setting.still_tried else "failed")
    by: RefusedBy = "own_server" if reported.diagnostic_type not in ("", "smtp") else "unknown"
    quote = reported.diagnostic_code or reason.reply.quote
    return _recipient(reported.final_recipient, reported.original_recipient, action, reason, quote, by, setting)


def said_recipient(address: str, texts: list[str], host: str | None, setting: Setting) -> Recipient:
    """From words alone. The first text is what is said of this very address."""
    domain = address.rpartition("@")[2].lower() or None
    reason = best_reason([text for text in texts if text.strip()] or [""], host, None, domain)
    action: Action = "delayed" if setting.still_tried else "failed"
    return _recipient(address, "", action, reason, reason.reply.quote, "unknown", setting)


def best_reason(texts: list[str], host: str | None, status: str | None, domain: str | None) -> Reason:
    """The surest reading of several texts: an earlier one wins unless a later one knows more."""
    best: Reason | None = None
    for text in texts:
        reason = explain_reply(text, host, status, domain)
        if best is None or _weakness(reason) < _weakness(best):
            best = reason
        if _weakness(best) < 2:
            break
    assert best is not None
    return best


def _weakness(reason: Reason) -> int:
    """A refusal "by policy" is what is left when nothing exact was said."""
    return 3 if reason.word == "policy_refused" and reason.decided_by != "provider" else _STRENGTH[reason.decided_by]


def _recipient(
    address: str, original: str, action: Action, reason: Reason, quote: str, by: RefusedBy, setting: Setting
) -> Recipient:
    if _is_foreign_and_unrouteable(address, reason, setting):
        reason = replace(reason, word="domain_cannot_receive", who_acts=who_acts_for("domain_cannot_receive"))
    word, who = _word_and_mover(action, reason)
    reply = reason.reply
    if by == "unknown" and reply.code and (reply.host or reason.word not in _OFTEN_OUR_OWN):
        by = "remote"
    return Recipient(
        final_recipient=address[:320],
        action=action,
        reason=word,
        permanent=reason.permanent and word not in ("delayed", "delivered"),
        who_acts=who,
        original_recipient=original[:320] or None,
        status=reply.enhanced,
        reply_code=reply.code,
        remote_mta=reply.host,
        reporting_mta=setting.reporting_mta or None,
        diagnostic_code=quote[:MOST_QUOTE],
        refused_by=by,
        decided_by=reason.decided_by,
        provider=reason.provider,
        playbook=reason.playbook,
        link=reason.link,
    )


def _is_foreign_and_unrouteable(address: str, reason: Reason, setting: Setting) -> bool:
    """Our own Exim's two words: for our domain the name left of the @ is unknown, for a foreign one its domain is."""
    said_here = reason.reply.code is None and reason.reply.words.strip(" .") == "unrouteable address"
    return said_here and bool(address) and address.rpartition("@")[2].lower() not in setting.our_domains


def _word_and_mover(action: Action, reason: Reason) -> tuple[ReasonWord, WhoActs]:
    if action in ("delivered", "relayed", "expanded"):
        return "delivered", "wait"
    if action == "delayed" and (
        reason.word == "unclear" or (reason.word, reason.decided_by) == ("policy_refused", "words")
    ):
        return "delayed", "wait"
    if action == "delayed" and reason.word in _WAITABLE:
        return reason.word, "wait"
    return reason.word, reason.who_acts or who_acts_for(reason.word)
