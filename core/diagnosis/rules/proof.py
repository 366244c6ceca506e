"""What others miss in the mail we bring: our domain's proof of sender, and our address's name."""

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
# Whose mail it is that a refusal misses the proof of: "Unauthenticated email from example.com is not accepted".
_UNPROVEN = re.compile(r"unauthenticated e?-?mail from ([a-z0-9-]+(?:\.[a-z0-9-]+)+)", re.I)


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
