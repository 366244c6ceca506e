"""Letters say what was seen and ticked, in both languages, and no value can break out of them."""

from __future__ import annotations

import tomllib
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from urllib.parse import parse_qs, unquote, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.checklist import PHASES, Step, all_steps, checklist, next_line
from core.delisting import desk
from core.incident import Incident
from core.knowledge.causes import natures
from core.letters import KINDS, Sender, letter, mail_draft, request
from core.letters.draft import LONGEST
from core.letters.facts import _said, facts_of, moment
from core.model import CheckResult, Finding, Report, SendingAddress, Severity, Value
from core.resources import resources_dir
from core.texts import LANGUAGES, Language, Texts

ZEN = "zen.spamhaus.org"
NOW = datetime(2026, 11, 22, tzinfo=UTC)
MakeRun = Callable[..., Report]
MakeIncident = Callable[..., Incident]
SENDER = Sender("Midori Shoji Co., Ltd.", "K. Nakamura", "+81-3-0000-0000", "nakamura@other.example")


def ticks(*steps: str) -> tuple[tuple[float, str, dict[str, str]], ...]:
    return tuple((0.5, "tick", {"step": step, "initials": "NK"}) for step in steps)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("cause", [*natures(), "nothing_found"])
def test_every_letter_can_be_written_for_every_cause(
    run: MakeRun, incident: MakeIncident, cause: str, language: Language
) -> None:
    report = run(0, "closed")
    report = replace(report, causes=(replace(report.causes[0], code=cause),))
    for kind in KINDS:
        made = letter(kind, incident(report), Texts(language), SENDER)
        assert made.subject and "{" not in made.body and "letters." not in made.body


FORGED = "198.51.100.66"


@pytest.mark.parametrize("language", LANGUAGES)
def test_an_address_that_only_a_returned_mail_calls_ours_is_to_be_made_sure_of(
    run: MakeRun, incident: MakeIncident, language: Language
) -> None:
    texts = Texts(language)
    told = replace(run(0, "closed"), addresses=(SendingAddress(FORGED, "bounce"),))
    known = replace(told, addresses=(SendingAddress(FORGED, "bounce", ("mx",)),))
    note = texts.text("letters.line.doubtful", addresses=[FORGED])
    for kind in KINDS:
        doubted = letter(kind, incident(told), texts, SENDER).body
        assert doubted.startswith(note) == (FORGED in doubted)
        assert note not in letter(kind, incident(known), texts, SENDER).body
        assert note not in letter(kind, incident(told, known), texts, SENDER).body, "a later look knows it"
    assert FORGED in letter("hosting", incident(told), texts, SENDER).body


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_provider_is_asked_for_no_address_on_the_word_of_a_mail(
    run: MakeRun, incident: MakeIncident, language: Language
) -> None:
    values: dict[str, Value] = {
        "provider": "microsoft", "playbook": "microsoft_block_list", "sending_address": FORGED, "said": "550",
    }  # fmt: skip
    report = run(0, "closed")
    bounce = CheckResult("bounce", NOW, NOW, findings=(Finding("bounce.ip_blocked", Severity.CRITICAL, values),))
    told = incident(replace(report, results=(*report.results, bounce)))
    (line,) = [one for one in desk(told) if one.is_provider]
    texts = Texts(language)
    made = request(line, told, texts, SENDER)
    assert made.body.startswith(texts.text("letters.line.doubtful", addresses=[FORGED]))


def test_every_cause_has_its_sentence() -> None:
    for texts in map(Texts, LANGUAGES):
        assert [code for code in natures() if not texts.has(f"letters.cause.{code}")] == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_request_says_address_cause_deeds_and_the_proof(
    run: MakeRun, incident: MakeIncident, language: Language
) -> None:
    told = incident(run(0, "accepted", ZEN), run(1, "closed", ZEN), entries=ticks("hold_outgoing", "repair_cause"))
    texts = Texts(language)
    made = request(desk(told)[0], told, texts, SENDER)
    assert "203.0.113.25" in made.subject
    for part in ("203.0.113.25", "mail.midori.example", "Spamhaus ZEN", "550 5.7.1 Relaying denied", SENDER.company):
        assert part in made.body, part
    assert texts.text("letters.done.repair_cause.open_relay") in made.body
    assert texts.text("letters.blank.prevent") in made.body  # nothing was decided yet, so nothing is promised
    assert texts.text("letters.blank.done") not in made.body


