"""The Info.plist of the .app: PyInstaller adds the name of the program and of its icon."""

from __future__ import annotations

import plistlib
from pathlib import Path
from typing import Any

from release import COPYRIGHT, IDENTIFIER, TITLE, version


def info() -> dict[str, Any]:
    """What macOS wants to know. 13 is the oldest macOS that PySide6 6.11 runs on."""
    return {
        "CFBundleName": TITLE,
        "CFBundleDisplayName": TITLE,
        "CFBundleIdentifier": IDENTIFIER,
        "CFBundleVersion": version(),
        "CFBundleShortVersionString": version(),
        "CFBundlePackageType": "APPL",
        "CFBundleDevelopmentRegion": "en",
        "CFBundleLocalizations": ["en", "ja"],
        "CFBundleAllowMixedLocalizations": True,  # Qt's and the system's own dialogs follow the person's language
        "LSMinimumSystemVersion": "13.0",
        "LSApplicationCategoryType": "public.app-category.utilities",
        "NSHighResolutionCapable": True,
        "NSRequiresAquaSystemAppearance": False,  # dark mode
        "NSPrincipalClass": "NSApplication",
        "NSHumanReadableCopyright": COPYRIGHT,
        "NSSupportsAutomaticGraphicsSwitching": True,
    }


def write_info_plist(target: Path) -> Path:
    """Write it as XML, keys in order."""
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_bytes(plistlib.dumps(info(), sort_keys=True))
    return target
