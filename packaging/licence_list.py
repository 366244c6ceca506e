"""The licences of everything that is shipped: written to docs/licences.md, and refused where one is not acceptable.

python packaging/licence_list.py           writes the list anew
python packaging/licence_list.py --check   only refuses (status 1: a licence that is unknown or not acceptable)

Acceptable beside our Apache-2.0: permissive licences; the MPL and the OFL, whose files stay as they are; the LGPL 3 for
libraries that lie beside the program and can be exchanged (Qt). Not the GPL alone, and nothing that names no licence.
"""

from __future__ import annotations

import re
import sys
from importlib.metadata import Distribution

from bill import shipped
from release import ROOT

LIST = ROOT / "docs" / "licences.md"
ACCEPTABLE = {
    "0BSD", "Apache-2.0", "BSD-2-Clause", "BSD-3-Clause", "ISC", "LGPL-3.0-only", "MIT", "MIT-0", "MPL-2.0", "OFL-1.1",
    "PSF-2.0", "Zlib",
}  # fmt: skip
# What packages say that name no SPDX expression -> what it is. Each was compared with the licence text they bring.
NAMES = {
    "BSD-like": "Zlib",  # dkimpy: the licence text is zlib's, with its maintainers' names
    "MIT": "MIT",
    "MIT License": "MIT",
    "Mozilla Public License 2.0 (MPL 2.0)": "MPL-2.0",
    "Python Software Foundation License": "PSF-2.0",
}


def licence_of(package: Distribution) -> str:
    """Its SPDX expression, as it says itself or by `NAMES`; "" when it names none that we know."""
    told = package.metadata
    said = [told.get("License-Expression") or "", (told.get("License") or "").strip().partition("\n")[0]]
    said += [line.rpartition(" :: ")[2] for line in told.get_all("Classifier") or [] if line.startswith("License")]
    for words in filter(None, said):
        found = NAMES.get(words, words)
        if all(re.fullmatch(r"[A-Za-z0-9.+-]+-?[0-9.]*[A-Za-z0-9.+-]*", word) for word in _words(found)):
            return found
    return ""


def _words(expression: str) -> list[str]:
    return [
        word for word in re.split(r"[()\s]+| OR | AND | WITH ", expression) if word not in ("", "OR", "AND", "WITH")
    ]


def acceptable(expression: str) -> bool:
    """Whether one of the choices ("OR") is acceptable in all its parts ("AND")."""
    plain = expression.replace("(", " ").replace(")", " ")
    return any(
        all(part.strip() in ACCEPTABLE for part in choice.split(" AND "))
        for choice in plain.split(" OR ")
        if choice.strip()
    )


def refused() -> list[str]:
    """Packages whose licence is unknown or not acceptable."""
    licences = {name: licence_of(package) for name, package in shipped().items()}
    return [f"{name}: {licence or 'names no licence'}" for name, licence in licences.items() if not acceptable(licence)]


def listed() -> str:
    """The list as it stands in docs/licences.md; only what this system's program holds."""
    rows = [f"| {name} | {licence_of(package)} |" for name, package in sorted(shipped().items())]
    head = [
        "# Licences of what is shipped",
        "",
        "Mail First Aid itself: Apache-2.0. With it come Python (PSF-2.0) and, on Linux, the packages below;",
        "on Windows and macOS fewer or others. The texts travel with the program in its folder `licences`.",
        "Made by `packaging/licence_list.py`; a test refuses a licence that is unknown or does not go with ours.",
        "",
        "| Package | Licence |",
        "|---|---|",
    ]
    return "\n".join([*head, *rows]) + "\n"


def main(check_only: bool) -> int:
    """Refuse, else write."""
    if wrong := refused():
        print("not acceptable:", *wrong, sep="\n  ", file=sys.stderr)
        return 1
    if not check_only:
        LIST.write_text(listed(), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main("--check" in sys.argv))