def test_nothing_is_claimed_that_was_not_seen_or_ticked(run: MakeRun, incident: MakeIncident) -> None:
    english = Texts("en")
    told = incident(run(0, "accepted", ZEN), run(1, "timed_out", ZEN))
    made = request(desk(told)[0], told, english)
    assert "[what was done, and when]" in made.body and "refused with" not in made.body
    boss = letter("boss", told, english)
    assert "not been seen yet" in boss.body and "is repaired; a check" not in boss.body
    proven = letter("boss", incident(run(0, "accepted", ZEN), run(1, "closed", ZEN)), english)
    assert "is repaired; a check" in proven.body


def test_a_reason_nobody_found_is_left_to_the_writer(run: MakeRun, incident: MakeIncident) -> None:
    told = incident(run(0, "closed", ZEN))
    assert "[the cause, in one sentence]" in request(desk(told)[0], told, Texts("en")).body


def test_a_list_that_let_go_is_not_named_any_more_and_the_time_of_trouble_has_an_end(
    run: MakeRun, incident: MakeIncident
) -> None:
    english = Texts("en")
    first = run(0, "accepted", ZEN, since="Friday evening")
    told = incident(first, run(1, "closed"))
    assert "Spamhaus" not in letter("hosting", told, english).body
    assert told.latest is not None
    seen = moment(told.latest.started_at, english)  # in this computer's zone
    assert "Nov 2026" in seen and f"from Friday evening until {seen}" in letter("customers", told, english).body
    assert "(Friday evening)" in letter("customers", incident(first), english).body
    assert "Hold outgoing mail" in letter("boss", incident(first), english).body.partition("Next:")[2]
    assert "Hold outgoing mail" not in letter("boss", told, english).body.partition("Next:")[2]


def test_practice_says_so(run: MakeRun, incident: MakeIncident) -> None:
    told = replace(incident(run(0, "accepted", ZEN)), practice="relay-2004")
    assert "PRACTICE" in letter("customers", told, Texts("en")).subject


def test_hostile_values_stay_values(run: MakeRun, incident: MakeIncident) -> None:
    evil = "x\r\nBcc: everyone@example.com\n\u202e{name}" + "y" * 500
    report = run(0, "accepted", ZEN)
    target = replace(report.target, domain=evil, since=evil)
    report = replace(report, target=target, addresses=(SendingAddress(evil, "ssh"),))
    told = incident(report)
    for language in LANGUAGES:
        for kind in KINDS:
            made = letter(kind, told, Texts(language), Sender(evil, evil, evil, evil))
            assert "\n" not in made.subject and "\r" not in made.body and "\u202e" not in made.body
            assert not any(line.startswith("Bcc:") for line in made.body.split("\n"))


@given(st.text(max_size=300), st.text(max_size=300), st.text(max_size=3000))
def test_a_draft_is_one_bounded_address_with_two_fields_whatever_it_holds(to: str, subject: str, body: str) -> None:
    draft = mail_draft(to, subject, body)
    assert len(draft.url) <= LONGEST and draft.url.isascii()
    parts = urlsplit(draft.url)
    assert parts.scheme == "mailto" and not parts.fragment
    assert set(parse_qs(parts.query, keep_blank_values=True)) <= {"subject", "body"}
    assert "%0D" not in parts.query.partition("&")[0].upper()


def test_a_draft_holds_japanese_and_its_recipient() -> None:
    draft = mail_draft("abuse@example.jp", "解除のお願い", "一行目\n二行目 & = ?")
    assert draft.whole and draft.url.startswith("mailto:abuse%40example.jp?subject=")
    assert unquote(draft.url.partition("body=")[2]) == "一行目\r\n二行目 & = ?"
    assert not mail_draft("", "s", "長い" * 1000).whole
    for bad in ("a@example.jp,b@example.jp", "a@example.jp?bcc=b@example.jp", "a b@example.jp", "x"):
        assert mail_draft(bad, "s", "b").url.startswith("mailto:?")


