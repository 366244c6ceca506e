"""The desk opens on proof, or on a written reason; each list is told apart; what came of it is believed by looking."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest

from core.again import compare
from core.delisting import asked_entries, desk, gate, outcome_entry, override_entry
from core.delisting.places import WAYS, places
from core.errors import UsageError
from core.incident import Incident, checked_content
from core.incident_commands.delist_command import desk_lines
from core.knowledge.dnsbl import keyed_lists, load_lists
from core.knowledge.reply_rules import playbook_links
from core.model import Cause, CheckResult, Finding, Report, Severity
from core.report.comparison import meaning
from core.texts import LANGUAGES, Language, Texts

ZEN, COP = "zen.spamhaus.org", "bl.spamcop.net"
MakeRun = Callable[..., Report]
MakeIncident = Callable[..., Incident]


def test_closed_until_a_later_run_shows_the_repair(run: MakeRun, incident: MakeIncident) -> None:
    first = run(0, "accepted", ZEN)
    assert gate(incident(first)).why == "not_looked"
    assert gate(incident(first, run(1, "accepted", ZEN))).why == "still_wrong"
    assert gate(incident(first, run(1, "timed_out", ZEN))).why == "not_seen"
    opened = gate(incident(first, run(1, "closed", ZEN)))
    assert (opened.state, opened.why, opened.since) == ("open", "repaired", run(1, "closed").started_at)
    assert gate(incident(first, run(1, "closed", ZEN), run(2, "accepted", ZEN))).why == "still_wrong"


def test_a_listing_whose_reason_nobody_found_stays_closed(run: MakeRun, incident: MakeIncident) -> None:
    assert gate(incident(run(0, "closed", ZEN))).why == "unknown_cause"


def test_a_written_reason_opens_it_and_is_kept_until_the_cause_is_seen_again(
    run: MakeRun, incident: MakeIncident
) -> None:
    override = override_entry("閉じたことを保守会社が確認した", "NK")
    entries = ((2.0, *override),)
    opened = gate(incident(run(0, "accepted", ZEN), entries=entries))
    assert (opened.state, opened.is_open) == ("overridden", True)
    assert opened.override is not None and opened.override.word("initials") == "NK"
    again = gate(incident(run(0, "accepted", ZEN), run(3, "accepted", ZEN), entries=entries))
    assert (again.state, again.why) == ("closed", "still_wrong")


@pytest.mark.parametrize(("reason", "initials"), [("", "NK"), ("ok", "NK"), ("   " * 9, "NK"), ("closed at noon", " ")])
def test_a_reason_must_be_one_and_have_a_name(reason: str, initials: str) -> None:
    with pytest.raises(UsageError) as refused:
        override_entry(reason, initials)
    assert refused.value.code == "delisting.reason_missing"


def test_an_office_line_that_should_not_send_needs_no_repair(run: MakeRun, incident: MakeIncident) -> None:
    report = run(0, "closed", ZEN)
    relay, lists = report.results
    first = lists.findings[0]
    policy = {**first.values, "reasons": ["line_not_for_mail"], "removal": "self_service_static_line"}
    lists = replace(lists, findings=(replace(first, values=policy),))
    found = gate(incident(replace(report, results=(relay, lists))))
    assert (found.state, found.why) == ("open", "nothing_to_repair")


def test_who_may_ask_and_where_come_from_our_own_data_never_from_the_run(run: MakeRun, incident: MakeIncident) -> None:
    zen, cop = desk(incident(run(0, "accepted", ZEN, COP)))
    assert (zen.who, zen.how, zen.page, zen.can_ask) == ("you", "form", "https://check.spamhaus.org/", True)
    assert (cop.who, cop.how, cop.can_ask) == ("nobody", "by_itself", False)
    assert "evil.example" not in repr((zen.page, cop.page))


def test_at_another_company_only_that_company_asks(run: MakeRun, incident: MakeIncident) -> None:
    report = run(0, "closed", ZEN)
    shared = Cause(
        "shared_host_listed", "likely", "hosting_company", ("dnsbl.listed",), {"addresses": ["203.0.113.25"]}
    )
    (line,) = desk(incident(replace(report, causes=(shared,))))
    assert (line.who, line.how) == ("hosting_company", "mail")


def test_gone_only_when_the_list_was_asked_and_answered(run: MakeRun, incident: MakeIncident) -> None:
    first = run(0, "accepted", ZEN)
    silent = ("Spamhaus ZEN",)
    assert desk(incident(first, run(1, "closed", silent=silent)))[0].state == "listed"
    assert desk(incident(first, run(1, "closed")))[0].state == "removed"
    assert desk(incident(first, run(1, "closed"), run(2, "closed", ZEN)))[0].state == "listed_again"
    assert gate(incident(first, run(1, "closed"))).why == "all_removed"


def test_asking_is_kept_with_a_reminder_after_the_lists_own_time(run: MakeRun, incident: MakeIncident) -> None:
    reports = (run(0, "accepted", ZEN), run(1, "closed", ZEN))
    line = desk(incident(*reports))[0]
    now = reports[1].started_at + timedelta(hours=1)
    entries = [(2.0, kind, checked_content(kind, content)) for kind, content in asked_entries(line, now, "NK")]
    asked = incident(*reports, entries=tuple(entries))
    assert desk(asked)[0].state == "asked" and not desk(asked)[0].can_ask
    (reminder,) = asked.reminders
    assert (reminder.what, reminder.about, reminder.due - now) == ("delisting", ZEN, timedelta(hours=24))
    refused = [(3.0, *one) for one in outcome_entry(line, "refused", "NK", "not yet")]
    assert desk(incident(*reports, entries=(*entries, *refused)))[0].can_ask
    said = [(3.0, *one) for one in outcome_entry(line, "removed", "NK")]
    heard = incident(*reports, entries=(*entries, *said))
    assert (desk(heard)[0].state, heard.reminders) == ("said_removed", ())
    looked = incident(*reports, run(4, "closed", ZEN), entries=(*entries, *said))
    assert desk(looked)[0].state == "listed_again"
    with pytest.raises(UsageError):
        outcome_entry(line, "sold", "NK")


def test_a_providers_own_list_is_a_line_and_a_public_one_is_not_told_twice(
    run: MakeRun, incident: MakeIncident
) -> None:
    def bounced(provider: str, playbook: str) -> Report:
        report = run(0, "accepted", ZEN)
        values = {"provider": provider, "playbook": playbook, "sending_address": "203.0.113.25"}
        finding = Finding("bounce.ip_blocked", Severity.CRITICAL, values)
        relay, lists = report.results
        return replace(report, results=(replace(relay, findings=(*relay.findings, finding)), lists))

    line = next(one for one in desk(incident(bounced("microsoft", "microsoft_block_list"))) if one.is_provider)
    assert line.page.startswith("https://go.microsoft.com/") and line.languages == ("en",)
    apple = next(one for one in desk(incident(bounced("apple", "apple_postmaster"))) if one.is_provider)
    assert (apple.how, apple.mail) == ("mail", "icloudadmin@apple.com")
    assert not any(one.is_provider for one in desk(incident(bounced("spamhaus", "x"))))


def test_every_word_of_every_list_has_a_way_a_wait_and_texts() -> None:
    lists = (*load_lists(), *keyed_lists())
    removals = {word for one in lists for word in (one.removal, *(code.removal for code in one.codes if code.removal))}
    waits = {word for one in lists for word in (one.wait, *(code.wait for code in one.codes if code.wait))}
    assert removals <= WAYS.keys() and waits <= places().hours.keys()
    assert set(places().forms) <= {one.zone for one in lists}
    for texts in map(Texts, LANGUAGES):
        assert all(
            texts.has(f"delisting.who.{who}") and texts.has(f"delisting.how.{how}") for who, how in WAYS.values()
        )


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_list_that_lets_go_by_itself_is_waited_for_and_not_asked(
    run: MakeRun, incident: Callable[..., Incident], language: Language
) -> None:
    found = incident(run(0, "accepted", COP), run(1, "closed", COP))
    opened, (line,) = gate(found), desk(found)
    assert (opened.state, opened.why, opened.is_open) == ("waiting", "by_itself", False)
    assert opened.since == line.look_again_at and opened.since and opened.since > run(1, "closed").started_at
    texts, comparison = Texts(language), compare(found)
    assert comparison is not None
    until = texts.text("again.meaning.by_itself", at=opened.since.isoformat())
    assert meaning(comparison, found, texts) == until
    both = incident(run(0, "accepted", ZEN, COP), run(1, "closed", ZEN, COP))
    assert gate(both).is_open and meaning(comparison, both, texts) == texts.text("again.meaning.repaired_but_listed")


def test_after_a_request_the_desk_says_when_to_look_and_offers_no_second(
    run: MakeRun, incident: Callable[..., Incident]
) -> None:
    reports = (run(0, "accepted", ZEN, COP), run(1, "closed", ZEN, COP))
    line = next(one for one in desk(incident(*reports)) if one.zone == ZEN)
    entries = tuple((2.0, *one) for one in asked_entries(line, reports[1].started_at, "NK"))
    asked = incident(*reports, entries=entries)
    opened = gate(asked)
    assert (opened.state, opened.why) == ("waiting", "asked")
    assert opened.since == asked.entries[0].at + timedelta(hours=24)
    for language in LANGUAGES:
        texts = Texts(language)
        assert f"  {texts.text('delisting.line_look', at=opened.since.isoformat())}" in desk_lines(asked, texts)
    again = incident(*reports, entries=(*entries, (3.0, *outcome_entry(line, "refused", "NK")[0])))
    assert gate(again).is_open


def test_a_providers_block_that_only_the_log_shows_is_a_line(run: MakeRun, incident: MakeIncident) -> None:
    said = "550 5.7.1 Unfortunately, messages from [203.0.113.25] weren't sent (S3140)."
    first = run(0, "accepted", ZEN)
    refusal = {"by": "them", "reason": "ip_blocked", "provider": "microsoft", "example": said, "count": 210}
    told = Finding("mail_log.refused_listed", Severity.CRITICAL, {"count": 210})
    for last, expected in ((first.started_at, 1), (first.started_at - timedelta(days=9), 0)):
        facts = {"refusals": [refusal | {"last": last.isoformat()}, "odd"]}
        log = CheckResult("mail_log", first.started_at, first.finished_at, facts, (told,))
        lines = desk(incident(replace(first, results=(*first.results, log))))
        found = [line for line in lines if line.zone == "microsoft"]
        assert len(found) == expected
        assert all(line.is_provider and line.page == playbook_links()["microsoft_block_list"] for line in found)
