"""The practice company: the real checks run on it, and what they find follows from what it says."""

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from core.again import checks_to_repeat, compare, rows_of
from core.delisting import gate
from core.incident import Entry, KeptRun
from core.incident import Incident as Told
from core.model import Report
from core.practice import INCIDENTS, Incident, practice_company, story_now
from core.practice.incident import ALL_FINE, RELAY_2004
from core.report.comparison import cause_rows
from core.run import Run, RunFinished
from core.texts import Texts


async def played(incident: str | Incident, only: frozenset[str] | None = None) -> Report:
    async with practice_company(incident) as company:
        async for event in Run(company.target, doors=company.doors, only=only).events():
            if isinstance(event, RunFinished):
                return event.report
    raise AssertionError("the run did not end")


def found(report: Report) -> dict[str, dict[str, object]]:
    return {finding.code: dict(finding.values) for result in report.results for finding in result.findings}


async def test_the_incident_of_2004_names_its_three_causes() -> None:
    report = await played("relay-2004")
    causes = [cause.code for cause in report.causes]
    assert causes[0] == "open_relay"
    assert {"open_relay", "address_listed", "server_unsupported"} <= set(causes)
    assert report.severity.value == "critical"
    assert found(report)["mail_queue.long"]["count"] == 2321


async def test_nothing_is_contacted_but_this_laptop_and_the_practice_address() -> None:
    report = await played("relay-2004")
    hosts = {entry.split(":")[0] for entry in report.contacted}
    assert hosts <= {"127.0.0.1", "203.0.113.25", "mail.midori-shoji.example"}, report.contacted


@pytest.mark.parametrize("incident", sorted(INCIDENTS))
async def test_no_check_of_a_practice_run_ends_in_a_fault_of_ours(incident: str) -> None:
    report = await played(incident)
    assert [result.problem for result in report.results if result.problem and result.problem.code == "run.bug"] == []


async def test_a_healthy_company_is_accused_of_nothing() -> None:
    report = await played("all-fine")
    assert [cause.code for cause in report.causes] == ["nothing_found"]
    assert report.severity.value != "critical"


@pytest.mark.parametrize(
    ("otherwise", "cause"),
    [
        ({"relays": True}, "open_relay"),
        ({"listed": {"zen.spamhaus.org": ("127.0.0.4",)}}, "address_listed"),
        ({"greeting": RELAY_2004.greeting, "mta": "sendmail", "version": "8.9.3"}, "server_unsupported"),
        ({"login": False, "resolves": False}, "dns_moved"),
    ],
)
async def test_the_healthy_companys_answer_is_the_runs_own(otherwise: dict[str, object], cause: str) -> None:
    """One thing wrong with it, and it is named: nothing about "all is well" is fixed."""
    report = await played(replace(ALL_FINE, **otherwise))  # type: ignore[arg-type]
    assert report.causes[0].code == cause


async def test_another_greeting_changes_the_software_finding() -> None:
    greeting = "mail.midori-shoji.example ESMTP Sendmail 8.18.2/8.18.2; Mon, 1 Jan 2026 0:00"
    newer = replace(RELAY_2004, greeting=greeting, version="8.18.2")
    codes = found(await played(newer))
    assert "smtp_banner.unsupported" not in codes


async def test_an_unlisted_address_and_a_closed_relay_change_the_answer() -> None:
    codes = found(await played(replace(RELAY_2004, listed={}, relays=False)))
    assert "dnsbl.listed" not in codes and "open_relay.accepted" not in codes
    assert "open_relay.closed" in codes


async def test_a_shorter_queue_is_counted_as_it_is() -> None:
    codes = found(await played(replace(RELAY_2004, waiting=7)))
    assert "mail_queue.long" not in codes
    assert codes["mail_queue.normal"]["count"] == 7


async def test_the_age_of_the_software_is_reckoned_from_today() -> None:
    values = found(await played("relay-2004"))["smtp_banner.unsupported"]
    released = date.fromisoformat(str(values["released"])[:10])
    assert released == date(1999, 2, 4)
    assert isinstance(values["age"], int | float)
    assert abs(float(values["age"]) - (date.today() - released).days * 86400) < 2 * 86400


