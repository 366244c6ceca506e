"""Version, notes, manifests, locks, licences and the workflow: what a release says of itself is true."""

from __future__ import annotations

import hashlib
import re
import tomllib
from pathlib import Path

import bill
import manifests
import pytest
import release
import yaml
from packaging.requirements import Requirement

import core

ROOT = release.ROOT
URL = "https://example.org/mail/releases/download/v1"


@pytest.fixture
def built(tmp_path: Path) -> Path:
    """A folder with files of the right names."""
    for ending in ("windows-x64-setup.exe", "macos-arm64.dmg", "macos-x86_64.dmg"):
        (tmp_path / f"mail-first-aid-{release.version()}-{ending}").write_bytes(ending.encode())
    return tmp_path


def test_the_version_is_the_programs() -> None:
    assert release.version() == core.__version__


def test_notes_are_the_versions_part_of_the_changelog() -> None:
    text = "# Changelog\n\n## Unreleased\n\n- new\n\n## [1.2.0] - 2026-11-22\n\n### Added\n- this\n\n## 1.1.0\n- old\n"
    assert release.notes("1.2.0", text) == "### Added\n- this"
    assert release.notes("9.9.9", text) == "- new"
    with pytest.raises(SystemExit):
        release.notes("9.9.9", "# Changelog\n")
    assert release.notes(release.version())


def test_the_moment_can_be_given(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1795000000")
    assert release.moment() == 1795000000
    monkeypatch.delenv("SOURCE_DATE_EPOCH")
    assert release.moment() != 1795000000


def test_winget_manifests_name_the_file_its_sum_and_place(built: Path) -> None:
    texts = {
        path.name: yaml.safe_load(path.read_text())
        for path in manifests.write_manifests(built, URL)
        if path.suffix == ".yaml"
    }
    assert {text["ManifestType"] for text in texts.values()} == {"version", "installer", "defaultLocale", "locale"}
    assert {(text["PackageIdentifier"], text["PackageVersion"]) for text in texts.values()} == {
        (manifests.WINGET_ID, release.version())
    }
    installer = texts[f"{manifests.WINGET_ID}.installer.yaml"]["Installers"][0]
    name = f"mail-first-aid-{release.version()}-windows-x64-setup.exe"
    assert installer["InstallerUrl"] == f"{URL}/{name}"
    assert installer["InstallerSha256"] == hashlib.sha256((built / name).read_bytes()).hexdigest()


def test_the_cask_names_both_macs(built: Path) -> None:
    cask = next(path for path in manifests.write_manifests(built, URL) if path.suffix == ".rb").read_text()
    for ending in ("macos-arm64.dmg", "macos-x86_64.dmg"):
        assert hashlib.sha256(ending.encode()).hexdigest() in cask
    assert f'version "{release.version()}"' in cask and 'homepage "https://example.org/mail"' in cask
    assert cask.count(" do\n") == len(re.findall(r"^\s*end$", cask, re.MULTILINE))


def test_a_missing_file_and_an_unsafe_address_are_refused(built: Path) -> None:
    with pytest.raises(SystemExit, match="https"):
        manifests.write_manifests(built, "http://example.org")
    next(built.glob("*.exe")).unlink()
    with pytest.raises(SystemExit, match=r"setup\.exe"):
        manifests.write_manifests(built, URL)


def test_the_builds_lock_is_the_projects() -> None:
    dependencies = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["dependencies"]
    ours, build = _pins("requirements.lock"), _pins("packaging/build.lock")
    for line in dependencies:
        wanted = Requirement(line)
        name = re.sub(r"[-_.]+", "-", wanted.name).lower()
        assert name in build, f"{name} is not locked for the build: make lock"
        assert wanted.specifier.contains(build[name]), f"{name} {build[name]} does not fit {line}: make lock"
        assert build[name] == ours[name], f"{name} is tested as {ours[name]} and built as {build[name]}: make lock"


def test_every_pin_of_the_build_has_a_hash() -> None:
    text = (ROOT / "packaging" / "build.lock").read_text()
    for entry in re.split(r"\n(?=[a-z])", text):
        assert not entry[0].isalpha() or "--hash=sha256:" in entry, entry.splitlines()[0]


def test_what_is_shipped_brings_its_licences(tmp_path: Path) -> None:
    names = {path.name for path in bill.write_licences(tmp_path)}
    typefaces = (tmp_path / "typst-fonts.txt").read_text(encoding="utf-8")  # within typst's own program
    for face in ("Bitstream Vera is a trademark", "Libertinus Project Authors", "GUST Font License", "SIL OPEN FONT"):
        assert face in typefaces
    assert "typst-library 0." in (tmp_path / "typst.txt").read_text(encoding="utf-8"), "its parts are named"
    assert {"mail-first-aid.txt", "python.txt", "LGPL-3.0.txt", "GPL-3.0.txt", "dnspython.txt"} <= names
    assert "SIL OPEN FONT LICENSE" in (tmp_path / "noto-cjk-sans-jp-regular.txt").read_text().upper()
    assert "pytest.txt" not in names


def test_the_bill_of_materials_names_what_is_shipped_and_nothing_else() -> None:
    parts = [{"name": name, "bom-ref": name, "version": "1"} for name in ("PySide6_Essentials", "dnspython", "pytest")]
    whole = {
        "metadata": {"component": {"bom-ref": "root", "name": "mail-first-aid"}},
        "components": parts,
        "dependencies": [{"ref": "root", "dependsOn": ["dnspython", "pytest"]}, {"ref": "pytest", "dependsOn": []}],
    }
    cut = bill.cut_down(whole, {"pyside6-essentials", "dnspython"})
    assert [part["name"] for part in cut["components"]] == ["PySide6_Essentials", "dnspython", "CPython"]
    assert cut["dependencies"] == [{"ref": "root", "dependsOn": ["dnspython"]}]
    with pytest.raises(SystemExit, match="typst"):
        bill.cut_down(whole, {"typst"})


def test_the_workflow_builds_tries_and_uninstalls_on_every_system() -> None:
    jobs = yaml.safe_load((ROOT / ".github" / "workflows" / "release.yml").read_text())["jobs"]
    assert [row["system"] for row in jobs["build"]["strategy"]["matrix"]["include"]] == [
        "windows", "mac-arm", "mac-intel", "linux",
    ]  # fmt: skip
    steps = "\n".join(step.get("run", "") for step in jobs["build"]["steps"])
    assert steps.count("--self-test") >= 6 and "uninstall" in steps and "--require-hashes" in steps
    for script in set(re.findall(r"packaging/[\w/.]+", steps)):
        assert (ROOT / script).exists(), script


def _pins(name: str) -> dict[str, str]:
    return dict(re.findall(r"^([a-z0-9][\w.-]*)==([^\s;\\]+)", (ROOT / name).read_text(), re.MULTILINE))
