"""What others miss in the mail we bring: our domain's proof, our address's name, an IPv6 address that is in order."""

from __future__ import annotations

import re
from collections.abc import Iterator

from core.diagnosis.clues import Clues, codes_of, critical, value_list
from core.diagnosis.hearsay import seen_besides
from core.diagnosis.ranking import RISK, ROOT, SUSPICION, Ranked
from core.model import Cause, Certainty, Finding, Values, WhoActs

# Findings of `sender_auth` with which receivers refuse mail; a missing SPF record alone may be made up for by DKIM.
_NO_PROOF = (
    "spf_fail", "spf_permerror", "spf_two_records", "spf_unreadable", "dmarc_against_us",
    "dkim_key_missing", "dkim_key_revoked", "dkim_key_broken", "message_not_aligned",
)  # fmt: skip
# With one of these our own proof is not in order.
_DOUBTS = (*_NO_PROOF, "spf_softfail", "spf_neutral", "spf_missing", "dkim_key_weak", "message_signature_bad")
# An address in the words of a refusal: "Client host [2001:db8::25] blocked".
_NAMED = re.compile(r"\[(?:IPv6:)?((?:\d{1,3}\.){3}\d{1,3}|[0-9a-f]{1,4}:[0-9a-f:.]{2,40})\]", re.I)
# Whose mail it is that a refusal misses the proof of: "Unauthenticated email from example.com is not accepted".
_UNPROVEN = re.compile(r"unauthenticated e?-?mail from ([a-z0-9-]+(?:\.[a-z0-9-]+)+)", re.I)


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


def forwarding_breaks_auth(clues: Clues) -> Iterator[Ranked]:
    """What was refused was written by somebody else and passed on by us: our own proof is not what failed."""
    passed_on = clues.having("sender_auth.message_forwarded") + _others_named(clues)
    logged = clues.having("mail_log.forwarding_refused")
    settings = clues.having("server_health.forwards_outside")
    refused = clues.bounced("sender_auth_failed", "looks_like_spam", "bad_reputation", "policy_refused")
    if passed_on or logged:
        certainty: Certainty = "confirmed" if passed_on and refused and settings else "likely"
        codes = codes_of(passed_on + logged + settings + refused)
        rank = ROOT if refused or logged else SUSPICION
        yield rank, Cause("forwarding_breaks_auth", certainty, "you", codes)
    elif settings and (others := _others_unproven(clues)):
        yield ROOT, Cause("forwarding_breaks_auth", "likely", "you", codes_of(others + settings))


def _others_named(clues: Clues) -> tuple[Finding, ...]:
    """Refusals for want of proof that name another's domain: we only passed that mail on."""
    target = clues.context.target
    ours = [name.lower() for name in (target.domain, *target.also_domain) if name]
    refused = clues.bounced("sender_auth_failed") if ours else ()
    named = [(each, _UNPROVEN.search(str(each.values.get("said", "")))) for each in refused]
    return tuple(each for each, found in named if found and not _under(found[1].lower(), ours))


def _under(name: str, domains: list[str]) -> bool:
    return any(name == domain or name.endswith(f".{domain}") for domain in domains)


def _others_unproven(clues: Clues) -> tuple[Finding, ...]:
    """Refusals for want of proof that do not name our domain, while our own proof was looked at and is in order: not
    every mail program's log says which mail was passed on."""
    refused = clues.having("mail_log.refused_sender_auth")
    domain = (clues.context.target.domain or "").lower()
    proven = clues.seen("sender_auth.spf_pass") and not clues.having(*(f"sender_auth.{code}" for code in _DOUBTS))
    ours = any(domain in each.example.lower() for each in clues.refused_by_others("sender_auth_failed"))
    return refused if proven and domain and not ours else ()


