"""What the README shows and names is there: its pictures, its commands, and what `make` is said to do."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
README = (ROOT / "README.md").read_text(encoding="utf-8")


def test_every_picture_is_there_and_is_one_that_make_screenshots_takes() -> None:
    taken = (ROOT / "packaging" / "screenshots.py").read_text(encoding="utf-8")
    pictures = re.findall(r"!\[[^]]*\]\(([^)]+)\)", README)
    screens = [Path(path).stem.rpartition("-") for path in pictures if "/screens/" in path]
    assert len(screens) == 4 and all((ROOT / path).is_file() for path in pictures)
    assert [
        name for name, _, language in screens if f'take("{name}")' not in taken or language not in ("ja", "en")
    ] == []


def test_it_names_every_command_and_no_other() -> None:
    told = subprocess.run(
        [sys.executable, "-m", "core", "--help"], cwd=ROOT, capture_output=True, text=True, timeout=60
    )
    known = set(re.findall(r"^    ([a-z][a-z-]+)(?:  |$)", told.stdout, re.MULTILINE)) - {"practice-ssh"}
    block = README.partition("## Command line")[2].partition("```\n")[2].partition("```")[0]
    named = {word for line in re.findall(r"^mail-first-aid (.+)$", block, re.MULTILINE) for word in _commands(line)}
    assert known and named == known


def _commands(line: str) -> list[str]:
    """ "checklist | again | delist" names three."""
    return re.findall(r"[a-z][a-z-]+", re.match(r"[a-z-]+(?: \| [a-z-]+)*", line)[0]) if line[0] != " " else []  # type: ignore[index]


def test_what_it_tells_to_make_is_in_the_makefile() -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    texts = (README, (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8"))
    wanted = {name for text in texts for name in re.findall(r"`make ([a-z-]+)", text)}
    assert wanted and {name for name in wanted if not re.search(rf"^{name}:", makefile, re.MULTILINE)} == set()
    assert README.index("make run") < README.index("make test") < README.index("##")
