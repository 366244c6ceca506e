"""The whole command with --outside: from a trusted office machine, through a real sshd in another network."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.servers.lab import OUTSIDE, Lab
from tests.servers.lab_server import Server

ROOT = Path(__file__).resolve().parents[3]
PORT = 2022


@dataclass(frozen=True)
class Elsewhere:
    """A machine outside that one can log in to."""

    destination: str
    config: Path


@pytest.fixture(scope="module")
def elsewhere(lab: Lab, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Elsewhere]:
    folder = tmp_path_factory.mktemp("elsewhere")
    for name in ("host", "own"):
        subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", str(folder / name)], check=True)
    host_key = " ".join((folder / "host.pub").read_text(encoding="ascii").split()[:2])
    (folder / "known").write_text(f"[{OUTSIDE}]:{PORT} {host_key}\n", encoding="ascii")
    config = folder / "config"
    config.write_text(
        f"Host {OUTSIDE}\n  IdentityFile {folder / 'own'}\n  IdentitiesOnly yes\n"
        f"  UserKnownHostsFile {folder / 'known'}\n",
        encoding="ascii",
    )
    config.chmod(0o600)
    options = ("HostKey=" + str(folder / "host"), "AuthorizedKeysFile=" + str(folder / "own.pub"), "StrictModes=no",
               "UsePAM=no", "UseDNS=no", f"ListenAddress={OUTSIDE}", f"PidFile={folder / 'pid'}")  # fmt: skip
    Path("/run/sshd").mkdir(exist_ok=True)
    argv = ["/usr/sbin/sshd", "-D", "-f", "/dev/null", "-p", str(PORT), *(w for o in options for w in ("-o", o))]
    daemon = lab.outside.start(argv, stdin=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        try_it = f"bash -c 'exec 3<>/dev/tcp/{OUTSIDE}/{PORT}'"
        lab.neighbour.shell(f"for i in 1 2 3 4 5 6 7 8 9; do {try_it} && exit 0; sleep 0.3; done; exit 1")
        yield Elsewhere(f"root@{OUTSIDE}:{PORT}", config)
    finally:
        daemon.terminate()
        daemon.wait(5)


def checked(lab: Lab, server: Server, folder: Path, *more: str) -> tuple[int, dict[str, Any]]:
    """`check --only open_relay` on a machine in the server's own network."""
    argv = [sys.executable, "-m", "core", "check", "--json", "--lang", "en", "--only", "open_relay", "--own-server",
            "--domain", "example.jp", "--mail-host", server.address, *more]  # fmt: skip
    environment = {
        "PATH": os.environ["PATH"],
        "PYTHONPATH": str(ROOT),
        "HOME": str(folder),
        "XDG_DATA_HOME": str(folder),
    }
    done = lab.neighbour.run(argv, check=False, env=environment)
    assert done.stdout, done.stderr
    report: dict[str, Any] = json.loads(done.stdout)
    return done.returncode, report


def code_of(report: dict[str, Any]) -> str:
    (result,) = report["results"]
    return str(result["findings"][0]["code"])


@pytest.mark.slow
def test_from_the_office_it_is_not_testable_and_through_a_machine_outside_it_is(
    lab: Lab, elsewhere: Elsewhere, tmp_path: Path
) -> None:
    opened, trusting = lab.server("pf-open"), lab.server("pf-subnet")
    through = ("--outside", elsewhere.destination, "--ssh-config", str(elsewhere.config))
    try:
        status, report = checked(lab, opened, tmp_path)
        assert (status, code_of(report)) == (3, "open_relay.not_testable_here")
        status, report = checked(lab, opened, tmp_path, *through)
        assert (status, code_of(report)) == (2, "open_relay.accepted")
        assert next((cause["code"], cause["certainty"]) for cause in report["causes"]) == ("open_relay", "possible")
        assert any("ssh -W" in contact for contact in report["contacted"])
        assert code_of(checked(lab, trusting, tmp_path)[1]) == "open_relay.not_testable_here"
        status, report = checked(lab, trusting, tmp_path, *through)
        assert (status, code_of(report)) == (0, "open_relay.closed")
    finally:
        opened.stop()
        trusting.stop()
