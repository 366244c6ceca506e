"""Signatures of the newer kind (Ed25519, RFC 8463): the RFC's own example, changed ones, and one beside RSA."""

from __future__ import annotations

import base64
import hashlib
from datetime import UTC, datetime

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from core.checks.sender_auth import CHECK
from core.checks.sender_auth.facts import Facts, Message, Signature, SignatureState
from core.checks.sender_auth.signed import verify_signatures
from core.lookup import Lookup

# RFC 8463 appendix A: the key and the message, signed with Ed25519.
ED25519_KEY = "v=DKIM1; k=ed25519; p=11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo="
MESSAGE = """\
DKIM-Signature: v=1; a=ed25519-sha256; c=relaxed/relaxed;
 d=football.example.com; i=@football.example.com;
 q=dns/txt; s=brisbane; t=1528637909; h=from : to :
 subject : date : message-id : from : subject : date;
 bh=2jUSOH9NhtVGCQWNr9BrIAPreKQjO6Sn7XIkfJVOzv8=;
 b=/gCrinpcQOoIfuHNQIbq4pgh9kyIK3AQUdt9OdqQehSwhEIug4D11Bus
 Fa3bT3FY5OsU7ZbnKELq+eXdp1Q1Dw==
From: Joe SixPack <joe@football.example.com>
To: Suzie Q <suzie@shopping.example.net>
Subject: Is dinner ready?
Date: Fri, 11 Jul 2003 21:00:37 -0700 (PDT)
Message-ID: <20030712040037.46341.5F8J@football.example.com>

Hi.

We lost the game.  Are you hungry yet?

Joe.
"""
PLACE = ("football.example.com", "brisbane")


def state(message: str = MESSAGE, key: str = ED25519_KEY) -> str:
    """How verifying the one signature went."""
    ((_, _, how, ed25519),) = verify_signatures(message, {PLACE: Lookup("x", "TXT", (key,), "NOERROR")})
    assert ed25519 is ("a=ed25519" in message)
    return how


def test_the_example_of_the_rfc_is_genuine() -> None:
    assert state() == "pass"


@pytest.mark.parametrize(
    ("message", "key", "expected"),
    [
        (MESSAGE.replace("dinner", "supper"), ED25519_KEY, "wrong"),
        (MESSAGE.replace("lost", "won"), ED25519_KEY, "body_differs"),
        (MESSAGE, ED25519_KEY.replace("11qY", "11qZ"), "wrong"),
        (MESSAGE, ED25519_KEY.replace("URo=", ""), "key_unusable"),
        (MESSAGE.replace("ed25519-sha256", "rsa-sha256"), ED25519_KEY, "wrong"),
        (MESSAGE.replace("Fa3bT3FY5OsU7ZbnKELq+eXdp1Q1Dw==", "AA=="), ED25519_KEY, "wrong"),
        (MESSAGE, f"{ED25519_KEY}; h=sha1; s=other", "key_unusable"),
        (MESSAGE, f"{ED25519_KEY}; s=tlsrpt", "key_unusable"),
        (MESSAGE, f"{ED25519_KEY}; h=sha1 : sha256; s=email", "pass"),
    ],
    ids=["header", "body", "other-key", "short-key", "other-kind", "short-signature", "hash", "service", "both"],
)
def test_what_does_not_fit_is_told(message: str, key: str, expected: str) -> None:
    assert state(message, key) == expected


def signed_without_author(names: str) -> tuple[str, str]:
    """A message whose signature is genuine and covers only the headers `names`, and the key's record."""
    key = Ed25519PrivateKey.generate()
    public = key.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
    hashed = base64.b64encode(hashlib.sha256(b"Hi\r\n").digest()).decode()
    place = f"d={PLACE[0]}; s={PLACE[1]}"
    field = f"DKIM-Signature: v=1; a=ed25519-sha256; c=simple/simple; {place}; h={names}; bh={hashed}; b="
    headers = {"from": "From: joe@football.example.com", "to": "To: suzie@shopping.example.net"}
    digest = hashlib.sha256("\r\n".join([*(headers[name] for name in names.split(":")), field]).encode()).digest()
    text = "\r\n".join([field + base64.b64encode(key.sign(digest)).decode(), *headers.values(), "", "Hi", ""])
    return text, f"v=DKIM1; k=ed25519; p={base64.b64encode(public).decode()}"


def test_a_signature_that_leaves_out_the_author_is_no_proof() -> None:
    assert state(*signed_without_author("from:to")) == "pass"
    assert state(*signed_without_author("to")) == "not_readable"


NOW = datetime(2026, 11, 22, tzinfo=UTC)


@pytest.mark.parametrize(
    ("rsa", "ed25519", "code"),
    [
        ("pass", "pass", "message_signed"),
        ("pass", "wrong", "message_signed"),
        ("wrong", "pass", "message_signature_bad"),
        (None, "pass", "message_signed_new_kind"),
        (None, "wrong", "message_signature_bad"),
    ],
)
def test_of_two_kinds_the_older_counts(rsa: SignatureState | None, ed25519: SignatureState, code: str) -> None:
    signatures: tuple[Signature, ...] = (Signature("midori.example", "ed", ed25519, True),)
    signatures += (Signature("midori.example", "rsa", rsa),) if rsa else ()
    message = Message("midori.example", "midori.example", False, True, True, signatures, None)
    nothing = Lookup("midori.example", "TXT", (), "NOERROR")
    facts = Facts(NOW, "192.0.2.53:53", "midori.example", nothing, None, (), (), (), nothing, None, (), (), message)
    found = [one.code.partition(".")[2] for one in CHECK.judge(facts) if one.code.startswith("sender_auth.message")]
    assert found == [code]
