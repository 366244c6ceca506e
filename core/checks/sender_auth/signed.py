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
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from dkim.util import InvalidTagValueList

from core.checks.sender_auth.facts import SignatureState
from core.checks.sender_auth.records import key_state, rsa_bits, tags
from core.lookup import Lookup

MOST_SIGNATURES = 5
_LONGEST_BLANKS, _MOST_KEY_BITS, _LONGEST_TAG, _MOST_HEADERS = 200, 8192, 3000, 500
_LONGEST_HEADERS = 64 * 1024


Verified = tuple[str, str, SignatureState, bool]


def verify_signatures(message: str, keys: Mapping[tuple[str, str], Lookup]) -> tuple[Verified, ...]:
    """(domain, selector, how it went, whether it is of the Ed25519 kind) of each signature, the newest first. `keys`:
    by domain and selector.

    `message` as it was pasted: where characters outside ASCII stand in it, its first bytes may have been others, and a
    body that does not fit proves nothing ("not_checkable").
    """
    raw = message.encode("utf-8", "backslashreplace")
    try:
        signed = _Signed(raw)
    except (dkim.DKIMException, IndexError):
        return ()
    own = [value for name, value in signed.headers if name.lower() == b"dkim-signature"][:MOST_SIGNATURES]
    found = []
    for number, value in enumerate(own):
        named = tags(re.sub(r"\r?\n[ \t]+", " ", value.decode("ascii", "replace")))
        place = named.get("d", "").lower(), named.get("s", "").lower()
        state = _state(signed, number, keys.get(place)) if _is_tame(raw, signed, value) else "not_readable"
        exact = state != "body_differs" or message.isascii()
        found.append((*place, state if exact else "not_checkable", named.get("a", "").lower().startswith("ed25519")))
    return tuple(found)


class _Signed(dkim.DKIM):  # type: ignore[misc]
    """The library's message, with Ed25519 (RFC 8463) by `cryptography`, which we ship anyway; the library's own way
    would need libsodium beside it."""

    def verify_ed25519(self, number: int, key: bytes) -> bool:
        """Whether signature `number` was made with this public key (32 bytes). Raises as `verify` does."""
        fields, include, headers = self.verify_headerprep(number)
        if fields[b"a"] != b"ed25519-sha256":
            return False
        verifier = _Ed25519(key)
        self.pk, self.keysize, self.ktag, self.seqtlsrpt = verifier, 256, b"ed25519", False
        self.verify_sig_process(fields, include, headers[number], None)
        return verifier.fits


class _Ed25519:
    """What the library takes for a key of libsodium. Keeps the result: the library's own handling needs libsodium."""

    def __init__(self, key: bytes) -> None:
        self._key = Ed25519PublicKey.from_public_bytes(key)
        self.fits = False

    def verify(self, digest: bytes, signature: bytes) -> None:
        """Note whether `signature` fits the digest of the signed headers."""
        try:
            self._key.verify(signature, digest)
        except InvalidSignature:
            return
        self.fits = True


def _is_tame(raw: bytes, signed: _Signed, value: bytes) -> bool:
    """Whether the library is done with it in an instant, and may be asked: it takes a signature that leaves out the
    author, which receivers must ignore (RFC 6376 section 6.1.1)."""
    named = tags(re.sub(r"\s+", " ", value[:_LONGEST_TAG].decode("ascii", "replace"))).get("h", "")
    if "from" not in [name.strip().lower() for name in named.split(":")]:
        return False
    head = raw.replace(b"\r\n", b"\n").partition(b"\n\n")[0]
    blanks = max((len(run) for run in re.findall(rb"[ \t]+", raw)), default=0)
    few = len(signed.headers) <= _MOST_HEADERS and len(head) <= _LONGEST_HEADERS
    return few and blanks <= _LONGEST_BLANKS and len(value) <= _LONGEST_TAG


def _state(signed: _Signed, number: int, key: Lookup | None) -> SignatureState:
    if key is None or key.error:
        return "key_not_asked"
    if not key.records or key_state(key.records) in ("none", "revoked"):
        return "no_key"
    record = next((text for text in key.records if "p" in tags(text)), "")
    kind = tags(record).get("k", "rsa").lower()
    if kind not in ("rsa", "ed25519"):
        return "other_key"
    if not _is_usable(record):
        return "key_unusable"
    try:
        if kind == "ed25519":
            fits = signed.verify_ed25519(number, _key_bytes(record))
        else:
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
    """An RSA key of an ordinary length, or an Ed25519 key; meant for mail, and for the only hash in use (RFC 8301)."""
    for name, ours in (("s", {"*", "email"}), ("h", {"sha256"})):
        allowed = tags(record).get(name)
        if allowed and ours.isdisjoint(word.strip().lower() for word in allowed.split(":")):
            return False
    try:
        key = _key_bytes(record)
    except (binascii.Error, ValueError):
        return False
    if tags(record).get("k", "rsa").lower() == "ed25519":
        return len(key) == 32
    return 1024 <= rsa_bits(key) <= _MOST_KEY_BITS


def _key_bytes(record: str) -> bytes:
    return base64.b64decode(re.sub(r"\s", "", tags(record).get("p", "")), validate=True)
