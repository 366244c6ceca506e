"""What is repeated, what counts as proof, and what never does."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from core.again import checks_to_repeat, compare, repair_of, rows_of, target_again
from core.checks import ALL
from core.delisting import gate
from core.incident import Incident
from core.knowledge.causes import natures
from core.model import Cause, CheckResult, Finding, Pasted, Report, Severity
from core.report.comparison import meaning
from core.texts import Language, Texts

ZEN = "zen.spamhaus.org"
MakeRun = Callable[..., Report]
MakeIncident = Callable[..., Incident]


def test_what_was_wrong_is_repeated_and_what_depends_on_it(run: MakeRun) -> None:
    checks = checks_to_repeat(run(0, "accepted"))
    assert {"open_relay", "dnsbl"} <= checks  # a listing follows from an open relay, so the lists are asked again
    assert "tls_health" not in checks and "domain_life" not in checks


def test_every_cause_names_checks_that_exist() -> None:
    known = {check.id for check in ALL}
    assert {code for code, nature in natures().items() if not set(nature.seen_by) & known} == set()


@pytest.mark.parametrize(
    ("state", "expected"),
    [("closed", "repaired"), ("closed_thorough", "repaired"), ("accepted", "still"), ("timed_out", "not_seen"),
     ("absent", "not_seen"), ("refused_inside", "not_seen"), ("incomplete", "not_seen"), ("ambiguous", "not_seen"),
     ("accepted_unknown_vantage", "not_seen")],
)  # fmt: skip
def test_only_a_look_that_was_taken_proves_a_relay_closed(run: MakeRun, state: str, expected: str) -> None:
    repair = repair_of("open_relay", [run(0, "accepted", ZEN), run(1, state, ZEN)])
    assert repair.state == expected
    assert bool(repair.because) == (expected != "repaired")
    assert (repair.seen_at is None) == (expected == "not_seen")


def test_another_server_found_closed_proves_nothing(run: MakeRun) -> None:
    repair = repair_of("open_relay", [run(0, "accepted"), run(1, "closed", host="backup.midori.example")])
    assert (repair.state, repair.because) == ("not_seen", ("again.other_door",))


def test_a_hole_found_thoroughly_is_closed_only_when_looked_at_as_thoroughly(run: MakeRun) -> None:
    first = run(0, "accepted", thorough=True)
    assert repair_of("open_relay", [first, run(1, "closed")]).state == "not_seen"
    assert repair_of("open_relay", [first, run(1, "closed_thorough", thorough=True)]).state == "repaired"


def test_settings_that_were_open_must_be_read_again(run: MakeRun) -> None:
    def with_settings(report: Report, code: str) -> Report:
        relay, lists = report.results
        severity = Severity.CRITICAL if code == "config_open" else Severity.OK
        more = (*relay.findings, Finding(f"open_relay.{code}", severity, {"product": "postfix"}))
        return replace(report, results=(replace(relay, findings=more), lists))

    first = with_settings(run(0, "accepted"), "config_open")
    first = replace(first, causes=(Cause("open_relay", "confirmed", "you", ("open_relay.config_open",)),))
    assert repair_of("open_relay", [first, run(1, "closed")]).state == "not_seen"
    assert repair_of("open_relay", [first, with_settings(run(1, "closed"), "config_closed")]).state == "repaired"


def test_a_later_blind_run_leaves_the_proof_and_a_later_open_one_ends_it(run: MakeRun) -> None:
    proven = [run(0, "accepted"), run(1, "closed")]
    assert repair_of("open_relay", [*proven, run(2, "timed_out")]).state == "repaired"
    assert repair_of("open_relay", [*proven, run(2, "accepted")]).state == "still"


def test_a_check_left_out_is_not_good_news(run: MakeRun, incident: MakeIncident) -> None:
    second = run(1, "closed")
    partial = replace(second, results=second.results[1:])
    found = compare(incident(run(0, "accepted", ZEN), partial))
    assert found is not None
    assert found.verdict == "not_seen"
    assert {row.check_id: row.change for row in found.rows} == {"open_relay": "not_repeated", "dnsbl": "repaired"}


@pytest.mark.parametrize(
    ("second", "verdict"),
    [(("closed", ZEN), "repaired_but_listed"), (("closed",), "repaired"), (("accepted", ZEN), "still_wrong"),
     (("timed_out",), "not_seen")],
)  # fmt: skip
def test_the_verdict_over_all(run: MakeRun, incident: MakeIncident, second: tuple[str, ...], verdict: str) -> None:
    found = compare(incident(run(0, "accepted", ZEN), run(1, *second)))
    assert found is not None and found.verdict == verdict


def test_old_software_alone_is_nothing_to_compare(run: MakeRun, incident: MakeIncident) -> None:
    risk = (Cause("server_unsupported", "confirmed", "you", ("smtp_banner.unsupported",)),)
    found = compare(incident(*(replace(run(hours, "closed"), causes=risk) for hours in (0, 1))))
    assert found is not None and found.verdict == "nothing_to_compare"


def test_a_cause_found_only_now_is_told_and_counts(run: MakeRun, incident: MakeIncident) -> None:
    found = compare(incident(run(0, "closed", ZEN), run(1, "accepted", ZEN)))
    assert found is not None
    assert (found.fresh, found.verdict) == (("open_relay",), "still_wrong")


def test_one_run_has_no_before(run: MakeRun, incident: MakeIncident) -> None:
    assert compare(incident(run(0, "accepted"))) is None


def test_rows_say_better_and_worse_by_weight(run: MakeRun) -> None:
    at = datetime(2026, 11, 22, tzinfo=UTC)

    def queue(severity: Severity, code: str = "mail_queue.long") -> Report:
        result = CheckResult("mail_queue", at, at, {}, (Finding(code, severity, {"count": 9}),))
        return replace(run(0, "closed"), results=(result,))

    def change(before: Report, after: Report) -> str:
        return rows_of(before, after)[0].change

    bad, mild, good, blind = (queue(s) for s in (Severity.CRITICAL, Severity.WARNING, Severity.OK, Severity.UNKNOWN))
    assert (change(bad, mild), change(mild, bad), change(bad, good)) == ("better", "worse", "repaired")
    assert (change(bad, bad), change(good, good)) == ("still_wrong", "still_good")
    assert change(bad, queue(Severity.CRITICAL, "mail_queue.old")) == "changed"
    assert (change(bad, blind), change(good, blind), change(blind, bad)) == ("not_seen", "not_seen", "worse")


def test_pasted_texts_are_not_repeated(run: MakeRun) -> None:
    report = run(0, "accepted")
    told = replace(report, target=replace(report.target, queue=Pasted("mailq.txt", "")))
    assert target_again(told) == report.target


def with_log(report: Report, code: str, until: datetime, causes: tuple[str, ...] = ("open_relay.accepted",)) -> Report:
    """The same run with a log that tells of `code` until then; the relay's cause rests on that too."""
    told = Finding(f"mail_log.{code}", Severity.CRITICAL, {"count": 214, "until": until.isoformat()})
    log = CheckResult("mail_log", report.started_at, report.finished_at, {}, (told,))
    relay_cause = Cause("open_relay", "confirmed", "you", (*causes, told.code))
    named = tuple(relay_cause if cause.code == "open_relay" else cause for cause in report.causes)
    return replace(report, results=(*report.results, log), causes=named)


