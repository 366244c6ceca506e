"""Reads the three records as text: pure, and patient with what people really publish."""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

from core.clean import clean

LONGEST = 10_000  # characters of one record looked at
LONGEST_LINE = 4_500  # of an SPF record to publish: the longest that is evaluated, and a few addresses more
_ALMOST_SPF = re.compile(r"^(?:\\x[0-9a-f]{2}|[^a-z0-9])*v\s*=?\s*spf\s*1?\b", re.I)
_SIGNATURE = re.compile(r"^[ \t>]*DKIM-Signature[ \t]?:(.{0,4000}(?:\r?\n[ \t>]+\S.{0,1000}){0,40})", re.I | re.M)
_NAME = re.compile(r"[a-z0-9_](?:[a-z0-9_.-]{0,250}[a-z0-9_])?", re.I)
_MAILTO = re.compile(r"mailto:([^\s,!@]{1,64}@([a-z0-9._-]{1,253}))(?:![0-9]+[kmgt]?)?", re.I)
POLICIES = ("none", "quarantine", "reject")
KeyState = Literal["usable", "weak", "revoked", "broken", "none"]


def spf_records(texts: Iterable[str]) -> tuple[str, ...]:
    """The records that count as SPF (RFC 7208 section 4.5), in an order that does not change from answer to answer."""
    return tuple(text for text in sorted(texts) if text.lower() == "v=spf1" or text[:7].lower() == "v=spf1 ")


def almost_spf(texts: Iterable[str]) -> tuple[str, ...]:
    """Records somebody meant as SPF that no receiver takes for it: a blank in front, a wrong sign, a typing error."""
    good = set(spf_records(texts := tuple(texts)))
    return tuple(text for text in texts if text not in good and _ALMOST_SPF.match(text[:40]))


def with_addresses(record: str, addresses: Sequence[str], includes: Sequence[str] = ()) -> str:
    """The SPF record with these addresses allowed: the new terms stand first, so that nothing refuses them before."""
    terms = [term for term in record.split(" ")[1:] if term]
    new = [f"ip6:{one}" if ":" in one else f"ip4:{one}" for one in addresses] + [f"include:{one}" for one in includes]
    known = {term.lstrip("+").lower() for term in terms}
    return " ".join(["v=spf1", *(term for term in new if term.lower() not in known), *terms])


def publishable(line: str) -> str | None:
    """`line` when it may be copied as it is shown; None when it would be cut, or hold codes for hidden characters."""
    return line if clean(line, LONGEST_LINE) == line else None


def new_spf(addresses: Sequence[str], includes: Sequence[str] = ()) -> str:
    """A first SPF record: these senders may, others are suspicious; without any known sender the mail servers may."""
    return with_addresses("v=spf1 ~all" if addresses or includes else "v=spf1 mx ~all", addresses, includes)


def merged_spf(records: Sequence[str]) -> str:
    """One record instead of several: every term once, and of different endings the milder."""
    terms = [term for record in records for term in record.split(" ")[1:] if term]
    endings = [term for term in terms if term.lower().lstrip("+-~?") == "all"]
    redirects = [term for term in terms if term.lower().startswith("redirect=")]
    kept = list(dict.fromkeys(term for term in terms if term not in endings and term not in redirects))
    kept += [f"include:{term.partition('=')[2]}" for term in dict.fromkeys(redirects)]
    ending = endings[0] if len(set(endings)) == 1 else "~all"
    return " ".join(["v=spf1", *kept, ending])


def tags(text: str) -> dict[str, str]:
    """A tag list (RFC 6376 section 3.2): names in lower case, first one wins, blanks around values gone."""
    found: dict[str, str] = {}
    for part in text[:LONGEST].split(";"):
        name, equals, value = part.partition("=")
        if equals and name.strip():
            found.setdefault(name.strip().lower(), value.strip())
    return found


@dataclass(frozen=True)
class Dmarc:
    """A DMARC record as receivers read it. `faults`: words of `sender_auth.dmarc_fault`; empty `policy`: no policy."""

    record: str
    policy: str
    subdomain_policy: str
    reports: tuple[str, ...]  # mail addresses
    strict_dkim: bool  # adkim=s: the signing domain must be the author's own, letter for letter
    strict_spf: bool  # aspf=s: the same of the envelope's
    faults: tuple[str, ...]