def sender_auth_failing(clues: Clues) -> Iterator[Ranked]:
    """A refusal says so, the DNS shows it for an address that mail surely leaves from, or both: then it is sure."""
    # Another's mail: its refusal is not about our proof.
    passed_on = clues.seen("sender_auth.message_forwarded") or _others_named(clues)
    refused = () if passed_on else clues.bounced("sender_auth_failed")
    refused += critical(clues.having("mail_log.refused_sender_auth")) + clues.most_wait_for("sender_auth_failed")
    wrong = critical(clues.having(*(f"sender_auth.{code}" for code in _NO_PROOF)))
    missing = critical(clues.having("sender_auth.spf_missing"))
    if refused:  # a broken signature alone does not stop mail; beside a refusal it is why
        wrong += clues.having("sender_auth.message_signature_bad")
    if not (refused or wrong or missing):
        yield from _perhaps_for_want_of_proof(clues)
        return
    codes = codes_of(refused + wrong + missing)
    going_out = clues.about_mail_going_out
    sure = refused and (wrong or missing) and seen_besides(refused + wrong + missing, clues)
    certainty: Certainty = "confirmed" if sure else "likely"
    rank = ROOT
    if not refused and not (wrong and going_out):
        certainty, rank = "possible", SUSPICION if going_out else RISK
    yield rank, Cause("sender_auth_failing", certainty, "domain_company", codes)


def _perhaps_for_want_of_proof(clues: Clues) -> Iterator[Ranked]:
    """A receiver dislikes a letter and does not say why, and our proof is not in order, as far as it could be seen."""
    vague = clues.bounced("looks_like_spam", "policy_refused", "unclear")
    doubts = clues.having(*(f"sender_auth.{code}" for code in (*_NO_PROOF, "spf_missing")))
    if vague and doubts and not clues.seen("sender_auth.message_forwarded", "sender_auth.spf_pass"):
        yield SUSPICION, Cause("sender_auth_failing", "possible", "domain_company", codes_of(vague + doubts))


def ptr_or_helo_wrong(clues: Clues) -> Iterator[Ranked]:
    """A refusal names it (then it is the cause), or DNS shows it (then it is a risk, or a suspicion)."""
    reverse = clues.having(*(f"dns_health.{code}" for code in ("ptr_missing", "ptr_not_confirmed", "ptr_generic")))
    reverse = tuple(each for each in reverse if each.severity.value in ("critical", "warning"))
    hello = clues.having("dns_health.helo_unknown", "dns_health.helo_differs", "sender_auth.spf_helo_fail")
    refused = clues.bounced("reverse_dns_missing", "helo_refused")
    refused += clues.having("mail_log.refused_reverse_dns") + clues.most_wait_for("reverse_dns_missing")
    if not reverse and not hello and not refused:
        return
    values: Values = {"addresses": value_list(reverse, "address") or ["?"]}
    # The name the server gives itself is its own setting; the address's name is the hosting company's.
    who: WhoActs = "you" if _about_the_greeting(clues, bool(hello and not reverse)) else "hosting_company"
    codes = codes_of(refused + reverse + hello)
    if refused:
        sure = (reverse or hello) and seen_besides(refused + reverse + hello, clues)
        certainty: Certainty = "confirmed" if sure else "likely"
        yield ROOT, Cause("ptr_or_helo_wrong", certainty, who, codes, values)
    elif reverse or critical(hello):
        rank = SUSPICION if clues.about_mail_going_out else RISK
        yield rank, Cause("ptr_or_helo_wrong", "possible", who, codes, values)


def _about_the_greeting(clues: Clues, shown: bool) -> bool:
    """What the refusals speak of decides; without any, what the DNS shows."""
    greeting = clues.bounced("helo_refused") or clues.refused_by_others("helo_refused")
    address = clues.bounced("reverse_dns_missing") or clues.refused_by_others("reverse_dns_missing")
    return bool(greeting and not address) if greeting or address else shown


def _refusals(clues: Clues) -> tuple[Finding, ...]:
    bounced = tuple(each for each in clues.findings if each.code.startswith("bounce.") and each.severity.value != "ok")
    return tuple(each for each in bounced if each not in clues.told_by_us)


def _named_in_log(addresses: list[str], clues: Clues) -> tuple[Finding, ...]:
    """Refusals of the log whose words name one of these addresses of ours."""
    refused = tuple(each for each in clues.findings if each.code.startswith("mail_log.refused_"))
    return tuple(
        each for each in refused if any(f"[{one}]" in str(each.values.get("example", "")).lower() for one in addresses)
    )
