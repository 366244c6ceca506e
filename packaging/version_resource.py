"""The file version that Windows shows under Properties, one text for each starter, in the form PyInstaller reads."""

from __future__ import annotations

from pathlib import Path

from release import COPYRIGHT, PUBLISHER, TITLE, TITLE_JA, version

# Language and code page: Japanese (0x0411) and American English (0x0409), both Unicode (1200).
_TONGUES = {"041104B0": TITLE_JA, "040904B0": TITLE}


def write_version_resources(folder: Path) -> list[Path]:
    """`<starter>.version.txt` for the command line and the window."""
    written = []
    for name, about in (("mail-first-aid", "command line"), ("mail-first-aid-window", "window")):
        path = folder / f"{name}.version.txt"
        path.write_text(_resource(name, about), encoding="utf-8")
        written.append(path)
    return written


def _resource(name: str, about: str) -> str:
    number = (*map(int, version().split(".")), 0)
    tables = ", ".join(
        f"StringTable('{tongue}', [{_strings(name, title, about)}])" for tongue, title in _TONGUES.items()
    )
    return (
        f"VSVersionInfo(ffi=FixedFileInfo(filevers={number}, prodvers={number}, mask=0x3F, flags=0, OS=0x40004, "
        f"fileType=1, subtype=0, date=(0, 0)), kids=[StringFileInfo([{tables}]), "
        "VarFileInfo([VarStruct('Translation', [0x411, 1200, 0x409, 1200])])])\n"
    )


def _strings(name: str, title: str, about: str) -> str:
    values = {
        "CompanyName": PUBLISHER,
        "FileDescription": f"{title} ({about})",
        "FileVersion": version(),
        "InternalName": name,
        "LegalCopyright": COPYRIGHT,
        "OriginalFilename": f"{name}.exe",
        "ProductName": title,
        "ProductVersion": version(),
    }
    return ", ".join(f"StringStruct({key!r}, {value!r})" for key, value in values.items())
