"""Coverage-guided fuzzing by atheris, bounded in time: `make fuzz`, or python -m tests.fuzz.fuzz SECONDS [TARGET ...]

Each target runs in a process of its own for SECONDS, from its seeds in `corpus/`. An input that breaks it is kept under
`corpus/<target>/found-<hash>`, where the quick tests try it for ever after. Needs atheris (Linux, Python 3.11 to 3.13),
which nothing else of ours needs: pip install atheris==3.0.0
"""

from __future__ import annotations

import hashlib
import os
import re
import subprocess
import sys
import tempfile
import time
from pathlib import Path

CORPUS = Path(__file__).with_name("corpus")
ROOT = Path(__file__).resolve().parents[2]
LONGEST_INPUT = 20_000  # bytes
SLOWEST_INPUT = 5  # seconds
_STAT = re.compile(rb"stat::number_of_executed_units: (\d+)")
_COVERAGE = re.compile(rb"cov: (\d+)")


def fuzz(name: str, seconds: int) -> tuple[int, int, bytes]:
    """Executions, coverage and the input that broke the target (b"" when none did)."""
    with tempfile.TemporaryDirectory() as scratch:
        grown, broken = Path(scratch, "grown"), Path(scratch, "broken")
        grown.mkdir()
        command = [
            sys.executable, "-m", "tests.fuzz.fuzz", "--one", name, str(grown), str(CORPUS / name),
            f"-max_total_time={seconds}", f"-max_len={LONGEST_INPUT}", f"-timeout={SLOWEST_INPUT}",
            "-rss_limit_mb=1500", "-print_final_stats=1", f"-exact_artifact_path={broken}",
        ]  # fmt: skip
        ended = subprocess.run(
            command, cwd=ROOT, capture_output=True, timeout=seconds + 120, env={**os.environ, "PYTHONPATH": str(ROOT)}
        )
        said = ended.stdout + ended.stderr
        if ended.returncode and not broken.exists():
            raise SystemExit(said.decode(errors="replace")[-3000:])
        data = broken.read_bytes() if broken.exists() else b""
        if data:
            print(said.decode(errors="replace")[-2500:])
    runs, coverage = _STAT.findall(said), _COVERAGE.findall(said)
    return int(runs[-1]) if runs else 0, int(coverage[-1]) if coverage else 0, data


def one(name: str, arguments: list[str]) -> None:
    """In the process of its own: instrument our modules, then run the target until libFuzzer says stop."""
    import atheris

    with atheris.instrument_imports(include=["core"]):
        from tests.fuzz.targets import TARGETS
    atheris.Setup([sys.argv[0], *arguments], TARGETS[name])
    atheris.Fuzz()


def main(seconds: int, names: list[str]) -> int:
    """All targets in turn; 1 when one broke."""
    began, total, faults = time.monotonic(), 0, 0
    wanted = names or sorted(path.name for path in CORPUS.iterdir() if path.is_dir())
    for name in wanted:
        runs, coverage, broke = fuzz(name, seconds)
        total += runs
        if broke:
            faults += 1
            kept = CORPUS / name / f"found-{hashlib.sha256(broke).hexdigest()[:12]}"
            kept.write_bytes(broke)
            print(f"  BROKE {name}: kept as {kept.relative_to(ROOT)}")
        print(f"fuzz {name}: {runs} inputs, coverage {coverage}", flush=True)
    print(f"fuzz: {len(wanted)} targets, {total} inputs, {faults} broke; {time.monotonic() - began:.0f} s")
    return 1 if faults else 0


if __name__ == "__main__":
    if sys.argv[1:2] == ["--one"]:
        one(sys.argv[2], sys.argv[3:])
    else:
        sys.exit(main(int(sys.argv[1]) if len(sys.argv) > 1 else 60, sys.argv[2:]))
