"""What lies at the other end, or passes: a wrong address, a full mailbox, a server that is down, a greylist."""

from __future__ import annotations

from collections.abc import Iterator

from core.diagnosis.clues import Clues, codes_of, said_by_the_recipient, value_list
from core.diagnosis.hearsay import seen_besides
from core.diagnosis.ranking import CONSEQUENCE, RISK, SUSPICION, Ranked
from core.diagnosis.rules.refusals import named_a_dead_list
from core.model import Cause, Certainty, Finding, Values, WhoActs

# Reasons that lie with the address or the server at the other end; and what their filter says of one message.
_THEIR_REASONS = ("user_unknown", "address_closed", "domain_cannot_receive", "recipient_refuses", "server_trouble",
                  "unreachable", "mail_loop")  # fmt: skip
_OURSELVES = frozenset({"local", "virtual", "lmtp"})  # Postfix's own deliveries
_THEIR_FILTER = ("looks_like_spam", "policy_refused", "attachment_blocked", "message_too_big", "virus_found",
                 "bad_message_format", "sender_refused", "tls_failed", "dns_problem",
                 "suppressed_by_service")  # fmt: skip


def greylisted_wait(clues: Clues) -> Iterator[Ranked]:
    """A temporary answer that passes by itself. In the log of any day there are some: alone they explain nothing."""
    waiting, logged = clues.bounced("greylisted", "delayed"), clues.having("mail_log.greylisted")
    young = clues.having("mail_queue.young", "mail_queue.one_domain")
    if clues.context.target.symptom != "checkup" or not clues.seen("mail_queue.normal"):  # on any good day some wait
        waiting += clues.most_wait_for("greylisted")
    if waiting:
        yield CONSEQUENCE, Cause("greylisted_wait", "likely", "wait", codes_of(waiting + logged))
    elif logged and (young or clues.context.target.symptom == "slow"):
        yield SUSPICION, Cause("greylisted_wait", "possible", "wait", codes_of(logged + young))
    elif clues.context.target.symptom != "checkup" and (few := _waits_among_others(clues)):
        yield SUSPICION, Cause("greylisted_wait", "possible", "wait", codes_of(few))


def _waits_among_others(clues: Clues) -> tuple[Finding, ...]:
    """A letter waits for a greylist now. On an ordinary day too; who misses one may be told, not a whole company."""
    target = clues.context.target
    if target.affected == "everyone" or target.recipients == "all":
        return ()
    waiting = any(each.reason == "greylisted" for each in (clues.queue.reasons if clues.queue else ()))
    return clues.having("mail_queue.normal", "mail_queue.raised", "mail_queue.young") if waiting else ()


def mailbox_full(clues: Clues) -> Iterator[Ranked]:
    """The receiving mailbox has no room: ours when the address is in our domain."""
    full = clues.bounced("mailbox_full") + clues.most_wait_for("mailbox_full")
    if not full:
        return
    ours = {name.lower() for name in (clues.context.target.domain, *clues.context.target.also_domain) if name}
    whose = {name.rpartition("@")[2].lower() for name in value_list(full, "recipients")}
    if not whose and clues.queue:
        whose = {each.name.lower() for each in clues.queue.recipient_domains[:1]}
    who: WhoActs = "you" if ours & whose else "recipient"
    seen = clues.having("mail_log.over_quota", "server_health.mailboxes_full") if who == "you" else ()
    sure = seen or seen_besides(full, clues) or clues.refused_by_others("mailbox_full")
    certainty: Certainty = "confirmed" if sure else "likely"
    yield CONSEQUENCE, Cause("mailbox_full", certainty, who, codes_of(full + seen))


