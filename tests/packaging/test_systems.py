"""Icons, menu entry, Info.plist, disk image and signing: as far as any machine can tell."""

from __future__ import annotations

import plistlib
import shutil
import struct
import subprocess
import sys
from pathlib import Path

import disk_image
import icons
import info_plist
import linux_archive
import pytest
import release
import signing
import version_resource
from PySide6.QtGui import QImage

PNG = b"\x89PNG\r\n\x1a\n"


def png_size(content: bytes) -> tuple[int, int]:
    """Width and height, from the header."""
    assert content.startswith(PNG)
    width, height = struct.unpack(">II", content[16:24])
    return width, height


def test_the_windows_icon_holds_every_size() -> None:
    content = icons.ICO.read_bytes()
    _, kind, count = struct.unpack("<HHH", content[:6])
    assert (kind, count) == (1, len(icons.ICO_SIZES))
    for number, size in enumerate(icons.ICO_SIZES):
        width, *_, length, offset = struct.unpack("<BBBBHHII", content[6 + 16 * number : 22 + 16 * number])
        assert width == size % 256
        assert png_size(content[offset : offset + length]) == (size, size)


def test_the_mac_icon_holds_every_size() -> None:
    content = icons.ICNS.read_bytes()
    assert content[:4] == b"icns" and struct.unpack(">I", content[4:8])[0] == len(content)
    found, at = {}, 8
    while at < len(content):
        kind, length = struct.unpack(">4sI", content[at : at + 8])
        found[kind] = png_size(content[at + 8 : at + length])[0]
        at += length
    assert found == icons.ICNS_TYPES


def test_the_linux_icons_have_the_size_of_their_name() -> None:
    for size in icons.LINUX_SIZES:
        assert png_size((icons.LINUX / f"{size}x{size}.png").read_bytes()) == (size, size)


def test_the_icons_are_of_todays_drawing() -> None:
    kept, drawn = QImage.fromData((icons.LINUX / "48x48.png").read_bytes()), QImage.fromData(icons.draw(48))
    points = [(x, y) for x in range(48) for y in range(48)]
    apart = [abs(kept.pixelColor(*at).lightness() - drawn.pixelColor(*at).lightness()) for at in points]
    assert sum(apart) / len(apart) < 2, "run packaging/icons.py"  # the edges differ a little from Qt to Qt


def test_info_plist_tells_the_version_and_the_oldest_macos() -> None:
    told = plistlib.loads(plistlib.dumps(info_plist.info()))
    assert told["CFBundleShortVersionString"] == release.version()
    assert told["LSMinimumSystemVersion"] == "13.0"
    assert told["CFBundleLocalizations"] == ["en", "ja"]
    assert told["CFBundleIdentifier"].count(".") == 2


def test_the_app_asks_for_one_right_and_keeps_library_validation() -> None:
    asked = plistlib.loads((disk_image.HERE / "entitlements.plist").read_bytes())
    assert asked == {"com.apple.security.cs.allow-unsigned-executable-memory": True}


@pytest.mark.skipif(sys.platform == "win32", reason="symbolic links need a right there")
def test_the_disk_image_shows_the_app_where_to_drag_it_and_what_to_read(tmp_path: Path) -> None:
    app = tmp_path / "Mail First Aid.app"
    (app / "Contents" / "MacOS").mkdir(parents=True)
    (app / "Contents" / "Info.plist").write_bytes(plistlib.dumps(info_plist.info()))
    (app / "Contents" / "MacOS" / "mail-first-aid").write_bytes(b"")
    shown = disk_image.lay_out(app, tmp_path / "image")
    assert {path.name for path in shown.iterdir()} == {app.name, "Applications", "はじめに - Read me first.txt"}
    assert (shown / "Applications").readlink() == Path("/Applications")


def test_the_windows_version_resource_is_python_that_pyinstaller_reads(tmp_path: Path) -> None:
    for path in version_resource.write_version_resources(tmp_path):
        text = path.read_text(encoding="utf-8")
        compile(text, path.name, "eval")
        assert release.TITLE_JA in text and release.version() in text


@pytest.mark.skipif(shutil.which("desktop-file-validate") is None, reason="Debian's desktop-file-utils is missing")
@pytest.mark.skipif(shutil.which("appstreamcli") is None, reason="Debian's appstream is missing")
def test_the_freedesktop_validators_have_nothing_to_say(tmp_path: Path) -> None:
    share = linux_archive.write_share(tmp_path / "share")
    assert (share / "icons" / "hicolor" / "scalable" / "apps" / "mail-first-aid.svg").exists()


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="Linux only")
def test_the_linux_installer_brings_and_takes_only_its_own(tmp_path: Path) -> None:
    unpacked, home = tmp_path / "unpacked", tmp_path / "a home"
    (unpacked / "mail-first-aid").mkdir(parents=True)
    program = unpacked / "mail-first-aid" / "mail-first-aid"
    program.write_text("#!/bin/sh\necho it runs\n")
    program.chmod(0o755)
    (unpacked / "share" / "applications").mkdir(parents=True)
    shutil.copyfile(
        linux_archive.HERE / "mail-first-aid.desktop", unpacked / "share/applications/mail-first-aid.desktop"
    )
    shutil.copyfile(linux_archive.HERE / "install.sh", unpacked / "install.sh")
    other = home / ".local" / "share" / "applications" / "other.desktop"
    notebook = home / ".local" / "share" / "mail-first-aid" / "notebook.sqlite3"
    for path in (other, notebook):
        path.parent.mkdir(parents=True)
        path.write_text("mine")

    def install(*words: str) -> None:
        environment = {"HOME": str(home), "PATH": "/usr/bin:/bin"}
        script = ["sh", str(unpacked / "install.sh"), *words]
        subprocess.run(script, env=environment, check=True, capture_output=True, timeout=30)

    install()
    install()  # over itself: an upgrade
    started = subprocess.run(
        [home / ".local/bin/mail-first-aid"], capture_output=True, text=True, check=True, timeout=30
    )
    assert started.stdout == "it runs\n"
    entry = (home / ".local/share/applications/mail-first-aid.desktop").read_text()
    assert f'Exec="{home}/.local/lib/mail-first-aid/mail-first-aid"\n' in entry
    install("--uninstall")
    left = {path for path in home.rglob("*") if not path.is_dir()}
    assert left == {other, notebook}
    install("--uninstall", "--remove-data")
    assert not notebook.exists() and other.exists()


def test_without_credentials_signing_is_skipped_and_says_so(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for name in ("MFA_SIGNTOOL", "MFA_MAC_IDENTITY", "MFA_NOTARY_PROFILE"):
        monkeypatch.delenv(name, raising=False)
    assert not signing.sign_windows(Path("setup.exe"))
    assert not signing.notarise_mac(Path("app.dmg"))
    said = capsys.readouterr().out
    assert "skipped: setup.exe is not signed" in said and "skipped: app.dmg is not notarised" in said


@pytest.mark.skipif(sys.platform == "win32", reason="touch")
def test_with_a_command_the_file_is_signed(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("MFA_SIGNTOOL", "touch")
    assert signing.sign_windows(tmp_path / "signed.exe")
    assert (tmp_path / "signed.exe").exists()
    monkeypatch.setenv("MFA_SIGNTOOL", "false")
    with pytest.raises(subprocess.CalledProcessError):
        signing.sign_windows(tmp_path / "signed.exe")