@pytest.mark.parametrize(
    ("incident", "cause"),
    [
        ("expired-domain", "domain_expired"),
        ("spf-missing", "sender_auth_failing"),
        ("stolen-password", "account_hijacked"),
    ],
)
async def test_each_incident_teaches_its_own_cause(incident: str, cause: str) -> None:
    report = await played(incident)
    assert report.causes[0].code == cause


@pytest.mark.parametrize("name", ["relay-2004", "stolen-password", "expired-domain", "spf-missing"])
async def test_a_practised_repair_is_seen_by_the_second_look(name: str) -> None:
    """Until it is written down nothing changes; then the cause is gone and a listing stands until it is asked for."""
    first = await played(name)

    def entry(number: int, kind: str, **content: str) -> Entry:
        return Entry(number, first.finished_at, kind, content)

    done = entry(1, "card", card=first.causes[0].code, outcome="done", initials="")
    asked = entry(2, "delisting", zone="bl.spamcop.net", state="asked")
    told = Told(1, first.started_at, name, runs=(KeptRun(1, first),))
    assert story_now(told) == name

    told = replace(told, entries=(done,))
    closed = await played(story_now(told), checks_to_repeat(first))
    told = replace(told, runs=(*told.runs, KeptRun(2, closed)))
    comparison = compare(told)
    listed = "address_listed" in {cause.code for cause in first.causes}
    assert comparison is not None
    assert comparison.verdict == ("repaired_but_listed" if listed else "repaired"), comparison.repairs
    lines = [line for _, line in cause_rows(comparison, told, Texts("ja"))]
    assert not [line for line in lines if line.startswith("まだ直っていません")], lines
    titles = [title for title, _ in cause_rows(comparison, told, Texts("ja"))]
    assert len(titles) == len(set(titles))
    waiting = Texts("ja").text("cause.greylisted_wait.title")
    if waiting in titles:  # nothing is wrong with a time to wait, and nobody repairs it
        assert lines[titles.index(waiting)] == Texts("ja").text("again.state.wait")
    if listed:
        waits = name == "stolen-password"  # its one list lets go by itself: nothing is asked for, and it ends
        assert gate(told).state == ("waiting" if waits else "open")
        told = told if waits else replace(told, entries=(done, asked))
        gone = await played(story_now(told), checks_to_repeat(first))
        comparison = compare(replace(told, runs=(*told.runs, KeptRun(3, gone))))
        assert comparison is not None and comparison.verdict == "repaired", comparison


def test_a_repair_put_back_is_none() -> None:
    def told(*outcomes: str) -> Told:
        entries = tuple(
            Entry(number, datetime(2026, 11, 22, tzinfo=UTC), "card", {"card": "open_relay", "outcome": outcome})
            for number, outcome in enumerate(outcomes)
        )
        return Told(1, datetime(2026, 11, 22, tzinfo=UTC), "relay-2004", entries=entries)

    assert story_now(told("step_done", "done")) == "relay-2004-closed"
    assert story_now(told("done", "undone")) == "relay-2004"
    assert story_now(told("step_done")) == "relay-2004"


async def test_a_log_of_the_time_before_is_no_trouble_that_stays() -> None:
    first = await played("relay-2004")
    closed = await played("relay-2004-closed", checks_to_repeat(first))
    changes = {row.check_id: row.change for row in rows_of(first, closed)}
    assert changes["mail_log"] == "of_then"
    assert changes["open_relay"] == "repaired"
    again = await played("relay-2004", checks_to_repeat(first))
    assert {row.check_id: row.change for row in rows_of(first, again)}["mail_log"] == "still_wrong"


async def test_one_line_published_is_not_called_three() -> None:
    report = await played("spf-missing-closed")
    codes = {finding.code for result in report.results for finding in result.findings}
    assert "sender_auth.spf_pass" in codes and "sender_auth.dmarc_missing" in codes
    assert "sender_auth.requirements_met" not in codes
