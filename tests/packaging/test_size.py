"""What goes into the program, and how large it may be."""

from __future__ import annotations

import sys
from pathlib import Path

import budget
import pytest
from keep_list import read_keep_list

KEPT = (
    "PySide6/Qt/plugins/platforms/libqxcb.so",
    "PySide6/plugins/platforms/qwindows.dll",
    "PySide6/Qt/plugins/platforms/libqcocoa.dylib",
    "PySide6/Qt/plugins/platforms/libqoffscreen.so",
    "PySide6/Qt/plugins/platforminputcontexts/libibusplatforminputcontextplugin.so",
    "PySide6/plugins/styles/qmodernwindowsstyle.dll",
    "PySide6/Qt/translations/qtbase_ja.qm",
    "PySide6/Qt/lib/libQt6Widgets.so.6",
    "PySide6/QtWidgets.abi3.so",
    "resources/locale/ja/LC_MESSAGES/gui.mo",
    "keyring-25.7.0.dist-info/entry_points.txt",
)
DROPPED = (
    "PySide6/Qt/plugins/platforms/libqeglfs.so",
    "PySide6/Qt/plugins/platforms/libqvnc.so",
    "PySide6/Qt/plugins/platformthemes/libqgtk3.so",
    "PySide6\\plugins\\tls\\qschannelbackend.dll",
    "PySide6/Qt/translations/qtbase_de.qm",
    "PySide6/Qt/lib/libQt6Network.so.6",
    "PySide6/opengl32sw.dll",
    "noto_cjk_sans_jp_bold/NotoSansCJKjp-Bold.otf",
    "keyring-25.7.0.dist-info/RECORD",
)


@pytest.mark.parametrize("path", KEPT)
def test_what_the_window_needs_is_kept(path: str) -> None:
    assert read_keep_list().keeps(path)


@pytest.mark.parametrize("path", DROPPED)
def test_what_nobody_needs_is_dropped(path: str) -> None:
    assert not read_keep_list().keeps(path)


def test_every_rule_says_why() -> None:
    kept = read_keep_list()
    for rule in (*kept.plugins, *kept.translations, *kept.dropped, *kept.modules):
        assert len(rule.why) > 10, rule


def test_no_module_of_the_app_imports_what_is_left_out() -> None:
    left_out = set(read_keep_list().excluded_modules()) - {"fontTools"}  # only where no list of characters is there
    root = budget.FILE.parent.parent
    for path in (*(root / "core").rglob("*.py"), *(root / "gui").rglob("*.py")):
        for line in path.read_text(encoding="utf-8").splitlines():
            words = line.split()
            if words[:1] == ["import"] or (words[:1] == ["from"] and "import" in words):
                assert words[1].split(".")[0] not in left_out and words[1] not in left_out, f"{path}: {line}"


def test_an_unknown_kind_of_rule_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "list.toml"
    file.write_text('[[plugins]]\nmatch = "a"\nwhy = "b"\n')
    with pytest.raises(ValueError, match="plugins"):
        read_keep_list(file)


def test_the_promised_downloads_are_the_limits() -> None:
    assert budget.limits()["download"]["windows"] <= 45
    assert budget.limits()["download"]["linux"] <= 65


@pytest.mark.skipif(sys.platform == "win32", reason="symbolic links need a right there")
def test_over_the_limit_the_largest_files_are_named(tmp_path: Path) -> None:
    (tmp_path / "inside").mkdir()
    (tmp_path / "inside" / "large.so").write_bytes(bytes(3_000_000))
    (tmp_path / "small.so").write_bytes(bytes(1000))
    (tmp_path / "link.so").symlink_to(tmp_path / "inside" / "large.so")
    table = {"frozen": {"linux": 2.0}}
    with pytest.raises(SystemExit) as told:
        budget.hold("frozen", "linux", tmp_path, tmp_path, table)
    lines = str(told.value).splitlines()
    assert "3.0 MB of 2.0 MB allowed" in lines[0]
    assert "large.so" in lines[2] and "small.so" in lines[3] and len(lines) == 4
    assert "3.0 MB of 4.0 MB" in budget.hold("frozen", "linux", tmp_path, tmp_path, {"frozen": {"linux": 4.0}})
