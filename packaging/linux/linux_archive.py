"""The Linux archive: the program, its menu entry, AppStream data, icons and an installer of twenty lines, as tar.xz.

The same input gives the same bytes: names in order, no owner, one moment for all.
"""

from __future__ import annotations

import lzma
import platform
import shutil
import subprocess
import tarfile
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from icons import DRAWING, LINUX, LINUX_SIZES
from release import IDENTIFIER, NAME, home, moment, version

HERE = Path(__file__).resolve().parent
# The largest dictionary: 64 MB of memory to unpack. "Extreme" takes thrice the time for 1 % less.
_FILTERS = [{"id": lzma.FILTER_X86}, {"id": lzma.FILTER_LZMA2, "preset": 9}]


def make_archive(frozen: Path, folder: Path) -> Path:
    """`folder`/mail-first-aid-<version>-linux-<machine>.tar.xz, with one folder of that name inside."""
    title = f"{NAME}-{version()}-linux-{platform.machine()}"
    share = write_share(folder / "linux-share")
    target = folder / f"{title}.tar.xz"
    with (
        lzma.open(target, "wb", format=lzma.FORMAT_XZ, filters=_FILTERS) as packed,
        tarfile.open(fileobj=packed, mode="w", format=tarfile.PAX_FORMAT) as archive,
    ):
        for source, inside in _entries(frozen, share):
            entry = archive.gettarinfo(str(source), f"{title}/{inside}")
            entry.uid = entry.gid = 0
            entry.uname = entry.gname = ""
            entry.mtime = moment()
            entry.mode = 0o755 if entry.isdir() or entry.mode & 0o100 else 0o644
            if entry.isreg():
                with source.open("rb") as content:
                    archive.addfile(entry, content)
            else:
                archive.addfile(entry)
    return target


def metainfo() -> str:
    """The AppStream data with this version in it."""
    text = (HERE / "mail-first-aid.metainfo.xml.in").read_text(encoding="utf-8")
    place = home()
    urls = f'  <url type="homepage">{place}</url>\n  <url type="bugtracker">{place}/issues</url>\n' if place else ""
    day = datetime.fromtimestamp(moment(), UTC).date().isoformat()
    comment = text.index("<!--"), text.index("-->") + len("-->\n")
    text = text[: comment[0]] + text[comment[1] :]
    for mark, value in (("@ID@", IDENTIFIER), ("@VERSION@", version()), ("@DATE@", day), ("@URLS@", urls)):
        text = text.replace(mark, value)
    return text


def check_share(share: Path) -> None:
    """The freedesktop validators have nothing to say. Raises SystemExit when they do, or are missing."""
    desktop = share / "applications" / f"{NAME}.desktop"
    data = share / "metainfo" / f"{IDENTIFIER}.metainfo.xml"
    for words in (["desktop-file-validate", str(desktop)], ["appstreamcli", "validate", "--no-net", str(data)]):
        if shutil.which(words[0]) is None:
            raise SystemExit(f"{words[0]} is missing: packaging/setup_machine.sh build")
        done = subprocess.run(words, capture_output=True, text=True, check=False, timeout=60)
        if done.returncode != 0:
            raise SystemExit(f"{' '.join(words)}:\n{done.stdout}{done.stderr}")


def write_share(share: Path) -> Path:
    """What goes under /usr/share or ~/.local/share."""
    shutil.rmtree(share, ignore_errors=True)
    (share / "applications").mkdir(parents=True)
    (share / "metainfo").mkdir()
    shutil.copyfile(HERE / f"{NAME}.desktop", share / "applications" / f"{NAME}.desktop")
    (share / "metainfo" / f"{IDENTIFIER}.metainfo.xml").write_text(metainfo(), encoding="utf-8")
    for size in LINUX_SIZES:
        place = share / "icons" / "hicolor" / f"{size}x{size}" / "apps"
        place.mkdir(parents=True)
        shutil.copyfile(LINUX / f"{size}x{size}.png", place / f"{NAME}.png")
    place = share / "icons" / "hicolor" / "scalable" / "apps"
    place.mkdir(parents=True)
    shutil.copyfile(DRAWING, place / f"{NAME}.svg")
    check_share(share)
    return share


def _entries(frozen: Path, share: Path) -> Iterator[tuple[Path, str]]:
    yield HERE / "install.sh", "install.sh"
    for root, inside in ((share, "share"), (frozen, NAME)):
        yield root, inside
        for path in sorted(root.rglob("*")):
            yield path, f"{inside}/{path.relative_to(root).as_posix()}"
