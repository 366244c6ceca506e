"""A real fail2ban with the jail and filter Debian ships for Postfix, watching a log of ours. It bans nobody for real:
its action is left out, its count is not.

    with Fail2ban(log, folder) as jail:
        jail.counted()   # (refusals counted, addresses banned)
"""

from __future__ import annotations

import re
import shutil
import subprocess
import time
from pathlib import Path
from types import TracebackType

from tests.servers.lab_machine import DIES_WITH_US

STOCK = Path("/etc/fail2ban")
_JAIL = """\
[DEFAULT]
action =
[postfix]
enabled = true
backend = polling
logpath = {log}
"""


class Fail2ban:
    """One jail, `postfix`, with the stock filter, mode, number of tries and times."""

    def __init__(self, log: Path, folder: Path) -> None:
        self._folder = folder
        shutil.copytree(STOCK, folder / "conf")
        shutil.rmtree(folder / "conf" / "jail.d", ignore_errors=True)  # Debian's own sshd jail
        (folder / "conf" / "jail.local").write_text(_JAIL.format(log=log), encoding="utf-8")
        (folder / "conf" / "fail2ban.local").write_text("[DEFAULT]\ndbfile = None\n", encoding="utf-8")
        self._common = ["-c", str(folder / "conf"), "-s", str(folder / "sock"), "-p", str(folder / "pid")]

    def __enter__(self) -> Fail2ban:
        own_log = ["--logtarget", str(self._folder / "log")]
        self._server = subprocess.Popen(
            [*DIES_WITH_US, "fail2ban-server", *self._common, *own_log, "-f", "start"],
            stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )  # fmt: skip
        end = time.monotonic() + 20
        while self._client("status", "postfix").returncode:
            if time.monotonic() > end:
                self._stop()
                raise RuntimeError(f"fail2ban did not start: {(self._folder / 'log').read_text(errors='replace')}")
            time.sleep(0.2)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stop()

    def counted(self) -> tuple[int, int]:
        """How many refusals the filter counted so far, and how many addresses it has banned."""
        said = self._client("status", "postfix").stdout
        numbers = {name: int(number) for name, number in re.findall(r"(Total failed|Total banned):\s*(\d+)", said)}
        return numbers["Total failed"], numbers["Total banned"]

    def setting(self, name: str) -> str:
        """A value of the running jail, such as `maxretry`."""
        return self._client("get", "postfix", name).stdout.strip()

    def wait_for(self, refusals: int, banned: int = 0, seconds: float = 15) -> tuple[int, int]:
        """`counted`, once this many were seen and banned (a ban follows a moment later) or time is up."""
        end = time.monotonic() + seconds
        while (seen := self.counted()) and (seen[0] < refusals or seen[1] < banned) and time.monotonic() < end:
            time.sleep(0.3)
        return seen

    def _client(self, *words: str) -> subprocess.CompletedProcess[str]:
        argv = ["fail2ban-client", *self._common, *words]
        return subprocess.run(argv, capture_output=True, text=True, check=False, timeout=20, stdin=subprocess.DEVNULL)

    def _stop(self) -> None:
        self._server.terminate()
        try:
            self._server.wait(10)
        except subprocess.TimeoutExpired:
            self._server.kill()
            self._server.wait(5)
