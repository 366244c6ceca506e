"""Tries the setup under wine as Windows would run it: installs, tests itself, upgrades, uninstalls; ja and en."""

from __future__ import annotations

from pathlib import Path

from release import version
from windows_setup import make_setup
from wine import Wine

_CRITICAL = 2  # how the practice incident ends: it holds critical things on purpose
_NAMES = {"en": "Mail First Aid", "ja": "メール救急箱"}
_KEY = r"HKCU\Software\Microsoft\Windows\CurrentVersion\Uninstall\MailFirstAid"
_NEWER = "99.0.0"
_TOO_OLD = 4  # how the setup ends on a Windows before 10


def try_setup(wine: Wine, setup: Path, frozen: Path, folder: Path) -> None:
    """All of it in both languages. Raises SystemExit at the first thing wrong."""
    newer = make_setup(_small(frozen, folder), folder, wanted=_NEWER)
    wine.be("win7")
    wine.run([str(newer), "/S"], status=_TOO_OLD)
    wine.be("win10")
    for language, name in _NAMES.items():
        home = Home(wine, language)
        home.install(setup)
        home.expect_installed(name, version())
        home.try_program()
        home.leave_traces()
        home.install(newer)
        home.expect_installed(name, _NEWER)
        _expect(not (home.program / "_internal" / "from-before.txt").exists(), "a file of the version before is left")
        home.uninstall()
        home.expect_gone()
        _expect(home.notebook.exists(), "uninstalling took the notebook")
        home.install(newer)
        home.uninstall("/REMOVEDATA")
        home.expect_gone()
        _expect(not home.notebook.parent.exists(), "the notebook is left although its removal was asked for")
        _try_a_file_of_somebodys(home, newer)
        done = "installed, tested itself, upgraded, uninstalled keeping and removing the notebook"
        print(f"ok: setup {language}: {done}")


def _try_a_file_of_somebodys(home: Home, setup: Path) -> None:
    notes = home.program / "notes.txt"
    home.install(setup)
    notes.write_text("mine")
    home.uninstall()
    _expect(notes.exists(), "uninstalling took a file that is not the setup's")
    notes.unlink()


class Home:
    """Where the setup lays things on drive C of the wine folder, for one language."""

    def __init__(self, wine: Wine, language: str) -> None:
        self._wine, self._language = wine, language
        self.user = wine.run(["cmd", "/c", "echo", "%USERNAME%"]).strip().splitlines()[-1]
        local = wine.drive("users", self.user, "AppData", "Local")
        self.program = local / "Programs" / "Mail First Aid"
        self.notebook = local / "mail-first-aid" / "notebook.sqlite3"
        menu = ("AppData", "Roaming", "Microsoft", "Windows", "Start Menu", "Programs")
        self.menu = wine.drive("users", self.user, *menu)

    def install(self, setup: Path) -> None:
        """Silently, into the place it chooses itself."""
        self._wine.run([str(setup), "/S"], language=self._language)

    def uninstall(self, *options: str) -> None:
        """Silently; `_?=` keeps the uninstaller where it is, so that it can be waited for, and then it is left over."""
        words = [str(self.program / "uninstall.exe"), "/S", *options, f"_?={self._windows(self.program)}"]
        self._wine.run(words, language=self._language)
        (self.program / "uninstall.exe").unlink(missing_ok=True)
        if self.program.exists() and not any(self.program.iterdir()):
            self.program.rmdir()

    def expect_installed(self, name: str, number: str) -> None:
        """The files, one Start menu entry in the language, and what Windows lists under Apps."""
        for part in ("mail-first-aid.exe", "mail-first-aid-window.exe", "uninstall.exe"):
            _expect((self.program / part).exists(), f"{part} is not installed")
        entries = [path.name for path in self.menu.glob("*.lnk")]
        _expect(entries == [f"{name}.lnk"], f"Start menu entries: {entries}")
        listed = self._wine.run(["reg", "query", _KEY], language=self._language)
        _expect(number in listed, f"Windows does not list version {number}:\n{listed}")

    def try_program(self) -> None:
        """The installed window tests itself, the installed command line prints the practice incident."""
        said = self._wine.run([str(self.program / "mail-first-aid-window.exe"), "--self-test"], language=self._language)
        odd = [line for line in said.splitlines() if not line.startswith("self-test: ")]
        _expect(said.rstrip().endswith("self-test: ok") and not odd, f"the self-test says:\n{said}")
        pdf = self.program.parent / "practice.pdf"
        words = ["practice", "--lang", self._language, "--json", "--pdf", self._windows(pdf)]
        said = self._wine.run(
            [str(self.program / "mail-first-aid.exe"), *words], language=self._language, status=_CRITICAL
        )
        _expect('"open_relay"' in said, f"the practice incident does not name open_relay:\n{said}")
        _expect(pdf.read_bytes().startswith(b"%PDF-"), "no PDF")
        pdf.unlink()

    def leave_traces(self) -> None:
        """What an earlier version and a person leave behind."""
        (self.program / "_internal" / "from-before.txt").write_text("old")
        self.notebook.parent.mkdir(parents=True, exist_ok=True)
        self.notebook.write_bytes(b"kept")

    def expect_gone(self) -> None:
        """No file, no Start menu entry, nothing in the registry."""
        left = [str(path) for path in self.program.rglob("*")] if self.program.exists() else []
        _expect(not left, f"left behind: {left[:5]}")
        _expect(not list(self.menu.glob("*.lnk")), "the Start menu entry is left")
        self._wine.run(["reg", "query", _KEY], language=self._language, status=1)

    def _windows(self, path: Path) -> str:
        return "C:\\" + "\\".join(path.relative_to(self._wine.drive()).parts)


def _small(frozen: Path, folder: Path) -> Path:
    """The two starters and one file: a newer version to upgrade to, compiled in a second instead of a minute."""
    small = folder / "newer"
    (small / "_internal").mkdir(parents=True, exist_ok=True)
    for name in ("mail-first-aid.exe", "mail-first-aid-window.exe"):
        (small / name).write_bytes((frozen / name).read_bytes())
    (small / "_internal" / "new.txt").write_text("new")
    return small


def _expect(good: bool, complaint: str) -> None:
    if not good:
        raise SystemExit(complaint)