def test_refusals_for_being_listed_say_nothing_about_the_repair(run: MakeRun, incident: MakeIncident) -> None:
    """They go on until the lists let go, and the lists are asked only after the repair."""
    runs = [run(0, "accepted", ZEN), run(1, "closed", ZEN)]
    before, after = (with_log(one, "refused_listed", one.finished_at) for one in runs)
    assert repair_of("open_relay", [before, after]).state == "repaired"
    found = compare(incident(before, after))
    assert found is not None and found.verdict == "repaired_but_listed"


@pytest.mark.parametrize("code", ["account_hijacked", "open_relay"])
def test_what_only_refusals_told_is_still_told_by_refusals(run: MakeRun, code: str) -> None:
    cause = (Cause(code, "possible", "you", ("mail_log.refused_listed",)),)
    first, second = (replace(run(hours, "closed", ZEN), causes=cause) for hours in (0, 1))
    before, after = (with_log(one, "refused_listed", one.finished_at) for one in (first, second))
    assert repair_of(code, [replace(before, causes=cause), replace(after, causes=())]).state == "still"


@pytest.mark.parametrize(
    ("until", "expected"),
    [(-0.5, ("repaired", ())), (0.2, ("not_seen", ("again.too_fresh",))),
     (0.51, ("still", ("mail_log.strangers_relayed",)))],
)  # fmt: skip
@pytest.mark.parametrize("named_again", [True, False])
def test_a_closed_door_needs_no_quiet_hour_for_what_passed_before_it_was_first_seen_open(
    run: MakeRun, until: float, expected: tuple[str, tuple[str, ...]], named_again: bool
) -> None:
    """`until`: hours after the first look at which the log's last stranger passed; half an hour later it was closed."""
    first, second = run(0, "accepted"), run(0.5, "closed")
    last = first.started_at + timedelta(hours=until)
    before = with_log(first, "strangers_relayed", min(last, first.started_at))
    after = with_log(second, "strangers_relayed", last)
    if named_again:
        after = replace(after, causes=(Cause("open_relay", "possible", "you", ("mail_log.strangers_relayed",)),))
    repair = repair_of("open_relay", [before, after])
    assert (repair.state, repair.because) == expected


