"""Mail that leaves over IPv6 from an address without a name or with a bad one, while IPv4 is in order."""

from __future__ import annotations

import re
from collections.abc import Iterator

from core.diagnosis.clues import Clues, codes_of, value_list
from core.diagnosis.hearsay import seen_besides
from core.diagnosis.ranking import RISK, ROOT, SUSPICION, Ranked
from core.model import Cause, Certainty, Finding, Values

# An address in the words of a refusal: "Client host [2001:db8::25] blocked".
_NAMED = re.compile(r"\[(?:IPv6:)?((?:\d{1,3}\.){3}\d{1,3}|[0-9a-f]{1,4}:[0-9a-f:.]{2,40})\]", re.I)


def ipv6_path_bad(clues: Clues) -> Iterator[Ranked]:
    """The IPv6 address is without name or listed while IPv4 is in order; a refusal that names it makes it the cause."""
    bad = clues.having("dns_health.ipv6_path_bad", "sender_auth.ipv6_path_bad")
    refused = tuple(each for each in _refusals(clues) if ":" in _sending(each))
    refused += _named_in_log(value_list(bad, "addresses"), clues)
    refused += clues.queue_names([f"[{address}]" for address in value_list(bad, "addresses")])
    if not bad and (over := _refused_over_ipv6(clues)):
        yield (
            ROOT,
            Cause("ipv6_path_bad", "likely", "you", codes_of(over), {"addresses": [_sending(each) for each in over]}),
        )
    elif not bad and (only := _only_over_ipv6(clues)):
        told = clues.having("mail_log.refused_listed", "mail_log.refused_reputation", "mail_log.refused_reverse_dns")
        yield ROOT, Cause("ipv6_path_bad", "likely", "you", codes_of(told), {"addresses": only})
    elif not bad and (listed := _only_ipv6_listed(clues)):
        codes = codes_of(listed + refused)
        rank = ROOT if clues.about_mail_going_out else RISK
        yield rank, Cause("ipv6_path_bad", "likely", "you", codes, {"addresses": value_list(listed, "address")})
    if bad:
        values: Values = {"addresses": value_list(bad, "addresses") or ["?"]}
        sure = seen_besides(bad + refused, clues)
        certainty: Certainty = "possible" if not refused else "confirmed" if sure else "likely"
        rank = ROOT if refused else SUSPICION if clues.about_mail_going_out else RISK
        yield rank, Cause("ipv6_path_bad", certainty, "you", codes_of(bad + refused), values)


def _refused_over_ipv6(clues: Clues) -> tuple[Finding, ...]:
    """Refusals of an IPv6 address for what an address can be refused for, while the lists know no address of ours."""
    refused = clues.bounced("ip_blocked", "bad_reputation", "reverse_dns_missing")
    return () if clues.seen("dnsbl.listed") else tuple(each for each in refused if ":" in _sending(each))


def _sending(refusal: Finding) -> str:
    return str(refusal.values.get("sending_address") or "")


def _only_ipv6_listed(clues: Clues) -> tuple[Finding, ...]:
    """Lists name an IPv6 address of ours, and none of the IPv4 addresses that we have as well."""
    listed = clues.having("dnsbl.listed")
    both = any(":" not in one.address for one in clues.context.addresses)
    return listed if both and listed and all(":" in str(each.values.get("address")) for each in listed) else ()


def _only_over_ipv6(clues: Clues) -> list[str]:
    """Our IPv6 addresses, when every refusal that names an address names one of those, and the lists know no IPv4
    address of ours."""
    refusals = clues.refused_by_others("ip_blocked", "bad_reputation", "reverse_dns_missing", "policy_refused")
    named = [found for each in refusals for found in _NAMED.findall(each.example.rpartition(" said: ")[2])]
    if not named or any(":" not in each for each in named) or clues.seen("dnsbl.listed"):
        return []
    return list(dict.fromkeys(named))[:5]


def _refusals(clues: Clues) -> tuple[Finding, ...]:
    bounced = tuple(each for each in clues.findings if each.code.startswith("bounce.") and each.severity.value != "ok")
    return tuple(each for each in bounced if each not in clues.told_by_us)


def _named_in_log(addresses: list[str], clues: Clues) -> tuple[Finding, ...]:
    """Refusals of the log whose words name one of these addresses of ours."""
    refused = tuple(each for each in clues.findings if each.code.startswith("mail_log.refused_"))
    return tuple(
        each for each in refused if any(f"[{one}]" in str(each.values.get("example", "")).lower() for one in addresses)
    )