def dmarc_records(texts: Iterable[str]) -> tuple[str, ...]:
    """The records somebody meant as DMARC, well written or not."""
    return tuple(text for text in texts if re.match(r"^\W*v\s*=\s*dmarc", text[:40], re.I))


def read_dmarc(record: str) -> Dmarc:
    """One record. Faults in the version or policy make it worthless, one in the report address only loses reports."""
    found = tags(record)
    policy, below = found.get("p", "").lower(), found.get("sp", "").lower()
    wanted = [part.strip() for part in found.get("rua", "").split(",") if part.strip()]
    reports = tuple(match[1] for part in wanted if (match := _MAILTO.fullmatch(part)))
    faults = []
    if not re.match(r"v\s*=\s*DMARC1\s*(;|$)", record):
        faults.append("version")
    if policy not in POLICIES:
        faults.append("no_policy" if not policy else "bad_policy")
    if len(reports) < len(wanted):
        faults.append("report_address")
    usable = policy if policy in POLICIES and "version" not in faults else ""
    strict_dkim, strict_spf = (found.get(tag, "r").lower() == "s" for tag in ("adkim", "aspf"))
    sub_policy = below if below in POLICIES else usable
    return Dmarc(record, usable, sub_policy, reports, strict_dkim, strict_spf, tuple(faults))


def report_domains(record: str) -> tuple[str, ...]:
    """The domains reports go to."""
    return tuple(dict.fromkeys(address.rpartition("@")[2].lower() for address in read_dmarc(record).reports))


def key_state(texts: Sequence[str]) -> KeyState:
    """What stands where a DKIM key may stand. Text that is no key at all (a wildcard's) is "none"."""
    for text in texts:
        found = tags(text)
        if "p" not in found or found.get("v", "DKIM1") != "DKIM1":
            continue
        return _state(found)
    return "none"


def _state(found: dict[str, str]) -> KeyState:
    plain = re.sub(r"\s", "", found["p"])
    if not plain:
        return "revoked"
    try:
        key = base64.b64decode(plain, validate=True)
    except (binascii.Error, ValueError):
        return "broken"
    if found.get("k", "rsa").lower() == "ed25519":
        return "usable" if len(key) == 32 else "broken"
    bits = rsa_bits(key)
    return "broken" if bits < 256 else "weak" if bits < 1024 else "usable"


def rsa_bits(der: bytes) -> int:
    """The length of an RSA key (SubjectPublicKeyInfo, RFC 5280, or bare RSAPublicKey, RFC 8017); 0 when it is none."""
    try:
        tag, first, rest = _element(_element(der)[1])
        if tag == 0x30:
            inner = _element(rest)[1][1:]  # the bit string; its first byte counts unused bits
            tag, first, _ = _element(_element(inner)[1])
    except (IndexError, ValueError):
        return 0
    return int.from_bytes(first, "big").bit_length() if tag == 0x02 else 0


def _element(data: bytes) -> tuple[int, bytes, bytes]:
    """Tag, content and what follows of the first DER element. Raises IndexError or ValueError on what is none."""
    length, start = data[1], 2
    if length & 0x80:
        start += length & 0x7F
        length = int.from_bytes(data[2:start], "big")
    if length > len(data) - start:
        raise ValueError("cut short")
    return data[0], data[start : start + length], data[start + length :]


def signatures(text: str) -> tuple[tuple[str, str], ...]:
    """(domain, selector) of every DKIM signature in a pasted message, the returned one inside a bounce included."""
    found = []
    for header in _SIGNATURE.findall(text[:400_000])[:20]:
        named = tags(re.sub(r"\r?\n[ \t>]+", " ", header))
        domain, selector = named.get("d", ""), named.get("s", "")
        if _NAME.fullmatch(domain) and _NAME.fullmatch(selector):
            found.append((domain.lower(), selector.lower()))
    return tuple(dict.fromkeys(found))