@pytest.mark.parametrize(("language", "words"), [("ja", "1時間おいて"), ("en", "wait an hour")])
def test_a_log_too_young_to_tell_says_how_long_to_wait(
    run: MakeRun, incident: MakeIncident, language: Language, words: str
) -> None:
    first, second = run(0, "accepted"), run(0.5, "closed")
    between = first.started_at + timedelta(minutes=12)
    both = incident(
        with_log(first, "strangers_relayed", first.started_at), with_log(second, "strangers_relayed", between)
    )
    found = compare(both)
    assert found is not None and found.verdict == "not_seen"
    assert words in meaning(found, both, Texts(language))


def test_an_open_door_with_an_old_log_is_still_open(run: MakeRun) -> None:
    first, second = run(0, "accepted"), run(0.5, "accepted")
    long_ago = first.started_at - timedelta(hours=3)
    assert (
        repair_of("open_relay", [with_log(one, "strangers_relayed", long_ago) for one in (first, second)]).state
        == "still"
    )


def test_the_repairs_own_change_of_settings_makes_nothing_worse(run: MakeRun) -> None:
    at = datetime(2026, 11, 22, tzinfo=UTC)

    def health(*findings: Finding) -> Report:
        return replace(run(0, "closed"), results=(CheckResult("server_health", at, at, {}, findings),))

    good = Finding("server_health.good", Severity.OK)
    changed = Finding("server_health.settings_changed", Severity.WARNING, {"count": 2})
    worse = Finding("server_health.disk_full", Severity.CRITICAL)
    assert rows_of(health(good), health(good, changed))[0].change == "still_good"
    assert rows_of(health(good), health(changed, worse))[0].change == "worse"
    assert rows_of(health(worse), health(changed))[0].change == "repaired"


def waiting(report: Report, *causes: str) -> Report:
    """The same run with a long queue, which gives these causes besides."""
    told = Finding("mail_queue.long", Severity.CRITICAL, {"count": 2318})
    queue = CheckResult("mail_queue", report.started_at, report.finished_at, {}, (told,))
    more = tuple(Cause(code, "possible", "you", ("mail_queue.long",)) for code in causes)
    return replace(report, results=(*report.results, queue), causes=(*report.causes, *more))


@pytest.mark.parametrize("language", ["ja", "en"])
def test_what_follows_from_a_repaired_cause_is_left_to_clear_up(
    run: MakeRun, incident: MakeIncident, language: Language
) -> None:
    """Thousands of spam mails wait on: the relay is repaired all the same, and the lists are asked after that."""
    both = incident(waiting(run(0, "accepted", ZEN), "rate_limited"), waiting(run(1, "closed", ZEN), "rate_limited"))
    found = compare(both)
    assert found is not None and found.verdict == "repaired_with_rest"
    texts = Texts(language)
    assert meaning(found, both, texts).endswith(texts.text("again.meaning.rest_first"))
    assert gate(both).is_open
    delisted = incident(waiting(run(0, "accepted", ZEN), "rate_limited"), waiting(run(1, "closed"), "rate_limited"))
    assert (after := compare(delisted)) is not None and after.verdict == "repaired_with_rest"
    assert meaning(after, delisted, texts) == texts.text("again.meaning.repaired_with_rest")


def test_what_follows_from_nothing_repaired_is_still_wrong(run: MakeRun, incident: MakeIncident) -> None:
    still = compare(incident(waiting(run(0, "accepted"), "rate_limited"), waiting(run(1, "accepted"), "rate_limited")))
    other = compare(incident(waiting(run(0, "accepted"), "disk_full"), waiting(run(1, "closed"), "disk_full")))
    assert still is not None and still.verdict == "still_wrong"
    assert other is not None and other.verdict == "still_wrong"


def test_the_proof_is_the_look_that_saw_the_doors(run: MakeRun) -> None:
    """A server is asked so often and no more: then the settings alone speak, and the door's own proof is the older."""
    last = run(2, "incomplete")
    relay, lists = last.results
    closed = Finding("open_relay.config_closed", Severity.OK, {"product": "sendmail"})
    last = replace(last, results=(replace(relay, findings=(*relay.findings, closed)), lists))
    second = run(1, "closed")
    repair = repair_of("open_relay", [run(0, "accepted"), second, last])
    assert (repair.state, repair.seen_at) == ("repaired", second.started_at)
    assert repair_of("open_relay", [run(0, "accepted"), last]).seen_at == last.started_at
