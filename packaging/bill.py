"""What is in the program: the licences that must travel with it, and the bill of materials (CycloneDX 1.6).

The bill is made by cyclonedx-py from this Python, cut down to what the project file asks for, and what those ask for
in turn: a developer's tools are not part of the program.
"""

from __future__ import annotations

import json
import os
import platform
import re
import subprocess
import sys
import tempfile
import tomllib
from datetime import UTC, datetime
from importlib.metadata import Distribution, PackageNotFoundError, distribution
from pathlib import Path
from typing import Any

from packaging.requirements import Requirement
from release import ROOT, moment, version

_LICENCE = re.compile(r"(licen[cs]e|copying|notice|copyright)", re.IGNORECASE)
_LIMIT = 300.0


def shipped() -> dict[str, Distribution]:
    """Every installed distribution the app needs on this system, by its name in lower case."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    found: dict[str, Distribution] = {}
    waiting = [Requirement(line) for line in project["dependencies"]]
    while waiting:
        wanted = waiting.pop()
        name = _plain(wanted.name)
        if name in found or (wanted.marker and not wanted.marker.evaluate({"extra": ""})):
            continue
        try:
            found[name] = distribution(wanted.name)
        except PackageNotFoundError:
            raise SystemExit(f"{wanted} is not installed: the build would lack it") from None
        waiting += [Requirement(line) for line in found[name].requires or []]
    return found


def write_licences(folder: Path) -> list[Path]:
    """The licence texts of everything shipped, ours first, one file a text. Raises SystemExit where one is missing."""
    folder.mkdir(parents=True, exist_ok=True)
    for old in folder.iterdir():
        old.unlink()
    fixed = {"mail-first-aid.txt": ROOT / "LICENSE", "python.txt": _python_licence()}
    # PySide6 and Qt are under the LGPL 3, which stands on the GPL 3; their packages bring no text.
    fixed |= {path.name: path for path in sorted((ROOT / "packaging" / "licences").glob("*.txt"))}
    written = []
    for name, source in fixed.items():
        written.append(folder / name)
        written[-1].write_bytes(source.read_bytes())
    for name, package in sorted(shipped().items()):
        texts = [file for file in package.files or [] if _LICENCE.search(file.name) and ".dist-info" in str(file)]
        about = package.metadata.get("License-Expression") or package.metadata.get("License") or "see its homepage"
        target = folder / f"{name}.txt"
        body = [f"{package.metadata['Name']} {package.version}: {about.splitlines()[0]}"]
        body += [file.read_text(encoding="utf-8") for file in texts]
        body += _parts_within(package)
        target.write_text("\n\n".join(body), encoding="utf-8")
        written.append(target)
    return written


def _parts_within(package: Distribution) -> list[str]:
    """What a package that is compiled from many says of its parts: name, version and licence of each."""
    lists = [file for file in package.files or [] if ".dist-info/sboms/" in str(file) and file.suffix == ".json"]
    rows = [row for file in lists for row in json.loads(file.read_text(encoding="utf-8")).get("components", ())]
    lines = sorted({f"{row['name']} {row.get('version', '')}: {_licences_of(row)}" for row in rows})
    return ["Made from these parts:", "\n".join(lines)] if lines else []


def _licences_of(row: dict[str, Any]) -> str:
    told = [one.get("expression") or one.get("license", {}).get("id", "") for one in row.get("licenses", ())]
    return ", ".join(filter(None, told)) or "see its homepage"


def write_bill(target: Path) -> Path:
    """The bill of materials of what is shipped from this machine; the same input gives the same bytes."""
    with tempfile.TemporaryDirectory() as folder:
        whole = Path(folder) / "all.json"
        words = [
            "environment",
            "--pyproject",
            str(ROOT / "pyproject.toml"),
            "--output-reproducible",
            "--spec-version",
            "1.6",
        ]
        words += ["--output-format", "JSON", "--output-file", str(whole), sys.executable]
        subprocess.run([sys.executable, "-m", "cyclonedx_py", *words], check=True, timeout=_LIMIT)
        bill = json.loads(whole.read_text(encoding="utf-8"))
    target.write_text(json.dumps(cut_down(bill, set(shipped())), indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    return target


def cut_down(bill: dict[str, Any], names: set[str]) -> dict[str, Any]:
    """The bill with only these components, the Python inside, and what they depend on."""
    kept = [part for part in bill["components"] if _plain(part["name"]) in names]
    lacking = names - {_plain(part["name"]) for part in kept}
    if lacking:
        raise SystemExit(f"the bill of materials lacks {sorted(lacking)}")
    python = {"type": "platform", "bom-ref": "cpython", "name": "CPython", "version": platform.python_version()}
    known = {part["bom-ref"] for part in kept} | {bill["metadata"]["component"]["bom-ref"], "cpython"}
    bill["metadata"]["component"]["version"] = version()
    bill["metadata"]["timestamp"] = _written(moment())
    bill["components"] = [*kept, python]
    bill["dependencies"] = [
        {**row, "dependsOn": [ref for ref in row.get("dependsOn", []) if ref in known]}
        for row in bill.get("dependencies", [])
        if row["ref"] in known
    ]
    return bill


def _python_licence() -> Path:
    """Also pyspf's: it is under Python's licence and brings no text."""
    places = [Path(os.__file__).with_name("LICENSE.txt"), Path(sys.base_prefix, "LICENSE.txt")]
    found = next((path for path in places if path.is_file()), None)
    if found is None:
        raise SystemExit("this Python has no LICENSE.txt")
    return found


def _written(seconds: int) -> str:
    return datetime.fromtimestamp(seconds, UTC).isoformat()


def _plain(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()
