"""The Japanese texts under textlint's preset for technical writing: what a second pair of eyes would say. Needs npm.

    python packaging/textlint.py out/textlint

Not part of `make check`, which needs no network. Prints textlint's findings by key; ends with textlint's own status.
"""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

from check_words import catalogue

PACKAGES = ("textlint@14", "textlint-rule-preset-ja-technical-writing@12")
# Agreed: steps and titles are fragments without a full stop; 「？」 stands in questions; letters speak at length.
RULES = {
    "preset-ja-technical-writing": {
        "ja-no-mixed-period": False,
        "no-exclamation-question-mark": False,
        "max-kanji-continuous-len": {"max": 8},
        "sentence-length": {"max": 90},
        "max-ten": {"max": 4},
        "no-unmatched-pair": False,  # a step's 「 may close on the next line
        "no-doubled-joshi": False,  # it counts the two も of 「AもBも」
        "ja-no-successive-word": False,  # 「1つ1つ」
    }
}
_LIMIT = 300  # seconds


def main() -> int:
    """Install textlint if it is not there, write the texts out, ask it."""
    folder = Path(sys.argv[1]).resolve()
    folder.mkdir(parents=True, exist_ok=True)
    if not (folder / "node_modules" / ".bin" / "textlint").exists():
        words = ["npm", "install", "--silent", "--no-save", "--prefix", str(folder), *PACKAGES]
        subprocess.run(words, check=True, timeout=_LIMIT)
    keys = []
    lines = []
    for _, key, text in catalogue("ja"):
        for line in text.split("\n"):
            keys.append(key)
            lines += [line, ""]  # a paragraph each
    (folder / "texts.txt").write_text("\n".join(lines), encoding="utf-8")
    (folder / ".textlintrc.json").write_text(json.dumps({"rules": RULES}), encoding="utf-8")
    asked = [str(folder / "node_modules" / ".bin" / "textlint"), "--format", "json", "texts.txt"]
    done = subprocess.run(asked, cwd=folder, capture_output=True, text=True, check=False, timeout=_LIMIT)
    if not done.stdout:
        print(done.stderr, file=sys.stderr)
        return done.returncode or 1
    for message in (each for file in json.loads(done.stdout) for each in file["messages"]):
        rule, says = message["ruleId"].rpartition("/")[2], message["message"].splitlines()[0]
        print(f"{keys[(message['line'] - 1) // 2]} [{rule}] {says[:120]}")
    return done.returncode


if __name__ == "__main__":
    sys.exit(main())