def recipient_side(clues: Clues) -> Iterator[Ranked]:
    """A bounce whose reason lies with the address or the other server, or a server that asks a dead list."""
    theirs = clues.bounced(*_THEIR_REASONS) + _their_own_server_denies(clues)
    content = clues.bounced(*_THEIR_FILTER)
    unclear = () if theirs or content else clues.bounced("unclear")
    words = [code.partition(".")[2] for code in codes_of(theirs + content)]
    dead = named_a_dead_list(clues)
    if dead:
        words = [*words, "dead_list"]
    if theirs or dead:
        values: Values = {"reasons": words}
        who: WhoActs = "you" if _all_ours(theirs, clues) else "recipient"
        yield CONSEQUENCE, Cause("recipient_side", "likely", who, codes_of(theirs + dead + content), values)
    elif content:  # their filter dislikes this message; why, only they can say
        yield SUSPICION, Cause("recipient_side", "possible", "recipient", codes_of(content), {"reasons": words})
    elif unclear:  # somebody refused it; why, only they can say
        yield SUSPICION, Cause("recipient_side", "possible", "recipient", codes_of(unclear), {"reasons": ["unclear"]})
    elif returned := _came_back(clues):  # wrong addresses, or an old list of them
        values = {"reasons": value_list(returned, "reasons")}
        rank = SUSPICION if clues.about_mail_going_out else RISK
        yield rank, Cause("recipient_side", "possible", "recipient", codes_of(returned), values)
    elif one := _one_domain_waits(clues):
        values = {"reasons": ["server_trouble"]}
        yield SUSPICION, Cause("recipient_side", "possible", "recipient", codes_of(one), values)


def _all_ours(findings: tuple[Finding, ...], clues: Clues) -> bool:
    """Whether the addresses that could not be reached are our own: nobody else can look after them."""
    target = clues.context.target
    ours = {name.lower() for name in (target.domain, *target.also_domain) if name}
    names = {name.rpartition("@")[2].lower() for name in value_list(findings, "recipients")}
    return bool(names) and names <= ours


def _came_back(clues: Clues) -> tuple[Finding, ...]:
    """Most mail came back from others; or some, and the person says that one recipient alone is affected."""
    some = clues.having("mail_log.some_came_back") if clues.context.target.recipients == "one" else ()
    returned = clues.having("mail_log.most_came_back") + some
    reasons = value_list(returned, "reasons")
    told = [each for each in (clues.log.refusals if clues.log else ()) if each.by == "them" and each.reason in reasons]
    # What our own server could not put away (a notice to nobody) says nothing of them.
    ours = told and all(each.machines and set(each.machines) <= _OURSELVES for each in told)
    return () if ours else returned


def _their_own_server_denies(clues: Clues) -> tuple[Finding, ...]:
    """The recipient's own server calls the recipient a stranger's: it was moved, or is set wrongly."""
    return tuple(each for each in clues.bounced("relay_denied") if said_by_the_recipient(each))


def _one_domain_waits(clues: Clues) -> tuple[Finding, ...]:
    """Mail for one domain alone waits. It is theirs when the person says so, or when our mail reaches all others."""
    one = clues.having("mail_queue.one_domain")
    if clues.context.target.recipients == "one":
        if not one and clues.all_that_waits_is_for_one_domain:
            one = clues.having("mail_queue.young", "mail_queue.normal", "mail_queue.old")
        return one or _one_company_failed(clues)
    gone = clues.log.delivered_outside if clues.log else 0
    theirs = bool(clues.queue and _domain_of(one) not in clues.queue.own_domains)
    return one if gone and theirs and clues.about_mail_going_out else ()


def _one_company_failed(clues: Clues) -> tuple[Finding, ...]:
    """What tells of the log, where letters to one company alone had to wait while others arrived."""
    failed = clues.refused_by_others(*_THEIR_REASONS)
    machines = {machine for each in failed for machine in each.machines}
    reached = bool(clues.log and clues.log.delivered_outside)
    return clues.having("mail_log.ordinary", "mail_log.some_came_back") if reached and len(machines) == 1 else ()


def _domain_of(one: tuple[Finding, ...]) -> str:
    return str(one[0].values.get("domain", "")) if one else ""
