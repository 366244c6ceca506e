"""What goes to outsiders names no person."""

from __future__ import annotations

from core.checks.mail_log import judge, log_summary, masked
from core.masking import mask_people


def test_the_person_goes_the_domain_stays():
    line = "ABC: client=a[192.0.2.1], sasl_method=PLAIN, sasl_username=taro@example.jp to=<hanako.y@far.example>"
    said = mask_people(line)
    assert "taro" not in said and "hanako" not in said
    assert "t***@example.jp" in said and "h***@far.example" in said and "192.0.2.1" in said


def test_accounts_without_a_domain_are_masked_too():
    assert mask_people("sasl_username=taro") == "sasl_username=t***"
    assert mask_people("authid=taro, mech=LOGIN") == "authid=t***, mech=LOGIN"


def test_nothing_of_a_person_is_left_in_masked_facts_findings_and_summary(real):
    facts = real.facts("postfix-stolen-password")
    for value in (masked(facts), masked(judge(facts)), masked(log_summary(facts))):
        text = repr(value)
        assert "sales@" not in text and "person41@" not in text
        assert "@example.jp" in text


def test_an_account_without_a_domain_is_masked_in_the_summary():
    assert masked({"kind": "account", "name": "taro"}) == {"kind": "account", "name": "t***"}
    assert masked({"kind": "script", "name": "www-data"}) == {"kind": "script", "name": "www-data"}


def test_full_width_punctuation_before_an_address_is_no_part_of_it() -> None:
    assert mask_people("あて先：taro@example.jp、「hanako@example.jp」（jiro@example.jp）") == (
        "あて先：t***@example.jp、「h***@example.jp」（j***@example.jp）"
    )
