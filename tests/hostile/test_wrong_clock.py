"""A clock that is wrong by years, ours or the server's (Y03): no certificate is called good or expired by it."""

from __future__ import annotations

import asyncio
import email.utils
import time
from datetime import UTC, datetime, timedelta

import pytest
import trustme

from core.checks import ALL
from core.clients import Doors
from core.clients.journal import ServerClock
from core.clients.reroute import Reroute
from core.clients.server_clock import time_in_reading, time_in_text
from core.clock_doubt import DATED, clock_doubt
from core.knowledge.dates import newest_data
from core.model import CheckResult, Report, Severity, Target
from core.run import Run, RunFinished
from tests.servers.hostile_smtp import Send, hostile_server
from tests.servers.tls_server import server_context, tls_from_the_start

SERVER = "203.0.113.25"
YEAR = timedelta(days=365)


async def looked_at(server_is: timedelta | None, ours: datetime | None = None) -> Report:
    """A run against a server whose certificate ended three days ago. `server_is`: ahead of us; None: it tells no
    time. `ours`: what this computer's calendar says instead of the truth."""
    now = datetime.now(UTC)
    expired = trustme.CA().issue_cert("mx.example.jp", not_before=now - YEAR, not_after=now - timedelta(days=3))
    dated = email.utils.format_datetime(now + server_is) if server_is is not None else ""
    calendar = (lambda: ours.timestamp()) if ours else time.time
    greeting = {"connect": [Send(f"220 mx.example.jp ESMTP {dated}\r\n".encode())]}
    async with hostile_server(greeting) as smtp, tls_from_the_start(server_context(expired)) as imap:
        doors = {(SERVER, 25): ("127.0.0.1", smtp.port), (SERVER, 993): ("127.0.0.1", imap)}
        run = Run(
            Target(mail_host=SERVER), only=frozenset({"smtp_banner", "tls_health"}),
            doors=Doors(resolver="127.0.0.1:9", reroute=Reroute(doors, closed=True)), clocks=(calendar, time.monotonic),
        )  # fmt: skip
        async with asyncio.timeout(60):
            async for event in run.events():
                if isinstance(event, RunFinished):
                    return event.report
    raise AssertionError("no report")


def encryption(report: Report) -> CheckResult:
    return next(result for result in report.results if result.check_id == "tls_health")


def causes(report: Report) -> set[str]:
    return {cause.code for cause in report.causes}


@pytest.mark.parametrize("server_is", [None, timedelta(minutes=3), -22 * YEAR])
async def test_y03_a_server_that_agrees_or_lives_before_this_program_raises_no_doubt(server_is: timedelta) -> None:
    report = await looked_at(server_is)
    assert encryption(report).problem is None
    assert "tls_health.expired" in {one.code for one in encryption(report).findings}
    assert "certificate_expired" in causes(report)


async def test_y03_a_server_years_ahead_holds_back_what_stands_on_the_date() -> None:
    result = encryption(report := await looked_at(10 * YEAR))
    assert result.severity is not Severity.OK and result.problem is not None
    assert result.problem.code == "run.clock_differs"
    assert result.problem.values["host"] == SERVER
    assert abs(float(str(result.problem.values["seconds"])) - 10 * YEAR.total_seconds()) < 120
    assert not {one.code for one in result.findings} & set(DATED)
    assert "certificate_expired" not in causes(report)


async def test_y03_a_computer_that_lives_before_this_program_was_made() -> None:
    result = encryption(report := await looked_at(None, datetime(2019, 1, 1, tzinfo=UTC)))
    assert result.problem is not None and result.problem.code == "run.clock_before_app"
    assert "certificate_expired" not in causes(report)


def test_y03_one_server_that_agrees_with_us_ends_the_doubt() -> None:
    now = datetime(2027, 3, 1, tzinfo=UTC)
    wrong, right = ServerClock("a", now + YEAR, now), ServerClock("b", now - timedelta(seconds=5), now)
    data = newest_data()
    assert data is not None
    assert clock_doubt([wrong], now, data) is not None
    assert clock_doubt([wrong, right], now, data) is None
    assert clock_doubt([], now, data) is None


def test_y03_what_is_held_back_exists() -> None:
    assert set(DATED) <= {code for check in ALL for code in check.codes}


@pytest.mark.parametrize(
    "text",
    [
        "220 mx", "Sun, 99 Nov 2026 08:00:00 +0900",
        "Sun, 22 Foo 2026 08:00:00 GMT", "Sun, 22 Nov 2026 99:00:00 +9999", "Sun, 31 Dec 9999 23:59:59 -0900",
    ],
)  # fmt: skip
def test_y03_a_date_that_is_none_is_no_clock(text: str) -> None:
    assert time_in_text(text) is None


def test_y03_dates_of_real_servers_are_read() -> None:
    noon = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
    assert time_in_text("mx ESMTP Sendmail 8.17; Sun, 22 Nov 2026 21:00:00 +0900") == noon
    assert time_in_text("mx Microsoft ESMTP MAIL Service ready at Sun, 22 Nov 2026 12:00:00 +0000") == noon
    assert time_in_text("Sun, 22 Nov 2026 12:00:00 GMT") == noon
    assert time_in_reading(["Linux", f"epoch={int(noon.timestamp())}", "epoch=1"]) == noon
    assert time_in_reading(["epoch=99999999999999"]) is None
