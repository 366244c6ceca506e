"""What our own server answered to those who write to us, as a customer's returned mail tells it.

The words are ours, so they speak of our server: a disk, a helper, a list, a setting. Nothing else may be known of it.
"""

from __future__ import annotations

from collections.abc import Iterator

from core.diagnosis.clues import Clues, codes_of, value_list
from core.diagnosis.ranking import ROOT, SUSPICION, Ranked
from core.knowledge.dnsbl import dead_list_of
from core.knowledge.domain_names import plain_domain, registrable_domain
from core.knowledge.log_troubles import trouble_of
from core.model import Cause, Certainty, Finding

_LISTED = "bounce.ip_blocked"
_STRICT = (
    "bounce.policy_refused", "bounce.bad_reputation", "bounce.looks_like_spam", "bounce.reverse_dns_missing",
    "bounce.helo_refused", "bounce.sender_auth_failed", "bounce.sender_refused",
)  # fmt: skip
_NOT_FOUND = ("not found", "not exist", "resolve", "lookup")
# What lists answer to those who may not ask them (Spamhaus 127.255.255.x), as servers quote it.
_NOT_ANSWERED = ("open resolver", "127.255.255.", "query refused", "excessive number of queries")


def disk_full_told(clues: Clues) -> Iterator[Ranked]:
    """Our server says that it has no room."""
    full = tuple(each for each in clues.told_by_us if _no_room(each))
    if full:
        yield ROOT, Cause("disk_full", "likely", "you", codes_of(full), {"places": ["?"]})


def helper_down_told(clues: Clues) -> Iterator[Ranked]:
    """Our server asks to come again: it has trouble within itself, most often with a program it asks."""
    trouble = _coded(clues, "bounce.server_trouble", "bounce.dns_problem") + _unclear(clues, permanent=False)
    trouble = tuple(each for each in trouble if not _no_room(each) and not _list_not_answering(each))
    if trouble:
        yield ROOT, Cause("helper_down", "likely", "you", codes_of(trouble), {"helpers": ["?"]})


def own_filter_told(clues: Clues) -> Iterator[Ranked]:
    """Our server holds a customer for a spammer, or does not know that our domain is its own."""
    listed, strict = _coded(clues, _LISTED), _coded(clues, *_STRICT) + _unclear(clues, permanent=True)
    stranger = _coded(clues, "bounce.relay_denied", "bounce.mail_loop")
    dead = tuple(each for each in clues.told_by_us if _list_not_answering(each))
    if dead:
        zones = list(dict.fromkeys(zone for each in dead for zone in _dead_zones(each)))
        yield ROOT, Cause("own_filter_rejects_all", "likely", "you", codes_of(dead), {"zones": zones or ["?"]})
    elif stranger and not _mail_host_is_ours(clues):
        yield ROOT, Cause("dns_moved", "possible", "domain_company", codes_of(stranger))
    elif stranger:
        values = {"zones": [str(stranger[0].values.get("said") or "?")[:80]]}
        yield ROOT, Cause("own_filter_rejects_all", "possible", "you", codes_of(stranger), {**values})
    elif nobody := _nobody_is_known(clues):
        cause: Cause = Cause("dns_moved", "possible", "domain_company", codes_of(nobody))
        if _mail_host_is_ours(clues):
            said = str(nobody[0].values.get("said") or "?")[:80]
            cause = Cause("own_filter_rejects_all", "possible", "you", codes_of(nobody), {"zones": [said]})
        yield ROOT, cause
    elif turned := listed + strict:
        values = {"zones": [str(turned[0].values.get("said") or "?")[:80]]}
        yield SUSPICION, Cause("own_filter_rejects_all", "possible", "you", codes_of(turned), {**values})


def certificate_told(clues: Clues) -> Iterator[Ranked]:
    """A customer's server does not believe the certificate that ours shows."""
    if failed := _coded(clues, "bounce.tls_failed"):
        shown = any("certificate" in _said(each) for each in failed)
        hosts = value_list(failed, "remote_mta") or [host.name for host in clues.context.mail_hosts[:2]] or ["?"]
        certainty: Certainty = "likely" if shown else "possible"
        rank = ROOT if shown else SUSPICION
        yield rank, Cause("certificate_expired", certainty, "you", codes_of(failed), {"hosts": [*hosts]})


def not_reached_told(clues: Clues) -> Iterator[Ranked]:
    """Others found no way to our server, or not our name; we may find both by now."""
    if shut := _coded(clues, "bounce.unreachable"):
        here = clues.having("smtp_banner.silent", "smtp_banner.silent_line_open", "smtp_banner.refused")
        certainty: Certainty = "likely" if here else "possible"  # we see what they saw
        rank = ROOT if here else SUSPICION
        yield rank, Cause("mail_service_stopped", certainty, "you", codes_of(shut + here))
    if nameless := _not_found_elsewhere(clues) + _coded(clues, "bounce.domain_cannot_receive"):
        yield SUSPICION, Cause("dns_moved", "possible", "domain_company", codes_of(nameless))


def _not_found_elsewhere(clues: Clues) -> tuple[Finding, ...]:
    """Receivers that turn our letters away because they do not find our domain in the DNS."""
    refused = clues.bounced("sender_refused")
    return tuple(
        each for each in refused if "domain" in _said(each) and any(word in _said(each) for word in _NOT_FOUND)
    )


def _coded(clues: Clues, *codes: str) -> tuple[Finding, ...]:
    return tuple(each for each in clues.told_by_us if each.code in codes)


def _nobody_is_known(clues: Clues) -> tuple[Finding, ...]:
    """The server our mail is led to knows none of our people: one unknown name is a slip, all are not."""
    target = clues.context.target
    ours = {name.lower() for name in (target.domain, *target.also_domain) if name}
    if not clues.about_mail_coming_in or (target.affected != "everyone" and target.recipients != "all"):
        return ()
    unknown = clues.having("bounce.user_unknown", "bounce.address_closed")
    names = {name.rpartition("@")[2].lower() for name in value_list(unknown, "recipients")}
    return unknown if names and names <= ours else ()


def _unclear(clues: Clues, *, permanent: bool) -> tuple[Finding, ...]:
    """Refusals of ours without a reason: for good it is a rule of ours, for now it is trouble."""
    return tuple(each for each in _coded(clues, "bounce.unclear") if bool(each.values.get("permanent")) is permanent)


def _said(finding: Finding) -> str:
    return str(finding.values.get("said") or "").lower()


def _no_room(finding: Finding) -> bool:
    return "4.3.1" in _said(finding) or trouble_of(_said(finding)) == "disk_full"


def _list_not_answering(finding: Finding) -> bool:
    """A list that ended, or one that tells our server not to ask it, and our server takes that for "listed"."""
    return any(word in _said(finding) for word in _NOT_ANSWERED) or bool(_dead_zones(finding))


def _dead_zones(finding: Finding) -> list[str]:
    words = (word.strip("().,;:'\"") for word in _said(finding).split())
    return [word for word in words if "." in word and dead_list_of(word) is not None]


def _mail_host_is_ours(clues: Clues) -> bool:
    """Whether mail is led to a machine under our own name; another company's may no longer know our domain."""
    target = clues.context.target
    ours = {registrable_domain(plain_domain(name)) for name in (target.domain, *target.also_domain) if name}
    names = [host.name for host in clues.context.mail_hosts]
    return bool(target.mail_host or not names) or any(registrable_domain(plain_domain(name)) in ours for name in names)
