"""Why others turn our mail away, as lists, bounces and the queue tell it."""

from __future__ import annotations

from collections.abc import Iterator

from core.diagnosis.clues import Clues, codes_of, value_list
from core.diagnosis.hearsay import seen_besides, strangers
from core.diagnosis.ranking import CONSEQUENCE, SUSPICION, Ranked
from core.diagnosis.rented import on_a_shared_server
from core.knowledge.dnsbl import dead_list_of, load_lists
from core.knowledge.domain_names import plain_domain, registrable_domain
from core.knowledge.reply_rules import large_receivers, mailbox_providers, provider_codes
from core.model import Cause, Certainty, Finding, Values

# Lists anyone may ask, by the word a refusal's rules know them under, and their names.
PUBLIC_LISTS = {"spamhaus": "Spamhaus", "spamcop": "SpamCop", "barracuda": "Barracuda"}


def address_listed(clues: Clues) -> Iterator[Ranked]:
    """A self-tested list names our sending address; refusals in queue, log or bounce point the same way."""
    listed = clues.having("dnsbl.listed")
    ours = tuple(finding for finding in listed if not _at_another_company(finding, clues))
    if unseen := tuple(each for each in ours if _never_seen_outside(each, clues)):
        values: Values = {"zones": value_list(unseen, "list_name") or value_list(unseen, "zone")}
        yield SUSPICION, Cause("address_listed", "possible", "you", codes_of(unseen), values)
    if ours := tuple(each for each in ours if each not in unseen):
        zones = value_list(ours, "list_name") or value_list(ours, "zone")
        refused = clues.having("mail_queue.blocked_using_list", "mail_log.refused_listed") + clues.bounced("ip_blocked")
        # That it stands on a list is seen; that it is ours, a pasted mail alone may say.
        sure: Certainty = "confirmed" if seen_besides(ours, clues) else "likely"
        yield CONSEQUENCE, Cause("address_listed", sure, "you", codes_of(ours + refused), {"zones": zones})
    elif not listed and (told := _told_of_lists(clues)):
        # What a refusal says; our own look at the lists may say otherwise, or could not be taken.
        certainty: Certainty = "possible" if clues.seen("dnsbl.clean", "dnsbl.clean_major") else "likely"
        yield CONSEQUENCE, Cause("address_listed", certainty, "you", codes_of(told[0]), {"zones": told[1]})


def _told_of_lists(clues: Clues) -> tuple[tuple[Finding, ...], list[str]] | None:
    """The refusals that name a public list, and the lists."""
    if queued := clues.having("mail_queue.blocked_using_list"):
        zones = [zone for zone in value_list(queued, "zone") if _is_public(zone)]
        if zones:
            return queued, zones
    for told in (clues.bounced("ip_blocked"), clues.having("mail_log.refused_listed")):
        names = [PUBLIC_LISTS[name] for name in _providers(told) if name in PUBLIC_LISTS]
        if names:
            return told, names
    logged, zones = clues.having("mail_log.refused_listed"), _public_zones_in_log(clues)
    return (logged, zones) if logged and zones else None


def _is_public(zone: str) -> bool:
    """Whether this is a list that anyone may ask: by its zone, or by the name a refusal's rules know it under."""
    known = {one.zone for one in load_lists()}
    return zone in PUBLIC_LISTS or any(zone == one or zone.endswith(f".{one}") for one in known)


def _private_lists_in_queue(clues: Clues) -> tuple[Finding, ...]:
    """Mail waits since lists refuse it which nobody but their owner can look into."""
    queued = clues.having("mail_queue.blocked_using_list")
    zones = [zone for zone in value_list(queued, "zone") if dead_list_of(zone) is None]
    return queued if zones and not any(_is_public(zone) for zone in zones) else ()


def _public_zones_in_log(clues: Clues) -> list[str]:
    """Lists that anyone may ask, by which others refuse us."""
    known = {one.zone for one in load_lists()}
    named = [each.where for each in clues.refused_by_others("ip_blocked")]
    return list(dict.fromkeys(zone for zone in named if zone in known))


