"""What the DNS and the registry say about our domain and our addresses."""

from __future__ import annotations

from collections.abc import Iterator

from core.diagnosis.clues import Clues, codes_of, critical, value_list
from core.diagnosis.ranking import RISK, ROOT, SUSPICION, Ranked
from core.model import Cause, Certainty

# Findings of `sender_auth` with which receivers refuse mail; a missing SPF record alone may be made up for by DKIM.
_NO_PROOF = (
    "spf_fail", "spf_permerror", "spf_two_records", "spf_unreadable", "dmarc_against_us",
    "dkim_key_missing", "dkim_key_revoked", "dkim_key_broken",
)  # fmt: skip


def domain_expired(clues: Clues) -> Iterator[Ranked]:
    """The registry's word confirms it; a name the DNS does not know is only a suspicion of it."""
    ended = clues.having(*(f"domain_life.{code}" for code in ("expired", "being_deleted", "on_hold", "not_registered")))
    parked = clues.having("domain_life.parked")
    gone = clues.having("dns_health.no_such_domain")
    if not (ended or parked or gone):
        return
    # A date alone can be late (a registry that renews by itself); with the DNS gone as well it is the cause.
    sure = clues.seen("domain_life.being_deleted", "domain_life.on_hold") or (ended and (gone or parked))
    certainty: Certainty = "confirmed" if sure else "likely" if ended or parked else "possible"
    yield ROOT, Cause("domain_expired", certainty, "domain_company", codes_of(ended + parked + gone))


def dns_moved(clues: Clues) -> Iterator[Ranked]:
    """The MX is missing or leads nowhere, or the name servers disagree; an old answer still remembered suggests it."""
    codes = (
        "no_mx", "null_mx", "mx_is_address", "mx_has_no_address", "mx_private", "servers_disagree", "server_lame",
        "delegation_differs", "resolver_differs",
    )  # fmt: skip
    wrong = clues.having(*(f"dns_health.{code}" for code in codes))
    if bad := critical(wrong):
        yield ROOT, Cause("dns_moved", "likely", "domain_company", codes_of(bad))
    elif moving := clues.having("dns_health.resolver_differs", "dns_health.delegation_differs"):
        yield SUSPICION, Cause("dns_moved", "possible", "domain_company", codes_of(moving))


def sender_auth_failing(clues: Clues) -> Iterator[Ranked]:
    """A bounce says so, the DNS shows it for an address that mail surely leaves from, or both: then it is sure."""
    refused = clues.bounced("sender_auth_failed")
    wrong = critical(clues.having(*(f"sender_auth.{code}" for code in _NO_PROOF)))
    missing = critical(clues.having("sender_auth.spf_missing"))
    codes = codes_of(refused + wrong + missing)
    if refused:
        certainty: Certainty = "confirmed" if wrong or missing else "likely"
        yield ROOT, Cause("sender_auth_failing", certainty, "domain_company", codes)
    elif wrong and clues.about_mail_going_out:
        yield ROOT, Cause("sender_auth_failing", "likely", "domain_company", codes)
    elif wrong or missing:
        rank = SUSPICION if clues.about_mail_going_out else RISK
        yield rank, Cause("sender_auth_failing", "possible", "domain_company", codes)


def ptr_or_helo_wrong(clues: Clues) -> Iterator[Ranked]:
    """A bounce names it (then it is the cause), or DNS shows it (then it is a risk, or a suspicion)."""
    wrong = clues.having("dns_health.ptr_missing", "dns_health.ptr_not_confirmed")
    refused = clues.bounced("reverse_dns_missing", "helo_refused")
    if not wrong and not refused:
        return
    values = {"addresses": value_list(wrong, "address") or ["?"]}
    codes = codes_of(refused + wrong)
    if refused:
        yield ROOT, Cause("ptr_or_helo_wrong", "likely", "hosting_company", codes, values)
    else:
        rank = SUSPICION if clues.about_mail_going_out else RISK
        yield rank, Cause("ptr_or_helo_wrong", "possible", "hosting_company", codes, values)
