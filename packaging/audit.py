"""Does a pinned package have a known hole? Asks the advisory database of the package index, through `pip-audit`.

python packaging/audit.py [PIP-AUDIT]      without it, `pip-audit` is installed into out/audit first

Status 0: every package was looked up and none has a hole; 1: one has; 3: at least one could not be looked up. pip-audit
itself ends with 0 and "no known vulnerabilities" where it could not look at a single package: hence this program.
"""

from __future__ import annotations

import json
import subprocess
import sys
import venv
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from release import ROOT

LOCKS = ("requirements.lock", "packaging/build.lock")
TOOL = "pip-audit==2.10.1"
FINE, HOLE, COULD_NOT_LOOK = 0, 1, 3
_SECONDS = 600


@dataclass(frozen=True)
class Audit:
    """One lock file: packages looked up, holes as "name version: id", and why others could not be looked up."""

    looked_up: int
    holes: tuple[str, ...]
    unseen: tuple[str, ...]

    @property
    def status(self) -> int:
        """As `main` ends with."""
        return HOLE if self.holes else COULD_NOT_LOOK if self.unseen or not self.looked_up else FINE

    def told(self, lock: str) -> list[str]:
        """For people: the verdict first."""
        verdict = {FINE: "no known hole", HOLE: "KNOWN HOLES", COULD_NOT_LOOK: "COULD NOT LOOK"}[self.status]
        lines = [f"{lock}: {verdict}; {self.looked_up} packages looked up, {len(self.unseen)} not"]
        lines += [f"  HOLE {hole}" for hole in self.holes]
        return lines + ([f"  not looked up, for example: {self.unseen[0]}"] if self.unseen else [])


def audit_of(answer: dict[str, Any]) -> Audit:
    """Read pip-audit's JSON. A package without a list of holes was not looked up, whatever it says instead."""
    seen = [one for one in answer["dependencies"] if isinstance(one.get("vulns"), list)]
    unseen = [one for one in answer["dependencies"] if not isinstance(one.get("vulns"), list)]
    holes = [f"{one['name']} {one['version']}: {hole['id']}" for one in seen for hole in one["vulns"]]
    return Audit(len(seen), tuple(holes), tuple(str(one.get("skip_reason") or one.get("name")) for one in unseen))


def look(tool: Path, lock: str) -> Audit:
    """Run it on one lock file. A program that fails or prints no JSON looked at nothing."""
    argv = [str(tool), "--requirement", lock, "--require-hashes", "--disable-pip", "--format", "json"]
    try:
        done = subprocess.run(
            [*argv, "--progress-spinner", "off"],
            cwd=ROOT,
            capture_output=True,
            text=True,
            timeout=_SECONDS,
            check=False,
        )
        return audit_of(json.loads(done.stdout))
    except (OSError, subprocess.TimeoutExpired) as error:
        return Audit(0, (), (str(error),))
    except (ValueError, KeyError, TypeError, AttributeError):
        return Audit(0, (), (done.stderr.strip()[-500:] or "no answer",))


def install(folder: Path) -> Path:
    """`pip-audit` in an environment of its own. Raises `CalledProcessError` when it cannot be had."""
    tool = folder / "bin" / "pip-audit"
    if not tool.exists():
        venv.create(folder, with_pip=True)
        pip = [str(folder / "bin" / "python"), "-m", "pip", "install", "--quiet", "--disable-pip-version-check", TOOL]
        subprocess.run(pip, check=True)
    return tool


def main(words: list[str]) -> int:
    """The worst status of all lock files."""
    try:
        tool = Path(words[0]) if words else install(ROOT / "out" / "audit")
    except subprocess.CalledProcessError as error:
        print(f"COULD NOT LOOK: {TOOL} cannot be installed here ({error.returncode})")
        return COULD_NOT_LOOK
    audits = {lock: look(tool, lock) for lock in LOCKS}
    for lock, audit in audits.items():
        print(*audit.told(lock), sep="\n")
    found = {audit.status for audit in audits.values()}
    return next((status for status in (HOLE, COULD_NOT_LOOK) if status in found), FINE)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
