"""Why others turn our mail away, as lists, bounces and the queue tell it."""

from __future__ import annotations

from collections.abc import Iterator

from core.diagnosis.clues import Clues, codes_of, value_list
from core.diagnosis.ranking import CONSEQUENCE, Ranked
from core.knowledge.dnsbl import dead_list_of
from core.knowledge.domain_names import plain_domain, registrable_domain
from core.model import Cause, Certainty, Finding

# Lists anyone may ask, by the word a refusal's rules know them under, and their names.
PUBLIC_LISTS = {"spamhaus": "Spamhaus", "spamcop": "SpamCop", "barracuda": "Barracuda"}


def address_listed(clues: Clues) -> Iterator[Ranked]:
    """A self-tested list names our sending address. The queue's or a bounce's refusal points the same way."""
    listed = clues.having("dnsbl.listed")
    ours = tuple(finding for finding in listed if not _at_another_company(finding, clues))
    if ours:
        zones = value_list(ours, "list_name") or value_list(ours, "zone")
        yield CONSEQUENCE, Cause("address_listed", "confirmed", "you", codes_of(ours), {"zones": zones})
    elif not listed and (refused := clues.having("mail_queue.blocked_using_list")):
        zones = [zone for zone in value_list(refused, "zone") if dead_list_of(zone) is None]
        if zones:
            yield CONSEQUENCE, Cause("address_listed", "likely", "you", codes_of(refused), {"zones": zones})
    elif not listed and (bounced := clues.bounced("ip_blocked")):
        zones = [PUBLIC_LISTS[name] for name in value_list(bounced, "provider") if name in PUBLIC_LISTS]
        if zones:  # what the refusal says; our own look at the lists may say otherwise, or could not be taken
            certainty: Certainty = "possible" if clues.seen("dnsbl.clean", "dnsbl.clean_major") else "likely"
            yield CONSEQUENCE, Cause("address_listed", certainty, "you", codes_of(bounced), {"zones": zones})


def shared_host_listed(clues: Clues) -> Iterator[Ranked]:
    """The listed address is that of a server under another company's name, and nobody here can log in to it."""
    theirs = tuple(finding for finding in clues.having("dnsbl.listed") if _at_another_company(finding, clues))
    if theirs:
        zones = value_list(theirs, "list_name") or value_list(theirs, "zone")
        values = {"zones": zones, "addresses": value_list(theirs, "address")}
        yield CONSEQUENCE, Cause("shared_host_listed", "likely", "hosting_company", codes_of(theirs), values)


def domain_listed(clues: Clues) -> Iterator[Ranked]:
    """A self-tested list names our domain: other servers and other addresses would be refused the same."""
    if listed := clues.having("dnsbl.domain_listed"):
        values = {"zones": value_list(listed, "list_name"), "domains": value_list(listed, "domain")}
        yield CONSEQUENCE, Cause("domain_listed", "confirmed", "you", codes_of(listed), values)


def provider_blocked(clues: Clues) -> Iterator[Ranked]:
    """A bounce speaks of a private list, and no public list shows our address."""
    blocked = clues.bounced("ip_blocked", "bad_reputation")
    names = value_list(blocked, "provider")
    if blocked and not clues.seen("dnsbl.listed") and not set(names) & PUBLIC_LISTS.keys():
        providers = {"providers": names or ["unknown"]}
        yield CONSEQUENCE, Cause("provider_blocked", "likely", "you", codes_of(blocked), providers)


def rate_limited(clues: Clues) -> Iterator[Ranked]:
    """The other side asks us to slow down."""
    if slowed := clues.bounced("rate_limited"):
        yield CONSEQUENCE, Cause("rate_limited", "likely", "wait", codes_of(slowed))


def greylisted_wait(clues: Clues) -> Iterator[Ranked]:
    """A temporary answer that passes by itself."""
    if waiting := clues.bounced("greylisted", "delayed"):
        yield CONSEQUENCE, Cause("greylisted_wait", "likely", "wait", codes_of(waiting))


def mailbox_full(clues: Clues) -> Iterator[Ranked]:
    """The receiving mailbox has no room."""
    if full := clues.bounced("mailbox_full"):
        yield CONSEQUENCE, Cause("mailbox_full", "confirmed", "recipient", codes_of(full))


def recipient_side(clues: Clues) -> Iterator[Ranked]:
    """A bounce whose reason lies with the address or the other server, or a server that asks a dead list."""
    reasons = ("user_unknown", "address_closed", "domain_cannot_receive", "recipient_refuses", "server_trouble")
    theirs = clues.bounced(*reasons)
    words = [code.partition(".")[2] for code in codes_of(theirs)]
    if dead := _named_a_dead_list(clues):
        theirs, words = theirs + dead, [*words, "dead_list"]
    if theirs:
        yield CONSEQUENCE, Cause("recipient_side", "likely", "recipient", codes_of(theirs), {"reasons": words})


def _named_a_dead_list(clues: Clues) -> tuple[Finding, ...]:
    """Refusals by a list that has ended: nothing that we repair would help."""
    queued = clues.having("mail_queue.blocked_using_list")
    dead = tuple(finding for finding in queued if any(dead_list_of(zone) for zone in value_list([finding], "zone")))
    return clues.having("dnsbl.dead_list_in_refusal") or dead


def _at_another_company(finding: Finding, clues: Clues) -> bool:
    """The address stands in MX records whose server's name is not ours, and there is no login to it."""
    target, address = clues.context.target, finding.values.get("address")
    if target.ssh or not target.domain:
        return False
    ours = {registrable_domain(plain_domain(name)) for name in (target.domain, *target.also_domain)}
    names = [
        host.name for host in clues.context.mail_hosts if address in host.addresses and host.preference is not None
    ]
    return bool(names) and all(registrable_domain(plain_domain(name)) not in ours for name in names)
