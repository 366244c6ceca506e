"""The probe forms and what answers to them mean."""

from __future__ import annotations

import pytest

from core.knowledge.relay_forms import Places, is_hosted, meaning_of, probes, relay_data

PLACES = Places("mx.example.jp", "example.jp", "203.0.113.25")


@pytest.mark.parametrize(("stage", "code", "text", "meaning"), relay_data().examples)
def test_each_example_answer(stage: str, code: int, text: str, meaning: str) -> None:
    assert meaning_of(stage, code, text, "outside") == meaning


def test_an_unknown_user_in_our_own_domain_is_a_refusal() -> None:
    assert meaning_of("RCPT", 550, "5.1.1 <relaytest%example.net@example.jp>: User unknown", "ours") == "refused"


def test_the_default_run_asks_at_most_four_times() -> None:
    found = probes(PLACES)
    assert [probe.form.id for probe in found] == ["plain", "helo-H-from-D", "null-prefix-D", "pct-D"]
    assert len(found) <= relay_data().most_refusals
    assert [probe.rcpt_to for probe in found] == [
        "<relaytest@example.net>",
        "<relaytest@example.net>",
        "<relaytest@example.jp.example.net>",
        "<relaytest%example.net@example.jp>",
    ]


def test_a_relayed_domain_replaces_the_percent_through_our_own() -> None:
    found = probes(Places("mx.example.jp", "example.jp", "203.0.113.25", "backup.test"))
    assert [probe.form.id for probe in found][-1] == "backup-pct"
    assert len(found) == 4


def test_every_form_of_the_thorough_run_aims_at_reserved_names_or_our_own() -> None:
    ours = ("example.jp", "mx.example.jp", "localhost", "203.0.113.25", "backup.test", "192.0.2.1")
    for probe in probes(Places("mx.example.jp", "example.jp", "203.0.113.25", "backup.test"), thorough=True):
        domain = probe.rcpt_to.strip("<>").rpartition("@")[2].strip('[]"').rstrip(".").lower()
        local = "@" not in probe.rcpt_to
        assert local or domain in ours or domain in ("example.net", "xexample.jp") or domain.endswith(".example.net")


def test_forms_are_unique_and_filled() -> None:
    found = probes(Places("mx.example.jp", "example.jp", "2001:db8::1", "backup.test"), thorough=True)
    assert len({probe.form.id for probe in found}) == len(found) >= 50
    assert not any("{" in probe.mail_from + probe.rcpt_to + (probe.helo or "") for probe in found)


@pytest.mark.parametrize(
    ("host", "hosted"),
    [
        ("aspmx.l.google.com", True),
        ("example-jp.mail.protection.outlook.com.", True),
        ("www1234.sakura.ne.jp", True),
        ("os3-123-456.vs.sakura.ne.jp", False),
        ("ec2-203-0-113-25.compute.amazonaws.com", False),
        ("mx.example.jp", False),
        ("google.com.example.jp", False),
    ],
)
def test_hosted(host: str, hosted: bool) -> None:
    assert is_hosted(host) is hosted
