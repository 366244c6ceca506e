"""Bounces and delay notices that real Postfix, Sendmail, Exim and OpenSMTPD wrote (see `record_real_bounces`)."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from core.checks.bounce import read_bounce
from tests.checks.bounce.record_real_bounces import WAYS, record

REAL = Path(__file__).parent / "samples" / "real"
# The recipient's name told the refusing server what to say, so that the reason is known without any reader.
REASONS = {
    "nobody": {"user_unknown"},
    "missing": {"user_unknown"},
    "relay": {"relay_denied"},
    "full": {"mailbox_full"},
    "big": {"message_too_big"},
    "small": {"message_too_big"},
    "grey": {"greylisted"},
    "tls": {"tls_failed"},
    "ptr": {"reverse_dns_missing"},
    "helo": {"helo_refused"},
    "listed": {"ip_blocked"},
    "virus": {"virus_found"},
    "spam": {"looks_like_spam"},
    "rate": {"rate_limited"},
    "spf": {"sender_auth_failed"},
    "sender": {"sender_refused"},
    "loop": {"mail_loop"},
    "broken": {"server_trouble"},
    "repute": {"bad_reputation"},
    "silent": {"unreachable"},
    "closed": {"unreachable"},
    "nohost": {"domain_cannot_receive"},
}
# OpenSMTPD tells no more of a refused greeting than that the network failed; Exim's notice of a delay tells no reason.
TOLD_LESS = {("os", "repute", "delay"): {"unreachable"}, ("ex", "closed", "delay"): {"delayed"}}
SAMPLES = sorted(REAL.glob("*.eml"))
# Refusals in which the other side names the client.
NAMES_US = ("listed", "ptr", "rate")


def test_every_mail_server_and_reason_was_recorded() -> None:
    names = {tuple(path.stem.split("-")[:2]) for path in SAMPLES}
    assert {program for program, _ in names} == {"pf", "sm", "ex", "os"}
    assert {case for _, case in names} == set(REASONS)


@pytest.mark.parametrize("path", SAMPLES, ids=lambda path: path.stem)
def test_a_real_one_is_understood(path: Path) -> None:
    program, case, kind = path.stem.split("-")
    facts = read_bounce(path.read_bytes())
    assert facts.kind == kind
    (entry,) = facts.recipients
    assert entry.final_recipient.partition("@")[0] == case
    assert entry.action == {"bounce": "failed", "delay": "delayed"}[kind]
    assert entry.reason in TOLD_LESS.get((program, case, kind), REASONS[case])
    assert entry.remote_mta is None or not entry.remote_mta.startswith("203.0.113.")
    if case in NAMES_US:
        assert facts.sending_address is not None and facts.sending_address.startswith("203.0.113.")


@pytest.mark.lab
@pytest.mark.skipif(
    not os.environ.get("MFA_RECORD"), reason="two minutes: set MFA_RECORD=1 to let the servers write anew"
)
def test_what_the_servers_write_today_is_understood(tmp_path: Path) -> None:
    assert record(tmp_path, list(WAYS)) >= 80
    for path in sorted(tmp_path.glob("*.eml")):
        test_a_real_one_is_understood(path)
