"""The report before checkers of PDF/UA-1 that others maintain, each in a Python environment of its own.

    make check-pdf

The engine's own check passes with every report, else there is no file. Here `page-validation` (which by its maker's
word passes veraPDF's test corpus) and `pdfua` look at the practice report in both languages. veraPDF itself, a Java
program, is on none of PyPI, npm and Debian.

One rule of `page-validation` 0.11 is left out, GLYPH-WIDTH-001: it reads the widths of CID-keyed CFF fonts as 0.
fontTools reads the same widths from the embedded fonts as the PDF states.
"""

from __future__ import annotations

import json
import subprocess
import sys
import venv
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PLACE = ROOT / "out" / "check-pdf"
CHECKERS = ("page-validation==0.11.0", "pdfua==0.1.3")
MISREAD = "PDFUA1-FONT-GLYPH-WIDTH-001"
_ASK = """import json, page, sys
found = page.validate_pdf(sys.argv[1], profile=page.ValidationProfile.PDF_UA_1)
print(json.dumps([[one.rule_id, one.message] for one in found.failures]))
"""


def main() -> int:
    """Print what each checker says; 1 when one finds something."""
    python = PLACE / "bin" / "python"
    if not python.exists():
        venv.create(PLACE, with_pip=True)
        subprocess.run([python, "-m", "pip", "install", "--quiet", *CHECKERS], check=True, timeout=600)
    wrong = 0
    for language in ("ja", "en"):
        pdf = PLACE / f"{language}.pdf"
        command = [sys.executable, "-m", "core", "practice", "--lang", language, "--pdf", str(pdf)]
        subprocess.run(command, cwd=ROOT, check=False, timeout=120, stdout=subprocess.DEVNULL)
        asked = subprocess.run([python, "-c", _ASK, pdf], check=True, timeout=120, capture_output=True, text=True)
        failures = [one for one in json.loads(asked.stdout) if one[0] != MISREAD]
        print(f"{pdf.name}: page-validation finds {len(failures)}", *failures, sep="\n  ")
        second = subprocess.run([PLACE / "bin" / "pdfua", "check", pdf], check=False, timeout=120)
        wrong += bool(failures) + bool(second.returncode)
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
