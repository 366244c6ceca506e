"""What only a pasted mail says: anybody can write one, and name in it any address, any key and any reason.

Pure. A cause is confirmed only where at least one of the things it rests on is more than that: read on our server, or
asked of the DNS about what something else than the mail names too.
"""

from __future__ import annotations

from collections.abc import Iterable

from core.diagnosis.clues import Clues, value_list
from core.model import Finding, Severity

# What the DNS says of keys that a signature in the mail names, and what the mail itself shows.
_KEYS = ("sender_auth.dkim_key_",)
_OF_THE_MAIL = ("bounce.", "sender_auth.message_")
# SPF findings that speak of the record, whoever sends.
_OF_THE_RECORD = ("spf_missing", "spf_permerror", "spf_two_records", "spf_unreadable")
_OF_AN_ADDRESS = ("spf_fail", "spf_softfail", "spf_neutral")


def seen_besides(findings: Iterable[Finding], clues: Clues) -> bool:
    """Whether any of these findings rests on more than a returned or pasted mail."""
    return any(not is_hearsay(each, clues) for each in findings)


def is_hearsay(finding: Finding, clues: Clues) -> bool:
    """Whether this finding rests on nothing but a returned or pasted mail."""
    code = finding.code
    if code.startswith(_OF_THE_MAIL):
        return True
    if code.startswith(_KEYS):  # a key nobody's mail names is a warning at most
        return finding.severity is Severity.CRITICAL
    if code == "sender_auth.dmarc_against_us":
        return _fails_for_strangers_alone(clues)
    about = value_list([finding], "address") or value_list([finding], "addresses")
    return bool(about) and strangers(clues).issuperset(about)


def strangers(clues: Clues) -> frozenset[str]:
    """Addresses called ours by a pasted mail alone: no MX or SPF record, no log, no login and no person names them."""
    told = {one.address for one in clues.context.addresses if one.only_pasted}
    known = {address for host in clues.context.mail_hosts for address in host.addresses}
    known.update(value_list(clues.having("sender_auth.spf_pass"), "addresses"), clues.context.target.address)
    return frozenset(told - known.union(clues.log.our_addresses if clues.log else ()))


def _fails_for_strangers_alone(clues: Clues) -> bool:
    if clues.seen(*(f"sender_auth.{code}" for code in _OF_THE_RECORD)):
        return False
    failed = clues.having(*(f"sender_auth.{code}" for code in _OF_AN_ADDRESS))
    return bool(failed) and strangers(clues).issuperset(value_list(failed, "address"))
