"""Where the listing comes from: the paste first, else the reading of the server; the right one of several queues."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest

from core.checks.mail_queue import CHECK
from core.checks.mail_queue.judge import judge
from core.checks.mail_queue.measure import from_reading, measure, server_clock
from core.clients import Clients
from core.clients.journal import Journal
from core.clients.reroute import Reroute
from core.clients.resolver import Resolver
from core.clients.smtp import SmtpClient
from core.clients.ssh import Section, ServerReading
from core.errors import CheckError, UsageError
from core.model import Context, Pasted, Severity, Target

Sample = Callable[[str], str]
READ_AT = datetime(2026, 11, 22, 1, 40, tzinfo=UTC)
ROOT = ("uid=0(root) gid=0(root) groups=0(root)",)


def reading(status: int | None = 0, complete: bool = True, **sections: str | tuple[str, ...]) -> ServerReading:
    """What the server told; sections by name, their text or lines."""
    parts = {
        name: Section(name, tuple(text.splitlines()) if isinstance(text, str) else text, status, complete)
        for name, text in sections.items()
    }
    return ServerReading(sections=parts, complete=complete, read_at=READ_AT)


def clients() -> Clients:
    """Doors that no test here may open: everything is refused."""
    journal, closed = Journal(), Reroute(closed=True)
    return Clients(Resolver("127.0.0.1:9", closed, journal), SmtpClient(closed, journal), None, journal)


async def test_a_list_longer_than_what_is_read_is_never_called_good() -> None:
    for cut in (False, True):
        pasted = Pasted("mailq.txt", "Mail queue is empty\n", cut)
        facts = await measure(Context(Target(queue=pasted)), clients())
        assert ("mail_queue.incomplete" in [one.code for one in judge(facts)]) == cut
        assert (Severity.OK in [one.severity for one in judge(facts)]) != cut


async def test_a_paste_wins_and_brings_our_domains(sample: Sample) -> None:
    target = Target(
        domain="Example.JP", also_domain=("brand.example",), queue=Pasted("q.txt", sample("exim-long-exim-bp"))
    )
    facts = await measure(Context(target), clients())
    assert (facts.mta, facts.total, facts.command) == ("exim", 1031, "q.txt")
    assert facts.own_domains == ("example.jp", "brand.example")


async def test_a_paste_that_is_no_listing_says_so() -> None:
    with pytest.raises(UsageError) as caught:
        await measure(Context(Target(queue=Pasted("x", "Nov 22 08:00:00 mail postfix/smtpd[1]: connect"))), clients())
    assert caught.value.code in CHECK.problem_codes


@pytest.mark.parametrize(
    ("section", "name", "mta", "total"),
    [
        ("postfix_queue", "postfix-mixed-postqueue-j", "postfix", 31),
        ("sendmail_queue", "sendmail-mixed-mailq", "sendmail", 30),
        ("exim_queue", "exim-mixed-exim-bp", "exim", 31),
        ("opensmtpd_queue", "opensmtpd-mixed-smtpctlshowqueue", "opensmtpd", 30),
        ("courier_queue", "courier-mixed-mailq", "courier", 15),
        ("other_queue", "dma-mixed-mailq", "dma", 2),
        ("other_queue", "nullmailer-mixed-mailq", "nullmailer", 3),
    ],
)
def test_each_section(section: str, name: str, mta: str, total: int, sample: Sample) -> None:
    facts = from_reading(reading(**{section: sample(name)}))
    assert (facts.mta, facts.total, facts.complete) == (mta, total, True)


@pytest.mark.parametrize("section", ["postfix_queue", "exim_queue", "opensmtpd_queue"])
def test_silence_with_success_is_an_empty_queue(section: str) -> None:
    facts = from_reading(reading(**{section: ""}))
    assert facts.total == 0
    assert [finding.code for finding in judge(facts)] == ["mail_queue.empty"]


def test_silence_with_failure_is_not() -> None:
    with pytest.raises(CheckError) as caught:
        from_reading(reading(status=2, exim_queue=""))
    assert caught.value.code == "mail_queue.unreadable"
    assert from_reading(reading(status=127, exim_queue="")).refused == "not_found"


def test_a_section_cut_short_is_not_complete(sample: Sample) -> None:
    for cut in (reading(status=124, exim_queue=sample("exim-long-exim-bp")), reading(complete=False, exim_queue="")):
        facts = from_reading(cut)
        assert not facts.complete
        assert "mail_queue.incomplete" in {finding.code for finding in judge(facts)}


def test_no_mail_program_at_all() -> None:
    (finding,) = judge(from_reading(reading(who=ROOT)))
    assert (finding.code, finding.severity) == ("mail_queue.not_found", Severity.UNKNOWN)


def test_the_program_on_port_25_is_asked(sample: Sample) -> None:
    both = {"postfix_queue": sample("postfix-mixed-postqueue-j"), "exim_queue": sample("exim-long-exim-bp")}
    listeners = 'LISTEN 0 100 0.0.0.0:25 0.0.0.0:* users:(("master",pid=812,fd=13))'
    assert from_reading(reading(**both, listeners=listeners)).mta == "postfix"
    assert from_reading(reading(**both, listeners=listeners.replace("master", "exim4"))).mta == "exim"
    netstat = "tcp        0      0 0.0.0.0:25              0.0.0.0:*               LISTEN      812/master"
    assert from_reading(reading(**both, listeners=netstat)).mta == "postfix"
    assert from_reading(reading(**both)).mta == "exim"  # the longer one


@pytest.mark.parametrize("listing", ["courier-empty-mailq", "courier-mixed-mailq"])
def test_courier_shows_a_plain_user_only_their_own_mail(listing: str, sample: Sample) -> None:
    text = sample(listing)
    plain = from_reading(reading(courier_queue=text, who="uid=1000(taro) gid=1000(taro)"))
    assert plain.shows == "own"
    assert "mail_queue.own_only" in {finding.code for finding in judge(plain)}
    assert not any(finding.severity is Severity.OK for finding in judge(plain))
    assert from_reading(reading(courier_queue=text, who=ROOT)).shows == "all"


def test_ages_stand_on_the_servers_clock_and_zone(sample: Sample) -> None:
    # The server stands in Japan and its clock is a day ahead of ours.
    epoch = int((READ_AT + timedelta(days=1)).timestamp())
    system = f"Linux mail 6.1\nepoch={epoch}\nzone=+0900 JST"
    moment = server_clock(reading(system=system))
    assert moment == READ_AT + timedelta(days=1) and moment.utcoffset() == timedelta(hours=9)
    listing = (
        "\t\t/var/spool/mqueue (1 request)\n6AM1VVjk000165 60 Mon Nov 23 09:40 <a@example.jp>\n\t\t<b@example.com>"
    )
    assert from_reading(reading(system=system, sendmail_queue=listing)).oldest_age == 3600


@pytest.mark.parametrize("system", ["", "epoch=99999999999\nzone=+0900 JST", "epoch=x\nzone=nonsense", "zone=+9960"])
def test_a_strange_clock_is_no_crash(system: str, sample: Sample) -> None:
    assert from_reading(reading(system=system, sendmail_queue=sample("sendmail-mixed-mailq"))).total == 30


MAILCOW = "program /usr/bin/docker\nmarker /opt/mailcow-dockerized"
IN_CONTAINER = "c0ffee0c0ffe mailcowdockerized-postfix-mailcow-1"
DOCKER_DENIED = (
    "permission denied while trying to connect to the Docker daemon socket at unix:///var/run/docker.sock: "
    'Get "http://%2Fvar%2Frun%2Fdocker.sock/v1.50/containers/json": dial unix /var/run/docker.sock: connect: '
    "permission denied"
)
DOCKER_STOPPED = "Cannot connect to the Docker daemon at unix:///var/run/docker.sock. Is the docker daemon running?"


def test_a_container_that_takes_the_mail_is_asked(sample: Sample) -> None:
    parts = {"container_queue": sample("postfix-mixed-postqueue-j"), "containers": IN_CONTAINER, "mta": MAILCOW}
    facts = from_reading(reading(**parts, postfix_queue=""))
    assert (facts.mta, facts.total, facts.running) == ("postfix", 31, True)
    assert "docker exec" in facts.command
    # Docker's own forwarder holds the port; that is none of the server's programs.
    proxy = 'LISTEN 0 4096 0.0.0.0:25 0.0.0.0:* users:(("docker-proxy",pid=812,fd=4))'
    assert from_reading(reading(**parts, postfix_queue="", listeners=proxy)).total == 31


def test_a_container_beside_the_servers_own_program_is_not_asked(sample: Sample) -> None:
    own = 'LISTEN 0 100 0.0.0.0:25 0.0.0.0:* users:(("exim4",pid=812,fd=13))'
    parts = {"container_queue": sample("postfix-mixed-postqueue-j"), "containers": IN_CONTAINER}
    facts = from_reading(reading(**parts, exim_queue=sample("exim-long-exim-bp"), listeners=own))
    assert (facts.mta, facts.total) == ("exim", 1031)


@pytest.mark.parametrize(
    ("said", "code"), [(DOCKER_DENIED, "permission_denied"), (DOCKER_STOPPED, "system_down"), ("", "system_down")]
)
def test_containers_that_cannot_be_asked_are_never_an_empty_queue(said: str, code: str) -> None:
    """All of them with exit status 0 in the loop over containers; and a Postfix of the server's own is empty."""
    facts = from_reading(reading(container_queue=said, containers=said, mta=MAILCOW, postfix_queue=""))
    assert facts.total is None
    assert [finding.code for finding in judge(facts)] == [f"mail_queue.{code}"]


def test_docker_without_any_mail_in_it_changes_nothing(sample: Sample) -> None:
    for said in ("", DOCKER_STOPPED, DOCKER_DENIED):
        facts = from_reading(
            reading(container_queue=said, containers=said, postfix_queue=sample("postfix-mixed-postqueue-j"))
        )
        assert (facts.mta, facts.total) == ("postfix", 31)
    (finding,) = judge(from_reading(reading(container_queue=DOCKER_STOPPED, containers=DOCKER_STOPPED)))
    assert finding.code == "mail_queue.not_found"
