"""Do our mails prove who sent them: SPF, DKIM and DMARC, evaluated for the addresses our mail really leaves from."""

from __future__ import annotations

from core.check import Check
from core.checks.sender_auth.facts import Facts
from core.checks.sender_auth.judge import judge
from core.checks.sender_auth.measure import ask_early, measure

_NOT_PASSED = ("domain", "address", "source", "record", "term", "proposed")
_KEY = ("domain", "name")

CHECK: Check[Facts] = Check(
    id="sender_auth",
    needs=(("domain",),),
    codes={
        "sender_auth.requirements_met": ("domain",),
        "sender_auth.no_such_domain": ("domain",),
        "sender_auth.spf_pass": ("domain", "addresses", "record", "lookups"),
        "sender_auth.spf_fail": _NOT_PASSED,
        "sender_auth.spf_softfail": _NOT_PASSED,
        "sender_auth.spf_neutral": _NOT_PASSED,
        "sender_auth.spf_missing": ("domain", "proposed"),
        "sender_auth.spf_unreadable": ("domain", "record", "proposed"),
        "sender_auth.spf_two_records": ("domain", "records", "proposed", "dropped", "costs", "steps"),
        "sender_auth.spf_permerror": (
            "domain",
            "record",
            "problem",
            "term",
            "lookups",
            "void_lookups",
            "proposed",
            "dropped",
            "costs",
            "steps",
        ),
        "sender_auth.spf_too_open": ("domain", "record", "term", "proposed"),
        "sender_auth.spf_sends_nothing": ("domain", "record"),
        "sender_auth.spf_not_evaluated": ("domain", "record", "lookups"),
        "sender_auth.spf_unknown": ("domain", "reason"),
        "sender_auth.spf_helo_fail": ("domain", "name", "address", "result"),
        "sender_auth.dkim_key_found": ("domain", "selectors"),
        "sender_auth.dkim_key_missing": _KEY,
        "sender_auth.dkim_key_revoked": _KEY,
        "sender_auth.dkim_key_broken": _KEY,
        "sender_auth.dkim_key_weak": _KEY,
        "sender_auth.dkim_not_asked": _KEY,
        "sender_auth.dkim_unknown": ("domain", "asked"),
        "sender_auth.dmarc_ok": ("domain", "policy", "record", "reports"),
        "sender_auth.dmarc_missing": ("domain", "name", "proposed"),
        "sender_auth.dmarc_broken": ("domain", "name", "record", "faults", "proposed"),
        "sender_auth.dmarc_unknown": ("domain", "reason"),
        "sender_auth.dmarc_reports_refused": ("domain", "receiver", "name", "proposed"),
        "sender_auth.dmarc_against_us": ("domain", "policy"),
        "sender_auth.message_signed": ("domain", "signers"),
        "sender_auth.message_signed_new_kind": ("domain", "signers"),
        "sender_auth.message_signature_bad": ("domain", "signer", "selector", "problem"),
        "sender_auth.message_signature_unknown": ("domain", "problems"),
        "sender_auth.message_not_aligned": ("domain", "from_domain", "signers", "envelope"),
        "sender_auth.message_unsigned": ("domain",),
        "sender_auth.message_not_travelled": ("domain",),
        "sender_auth.message_forwarded": ("domain", "from_domain"),
        "sender_auth.ipv6_path_bad": ("domain", "addresses", "good", "proposed"),
    },
    time_limit=30.0,
    measure=measure,
    judge=judge,
    early=ask_early,
    uses_server=True,
)