def test_the_checklist_keeps_its_order_and_its_ticks(run: MakeRun, incident: MakeIncident) -> None:
    told = incident(run(0, "accepted", ZEN), entries=ticks("hold_outgoing", "tell_boss"))
    lines = checklist(told)
    assert [PHASES.index(line.phase) for line in lines] == sorted(PHASES.index(line.phase) for line in lines)
    assert {line.step for line in lines if line.tick} == {"hold_outgoing", "tell_boss"}
    following = next_line(lines)
    assert following is not None and following.step == "do_not_resend"
    order = [line.step for line in lines]
    assert order.index("keep_settings") < order.index("repair_cause") < order.index("check_again")
    assert order.index("check_again") < order.index("clean_queue") < order.index("ask_lists")


def steps_for(*causes: str) -> list[Step]:
    return [step for step in all_steps() if step.belongs_to(frozenset(causes))]


def test_the_data_files_examples_hold() -> None:
    raw = tomllib.loads((resources_dir() / "data" / "checklist.toml").read_text(encoding="utf-8"))
    for example in raw["example"]:
        assert [step.id for step in steps_for(*example["causes"])] == example["items"]


@pytest.mark.parametrize("cause", natures())
def test_every_cause_has_steps_to_keep_tell_verify_and_prevent_with_words(cause: str) -> None:
    steps = steps_for(cause)
    assert {"evidence", "tell", "verify", "prevent"} <= {step.phase for step in steps}
    for texts in map(Texts, LANGUAGES):
        for step in all_steps():
            assert texts.has(f"checklist.step.{step.id}") and texts.has(f"checklist.why.{step.id}")


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(("cause", "misused"), [("open_relay", True), ("disk_full", False), ("rate_limited", True)])
def test_customers_and_staff_read_of_forged_mail_only_where_somebody_may_have_sent_it(
    run: MakeRun, incident: MakeIncident, cause: str, misused: bool, language: Language
) -> None:
    report = run(0, "accepted")
    told = incident(replace(report, causes=(replace(report.causes[0], code=cause),)))
    texts = Texts(language)
    for kind in ("customers", "staff"):
        warning = texts.text(f"letters.{kind}.warning.letter", name=SENDER.name)
        assert (warning in letter(kind, told, texts, SENDER).body) is misused
    customers = letter("customers", told, texts, SENDER).body
    assert texts.text("letters.state.not_yet") not in customers  # that is for colleagues


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_request_says_repaired_only_when_it_was_seen(
    run: MakeRun, incident: MakeIncident, language: Language
) -> None:
    texts = Texts(language)
    told = incident(run(0, "accepted", ZEN))
    line = desk(told)[0]
    early = request(line, told, texts, SENDER)
    assert early.subject == texts.text("letters.delisting_unproven.subject", subject=line.subject)
    proven = incident(run(0, "accepted", ZEN), run(1, "closed", ZEN))
    assert request(line, proven, texts, SENDER).subject == texts.text("letters.delisting.subject", subject=line.subject)


def test_the_server_goes_by_its_own_name_never_by_the_domains(run: MakeRun, incident: MakeIncident) -> None:
    told = run(0, "closed")
    domain = told.target.domain
    bare = replace(told, results=(), target=replace(told.target, mail_host=domain, ssh=None))
    assert facts_of(incident(bare)).host == ""
    logged_in = replace(bare, target=replace(bare.target, ssh=f"kanri@mail.{domain}"))
    assert facts_of(incident(logged_in)).host == f"mail.{domain}"
    answers = Finding("smtp_banner.answers", Severity.OK, {"host": f"mx.{domain}", "port": 25})
    greeted = replace(logged_in, results=(CheckResult("smtp_banner", NOW, NOW, findings=(answers,)),))
    assert facts_of(incident(greeted, replace(bare, started_at=run(1, "closed").started_at))).host == f"mx.{domain}"


def test_sendmails_remark_about_our_client_is_not_quoted() -> None:
    assert _said("550 5.7.1 <a@b.example>... Relaying denied. IP name possibly forged [198.51.100.9]") == (
        "550 5.7.1 Relaying denied"
    )
