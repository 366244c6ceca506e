"""Signatures of the newer kind (Ed25519, RFC 8463): the RFC's own example, changed ones, and one beside RSA."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from core.checks.sender_auth import CHECK
from core.checks.sender_auth.facts import Facts, Lookup, Message, Signature, SignatureState
from core.checks.sender_auth.signed import verify_signatures

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
    ],
    ids=["header", "body", "other-key", "short-key", "other-kind", "short-signature"],
)
def test_what_does_not_fit_is_told(message: str, key: str, expected: str) -> None:
    assert state(message, key) == expected


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
