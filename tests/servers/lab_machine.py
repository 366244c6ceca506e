"""A machine of the lab: namespaces kept alive by one process of ours that sleeps in them.

That process dies with us, however we end, and takes its mounts, network and programs with it. Start machines from
the main thread: the kernel's parent-death signal is tied to the starting thread.
"""

from __future__ import annotations

import subprocess
from collections.abc import Sequence
from pathlib import Path
from typing import Any

DIES_WITH_US = ("setpriv", "--pdeathsig", "KILL")
OWN_NETWORK = (*DIES_WITH_US, "unshare", "--mount", "--propagation", "unchanged", "--net", "--uts")

Done = subprocess.CompletedProcess[str]


class LabError(RuntimeError):
    """The lab could not do what a test asked; the text says what and ends with the tools' own words."""


class Machine:
    """A set of namespaces, kept alive by one process of ours that sleeps in them."""

    def __init__(self, name: str, address: str, argv: list[str]) -> None:
        self.name, self.address = name, address
        self._holder = subprocess.Popen(argv, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        assert self._holder.stdout and self._holder.stderr
        if self._holder.stdout.readline() != b"ready\n":
            said = self._holder.stderr.read().decode(errors="replace")
            self.stop()
            raise LabError(f"{name} did not start: {said}")

    @property
    def pid(self) -> int:
        """The process, as the host numbers it, whose namespaces these are."""
        return self._holder.pid

    def inside(self, argv: Sequence[str]) -> list[str]:
        """The command that runs `argv` on this machine, in the folder we are in."""
        # --root: where we ourselves live in a changed root, entering its mounts alone would lead out of it.
        spaces = ["--net", "--uts", "--mount", "--root", f"--wdns={Path.cwd()}"]
        return ["nsenter", "--target", str(self.pid), *spaces, "--", *argv]

    def run(self, argv: Sequence[str], *, check: bool = True, timeout: float = 120.0, **more: Any) -> Done:
        """Run a command on this machine to its end; with `check`, another status than 0 raises `LabError`."""
        streams: dict[str, Any] = {"capture_output": True, "text": True, "errors": "replace", **more}
        if "input" not in streams:
            streams["stdin"] = subprocess.DEVNULL
        done = subprocess.run(self.inside(argv), timeout=timeout, check=False, **streams)
        if check and done.returncode:
            raise LabError(f"{self.name}: {argv} ended with {done.returncode}:\n{done.stdout}{done.stderr}")
        return done

    def shell(self, script: str, *, timeout: float = 120.0) -> str:
        """What a shell script prints on this machine. Raises `LabError` when it fails."""
        return self.run(["sh", "-ec", script], timeout=timeout).stdout

    def start(self, argv: Sequence[str], **more: Any) -> subprocess.Popen[bytes]:
        """Start a program on this machine; it dies with us, but ending it in time is the caller's."""
        return subprocess.Popen([*DIES_WITH_US, *self.inside(argv)], **more)

    def stop(self) -> None:
        """End the machine and wait until it is gone."""
        self._holder.kill()
        self._holder.wait(10)
        for stream in (self._holder.stdout, self._holder.stderr):
            if stream:
                stream.close()
