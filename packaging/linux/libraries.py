"""System libraries that travel in the Linux program: the spare ones, and the licences of all of them."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

# X's own, and libglvnd, which only passes calls on to the card's driver. In the order they stand on one another.
SPARE = ("libxcb.so.1", "libGLdispatch.so.0", "libGLX.so.0", "libGL.so.1", "libEGL.so.1")
# For a system that has no font settings at all: the report's fonts, beside this file's folder.
FONTS_CONF = """<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "urn:fontconfig:fonts.dtd">
<fontconfig>
  <dir prefix="relative">../resources/report/fonts</dir>
  <cachedir prefix="xdg">fontconfig</cachedir>
</fontconfig>
"""
_LIMIT = 120.0


def copy_spare(folder: Path) -> list[Path]:
    """Copy these libraries, and font settings for where none are. Raises SystemExit when this machine lacks one."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    said = subprocess.run(["/sbin/ldconfig", "-p"], capture_output=True, text=True, check=True, timeout=_LIMIT).stdout
    places = dict(
        line.strip().replace(" (libc6,x86-64)", "").split(" => ") for line in said.splitlines() if " => " in line
    )
    for name in SPARE:
        if name not in places:
            raise SystemExit(f"{name} is missing: packaging/setup_machine.sh build")
        shutil.copyfile(places[name], folder / name)
    (folder / "fonts.conf").write_text(FONTS_CONF)
    return sorted(folder.iterdir())


def write_licences(internal: Path) -> Path:
    """`licences/system-libraries.txt`: the copyright file of each Debian package a library in `internal` came from.

    On a system without dpkg it says which libraries there are; the release is built on Debian.
    """
    names = sorted({path.name for path in (*internal.glob("*.so*"), *internal.glob("spare/*.so*"))})
    target = internal / "licences" / "system-libraries.txt"
    if shutil.which("dpkg-query") is None:
        target.write_text("\n".join(names) + "\n")
        return target
    words = ["dpkg-query", "--search", *(f"*/{name}" for name in names)]
    said = subprocess.run(words, capture_output=True, text=True, check=False, timeout=_LIMIT).stdout
    packages = sorted({line.partition(":")[0] for line in said.splitlines() if not line.startswith("diversion")})
    texts = [Path("/usr/share/doc", package, "copyright") for package in packages]
    parts = [f"=== {path.parent.name} ===\n{path.read_text(encoding='utf-8')}" for path in texts if path.is_file()]
    target.write_text("\n\n".join(parts), encoding="utf-8")
    return target
