"""Verifies the DKIM signatures (RFC 6376) of one message with keys that were fetched before: asks nobody itself.

The library is made for mail servers with limits of their own; here the message and the keys are a stranger's, so what
would make it count for minutes is turned away first ("not_readable").
"""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Mapping

import dkim
from dkim.util import InvalidTagValueList

from core.checks.sender_auth.facts import Lookup, SignatureState
from core.checks.sender_auth.records import key_state, rsa_bits, tags

MOST_SIGNATURES = 5
_LONGEST_BLANKS, _MOST_KEY_BITS, _LONGEST_TAG, _MOST_HEADERS = 200, 8192, 3000, 500
_LONGEST_HEADERS = 64 * 1024


Verified = tuple[str, str, SignatureState]


def verify_signatures(message: str, keys: Mapping[tuple[str, str], Lookup]) -> tuple[Verified, ...]:
    """(domain, selector, how it went) of each signature, the newest first. `keys`: by domain and selector.

    `message` as it was pasted: where characters outside ASCII stand in it, its first bytes may have been others, and a
    body that does not fit proves nothing ("not_checkable").
    """
    raw = message.encode("utf-8", "backslashreplace")
    try:
        signed = dkim.DKIM(raw)
    except (dkim.DKIMException, IndexError):
        return ()
    own = [value for name, value in signed.headers if name.lower() == b"dkim-signature"][:MOST_SIGNATURES]
    found = []
    for number, value in enumerate(own):
        named = tags(re.sub(r"\r?\n[ \t]+", " ", value.decode("ascii", "replace")))
        place = named.get("d", "").lower(), named.get("s", "").lower()
        state = _state(signed, number, keys.get(place)) if _is_tame(raw, signed, value) else "not_readable"
        exact = state != "body_differs" or message.isascii()
        found.append((*place, state if exact else "not_checkable"))
    return tuple(found)


def _is_tame(raw: bytes, signed: dkim.DKIM, value: bytes) -> bool:
    """Whether the library is done with it in an instant."""
    head = raw.replace(b"\r\n", b"\n").partition(b"\n\n")[0]
    blanks = max((len(run) for run in re.findall(rb"[ \t]+", raw)), default=0)
    few = len(signed.headers) <= _MOST_HEADERS and len(head) <= _LONGEST_HEADERS
    return few and blanks <= _LONGEST_BLANKS and len(value) <= _LONGEST_TAG


def _state(signed: dkim.DKIM, number: int, key: Lookup | None) -> SignatureState:
    if key is None or key.error:
        return "key_not_asked"
    if not key.records or key_state(key.records) in ("none", "revoked"):
        return "no_key"
    record = next((text for text in key.records if "p" in tags(text)), "")
    if tags(record).get("k", "rsa").lower() != "rsa":
        return "other_key"
    if not _is_usable(record):
        return "key_unusable"
    try:
        fits = signed.verify(number, dnsfunc=lambda name, timeout=5: record.encode("ascii", "replace"))
    except dkim.ValidationError as error:
        return "body_differs" if str(error).startswith("body hash mismatch") else _field_fault(str(error))
    except dkim.KeyFormatError:
        return "key_unusable"
    except (dkim.DKIMException, InvalidTagValueList, ValueError, KeyError, IndexError, AssertionError):
        return "not_readable"
    return "pass" if fits else "wrong"


def _field_fault(said: str) -> SignatureState:
    return "out_of_date" if said.startswith(("x= value is past", "t= value is in the future")) else "not_readable"


def _is_usable(record: str) -> bool:
    """An RSA key of an ordinary length."""
    try:
        key = base64.b64decode(re.sub(r"\s", "", tags(record).get("p", "")), validate=True)
    except (binascii.Error, ValueError):
        return False
    return 1024 <= rsa_bits(key) <= _MOST_KEY_BITS