def _never_seen_outside(finding: Finding, clues: Clues) -> bool:
    """The server's own address, while its mail leaves through another one."""
    address = finding.values.get("address")
    return any(one.address == address and one.source == "relayed" for one in clues.context.addresses)


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
    """A refusal speaks of a private list, and no public list shows our address."""
    bounced = clues.bounced("ip_blocked", "bad_reputation") + _by_their_own_policy(clues)
    logged = clues.having("mail_log.refused_listed", "mail_log.refused_reputation")
    if not clues.told_by_us and named_a_dead_list(clues):
        bounced = tuple(each for each in bounced if each.code != "bounce.ip_blocked")
    blocked = bounced + tuple(each for each in logged if each.severity.value in ("critical", "warning"))
    private = _private_lists_in_queue(clues)
    blocked += clues.most_wait_for("bad_reputation") + private
    names = _providers(blocked) or [zone for zone in value_list(private, "zone") if zone in provider_codes()]
    public = set(names) & PUBLIC_LISTS.keys() or (not names and _public_zones_in_log(clues))
    if blocked and not clues.seen("dnsbl.listed") and not public:
        values: Values = {"providers": names or ["unknown"]}
        told_now = _of_our_address(bounced, clues) or any(each.severity.value == "critical" for each in logged)
        clean = clues.seen("dnsbl.clean", "dnsbl.clean_major")
        certainty: Certainty = "confirmed" if told_now and names and clean else "likely"
        yield CONSEQUENCE, Cause("provider_blocked", certainty, "you", codes_of(blocked), values)
    elif doubted := _doubted(clues):
        values = {"providers": _providers(doubted)}
        yield SUSPICION, Cause("provider_blocked", "possible", "you", codes_of(doubted), values)


def _of_our_address(bounced: tuple[Finding, ...], clues: Clues) -> bool:
    """Whether a returned mail speaks of an address that something else knows as ours."""
    named = value_list(bounced, "sending_address")
    return bool(set(named) - strangers(clues))


def _by_their_own_policy(clues: Clues) -> tuple[Finding, ...]:
    """Words with which a provider shuts out a sender, and no recipient: the provider's rules know them as ours to
    settle."""
    refused = clues.bounced("policy_refused")
    return tuple(each for each in refused if each.values.get("provider") and each.values.get("who_acts") == "you")


def _doubted(clues: Clues) -> tuple[Finding, ...]:
    """A provider of mailboxes takes a letter for spam, or refuses it for a reason of its own: no colleague there has a
    filter to set. A filter in front of a company doubts us as much as the letter where it names our address."""
    large = large_receivers()
    refused = clues.bounced("looks_like_spam", "policy_refused", "unclear")
    return tuple(
        each
        for each in refused
        if (
            each.code == "bounce.looks_like_spam" and each.values.get("provider") and each.values.get("sending_address")
        )
        or (each.values.get("provider") in mailbox_providers() and not _at_a_company(each, large))
        or _names_our_address(each)
    )


def _names_our_address(finding: Finding) -> bool:
    """A refusal for no reason told that has our address in it speaks of the address, not of the letter."""
    ours = finding.values.get("sending_address")
    return finding.code != "bounce.looks_like_spam" and bool(ours) and str(ours) in str(finding.values.get("said"))


def _at_a_company(finding: Finding, large: frozenset[str]) -> bool:
    """Whether the mailbox is a company's own name at a large provider: there an administrator sets the filter."""
    names = [name.rpartition("@")[2].lower() for name in value_list([finding], "recipients")]
    return bool(names) and not any(name in large for name in names)


def rate_limited(clues: Clues) -> Iterator[Ranked]:
    """The other side asks us to slow down."""
    if slowed := (
        clues.bounced("rate_limited") + clues.having("mail_log.refused_rate") + clues.most_wait_for("rate_limited")
    ):
        certainty: Certainty = "confirmed" if len(slowed) > 1 and seen_besides(slowed, clues) else "likely"
        yield CONSEQUENCE, Cause("rate_limited", certainty, "wait", codes_of(slowed))


def _providers(findings: tuple[Finding, ...]) -> list[str]:
    return list(dict.fromkeys(value_list(findings, "provider") + value_list(findings, "providers")))


def named_a_dead_list(clues: Clues) -> tuple[Finding, ...]:
    """Refusals by a list that has ended: nothing that we repair would help."""
    queued = clues.having("mail_queue.blocked_using_list")
    dead = tuple(finding for finding in queued if any(dead_list_of(zone) for zone in value_list([finding], "zone")))
    in_refusals = () if clues.told_by_us else clues.having("dnsbl.dead_list_in_refusal")
    return in_refusals or dead


def _at_another_company(finding: Finding, clues: Clues) -> bool:
    """The address stands in MX records whose server's name is not ours, and there is no login to it; or it is that of
    the server our own one hands everything to."""
    target, address = clues.context.target, finding.values.get("address")
    if clues.relayhost and clues.own_addresses:
        return address not in clues.own_addresses
    if target.ssh or not target.domain:
        return False
    if not target.own_server and on_a_shared_server(str(address), clues):
        return True
    ours = {registrable_domain(plain_domain(name)) for name in (target.domain, *target.also_domain)}
    names = [
        host.name for host in clues.context.mail_hosts if address in host.addresses and host.preference is not None
    ]
    return bool(names) and all(registrable_domain(plain_domain(name)) not in ours for name in names)
