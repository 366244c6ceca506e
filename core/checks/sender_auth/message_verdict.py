"""What a message itself proves: is a signature good, and does what it vouches for fit the author people see?

DMARC (RFC 7489 section 3.1, RFC 9989) asks for one proof in the author's domain: a good signature (d=), or SPF passed
for the envelope. "Relaxed", the usual way, takes any name under the same registered domain for the same.
"""

from __future__ import annotations

from collections.abc import Iterator

from core.checks.sender_auth.facts import Facts, Message, Signature
from core.checks.sender_auth.records import Dmarc
from core.clean import clean
from core.knowledge.domain_names import registrable_domain
from core.model import Evidence, Finding, Severity, Value

# It proves nothing, and not because of how the message was pasted.
_BAD = ("wrong", "body_differs", "out_of_date")
_UNPROVEN = (*_BAD, "no_key", "key_unusable")


def judge_message(facts: Facts, record: Dmarc | None, policy: str) -> Iterator[Finding]:
    """At most one finding a signature of ours, and one about the whole message. `policy`: our DMARC record's."""
    message = facts.message
    if message is None:
        return
    if not message.ours:
        if message.returned:
            yield _finding(facts, message, "forwarded", Severity.WARNING, from_domain=clean(message.from_domain, 255))
        return
    near = [one for one in message.signatures if _fits(message, one.domain, bool(record and record.strict_dkim))]
    near = [one for one in near if not one.ed25519] or near  # of two kinds, the one that every receiver checks counts
    good = list(dict.fromkeys(clean(one.domain, 255) for one in near if one.state == "pass"))
    if good and all(one.ed25519 for one in near):
        yield _finding(facts, message, "signed_new_kind", Severity.WARNING, signers=good)
        return
    if good:
        yield _finding(facts, message, "signed", Severity.OK, signers=good)
        return
    for one in near:
        if one.state in _BAD:
            values: dict[str, Value] = {"signer": clean(one.domain, 255), "selector": clean(one.selector, 255)}
            yield _finding(facts, message, "signature_bad", Severity.WARNING, **values, problem=one.state)
    yield from _without_good_signature(facts, message, near, record, policy)


def _without_good_signature(
    facts: Facts, message: Message, near: list[Signature], record: Dmarc | None, policy: str
) -> Iterator[Finding]:
    """No signature in the author's domain is good: the envelope decides, or it is not known."""
    unsure = [one.state for one in near if one.state not in _UNPROVEN]
    if unsure:
        problems: list[str] = list(dict.fromkeys(unsure))
        yield _finding(facts, message, "signature_unknown", Severity.UNKNOWN, problems=problems)
    elif _envelope_proves(message, record) is False:
        others = [one.domain for one in message.signatures if one not in near and one.state == "pass"]
        severity = Severity.CRITICAL if policy in ("quarantine", "reject") else Severity.WARNING
        values: dict[str, Value] = {
            "from_domain": clean(message.from_domain, 255),
            "signers": list(dict.fromkeys(clean(domain, 255) for domain in others)) or None,
            "envelope": clean(message.envelope_domain, 255),
        }
        yield _finding(facts, message, "not_aligned", severity, **values)
    elif not message.signatures and not message.returned:
        # A copy from the sender's own folder was never signed: it says nothing about what was sent.
        code, severity = ("unsigned", Severity.WARNING) if message.travelled else ("not_travelled", Severity.UNKNOWN)
        yield _finding(facts, message, code, severity)


def _envelope_proves(message: Message, record: Dmarc | None) -> bool | None:
    """Whether SPF passes in the author's domain; None when the envelope or its SPF result is not known."""
    if not message.envelope_domain:
        return None
    if not _fits(message, message.envelope_domain, bool(record and record.strict_spf)):
        return False
    if message.spf is None or message.spf.result == "temperror":
        return None
    return message.spf.result == "pass"


def _fits(message: Message, domain: str, strict: bool) -> bool:
    if strict:
        return domain == message.from_domain
    return registrable_domain(domain) == registrable_domain(message.from_domain)


def _finding(facts: Facts, message: Message, code: str, severity: Severity, **values: Value) -> Finding:
    said = [f"{one.domain} {one.selector}: {one.state}" for one in message.signatures]
    spf = f"SPF {message.spf.address} {message.spf.result}" if message.spf else ""
    answered = "\n".join(line for line in (f"Return-Path: {message.envelope_domain}", *said, spf) if line)
    evidence = Evidence(f"From: {message.from_domain}", clean(answered, 2000), facts.measured_at)
    return Finding(f"sender_auth.message_{code}", severity, {"domain": facts.domain, **values}, (evidence,))
