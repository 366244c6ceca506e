"""What the queue's shape says: who leads it, where it goes, why it waits. Pure shares and thresholds."""

from __future__ import annotations

from core.checks.mail_queue.facts import QueueFacts

NULL_SENDER = "<>"
# Below this many messages a share says nothing.
FEWEST = 10
LEADING, NEARLY_ALL, MANY_NULL = 0.5, 0.8, 0.3
# Strangers: so many different domains, each with few recipients.
MANY_DOMAINS, FEW_EACH = 20, 5.0
# A fault of our own line or look-ups shows with several destinations, not with one.
DESTINATIONS = 3
_REFUSED = ("ip_blocked", "bad_reputation", "looks_like_spam", "user_unknown", "rate_limited", "policy_refused")
_FEW_REFUSED = 0.1
# Newsletters reach at least so many domains.
_NEWSLETTER_DOMAINS = 10


def leading_sender(facts: QueueFacts) -> tuple[str, int] | None:
    """The sender of at least half of the mail, and how many; never the null sender."""
    for sender in facts.senders:
        if sender.name != NULL_SENDER:
            leads = listed(facts) >= FEWEST and sender.count >= LEADING * listed(facts)
            return (sender.name, sender.count) if leads else None
    return None


def leading_domain(facts: QueueFacts) -> tuple[str, int] | None:
    """The one domain nearly all recipients belong to, and how many do."""
    for domain in facts.recipient_domains[:1]:
        if listed(facts) >= min(FEWEST, facts.total or 0) and domain.count >= NEARLY_ALL * facts.recipients:
            return domain.name, domain.count
    return None


def share_of(facts: QueueFacts, *reasons: str) -> float:
    """The share of the messages with one of these reasons among all that were put off."""
    waiting = max(1, listed(facts) - facts.active - facts.incoming)
    return min(1.0, sum(each.count for each in facts.reasons if each.reason in reasons) / waiting)


def all_timed_out(facts: QueueFacts) -> bool:
    """Nearly all mail, to several destinations, waits because a connection timed out."""
    waiting = listed(facts) - facts.active - facts.incoming
    several = facts.distinct_domains >= DESTINATIONS and facts.timed_out >= DESTINATIONS
    return several and facts.timed_out >= NEARLY_ALL * waiting


def names_fail(facts: QueueFacts) -> bool:
    """Nearly all mail, to several destinations, waits because a name was not found."""
    return (
        facts.distinct_domains >= DESTINATIONS and share_of(facts, "dns_problem", "domain_cannot_receive") >= NEARLY_ALL
    )


def null_senders_many(facts: QueueFacts) -> bool:
    """Returned mail is a good part of the queue: mostly answers to forged mail (backscatter)."""
    return (facts.total or 0) > FEWEST and facts.null_sender >= max(1.0, MANY_NULL * listed(facts))


def newsletter(facts: QueueFacts) -> bool:
    """One sender of ours, many recipient domains, hardly anything refused or returned."""
    leading = leading_sender(facts)
    if leading is None or leading[1] < NEARLY_ALL * listed(facts) or facts.distinct_domains < _NEWSLETTER_DOMAINS:
        return False
    ours = leading[0].rpartition("@")[2].lower() in facts.own_domains
    returned = facts.null_sender > _FEW_REFUSED * listed(facts)
    return ours and not returned and share_of(facts, *_REFUSED) <= _FEW_REFUSED


def strangers(facts: QueueFacts) -> bool:
    """Many domains with few recipients each, and not the ordinary mail of many people of one company."""
    if facts.distinct_domains < MANY_DOMAINS:
        return False
    if _mostly_foreign_senders(facts):
        return True
    few_each = facts.recipients <= FEW_EACH * facts.distinct_domains
    return few_each and (leading_sender(facts) is not None or not _colleagues(facts))


def _mostly_foreign_senders(facts: QueueFacts) -> bool:
    """Most senders are of other domains: mail of strangers to strangers. Unknown without our own domains."""
    if not facts.own_domains:
        return False
    ours = sum(domain.count for domain in facts.sender_domains if domain.name in facts.own_domains)
    return ours < LEADING * (listed(facts) - facts.null_sender)


def _colleagues(facts: QueueFacts) -> bool:
    """Nearly all senders are of one domain, ours if we know ours, and none of them leads."""
    for domain in facts.sender_domains[:1]:
        if domain.count >= NEARLY_ALL * max(1, listed(facts) - facts.null_sender):
            return not facts.own_domains or domain.name in facts.own_domains
    return False


def listed(facts: QueueFacts) -> int:
    """How many messages the names and reasons were counted from."""
    return facts.active + facts.deferred + facts.hold + facts.frozen + facts.incoming
