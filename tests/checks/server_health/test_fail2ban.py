"""A real fail2ban that holds our address, asked through a real sshd."""

from __future__ import annotations

import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from core.checks.server_health.judge import judge
from core.checks.server_health.measure import from_reading
from core.clients.journal import Journal
from core.clients.ssh import SshDoor
from tests.servers.sshd import Sshd, User

_JAIL = (
    "[DEFAULT]\nignoreself = false\nbackend = polling\n"
    "[postfix-sasl]\nenabled = true\nlogpath = {log}\nfilter = all\naction =\n"
)


@pytest.fixture
def guard() -> Iterator[Path]:
    """The settings file of a fail2ban of its own, with one jail, that changes no firewall."""
    folder = Path(tempfile.mkdtemp(prefix="mfa-f2b-", dir="/tmp"))
    folder.chmod(0o755)
    (folder / "filter.d").mkdir()
    (folder / "log").touch()
    (folder / "filter.d" / "all.conf").write_text("[Definition]\nfailregex = ^bad <HOST>$\n")
    (folder / "jail.conf").write_text(_JAIL.format(log=folder / "log"))
    own = f"socket = {folder}/sock\npidfile = {folder}/pid\ndbfile = None\n"
    (folder / "fail2ban.conf").write_text(
        f"[Definition]\nloglevel = INFO\nlogtarget = {folder}/said\nsyslogsocket = auto\n{own}"
    )
    server = subprocess.Popen(["fail2ban-server", "-c", folder, "-f", "start"], stdout=subprocess.DEVNULL)
    try:
        _wait(lambda: _ask(folder, "ping").returncode == 0)
        (folder / "sock").chmod(0o666)  # so that an account without rights may ask this one
        yield folder
    finally:
        server.terminate()
        server.wait(20)
        shutil.rmtree(folder)


def _ask(folder: Path, *words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(["fail2ban-client", "-c", folder, *words], capture_output=True, text=True, check=False)


def _wait(good: object) -> None:
    end = time.monotonic() + 20
    while not good():  # type: ignore[operator]
        assert time.monotonic() < end, "fail2ban did not start"
        time.sleep(0.1)


async def test_a_jail_that_holds_us(guard: Path) -> None:
    found = await _findings(guard)
    assert "server_health.banned" not in found
    assert _ask(guard, "set", "postfix-sasl", "banip", "127.0.0.1").returncode == 0
    found = await _findings(guard)
    assert found["server_health.banned"] == {"address": "127.0.0.1", "jails": ["postfix-sasl"]}


async def _findings(guard: Path) -> dict[str, object]:
    with Sshd.started([User("post")], binds={"/etc/fail2ban/fail2ban.conf": guard / "fail2ban.conf"}) as server:
        door = SshDoor(server.destination("post"), str(server.client_config()), Journal())
        reading = await door.reading()
        await door.close()
    facts = from_reading(reading, reading.client_address)
    assert facts.bans is not None
    assert facts.bans.jails is not None, reading.lines("bans")
    return {finding.code: dict(finding.values) for finding in judge(facts)}
