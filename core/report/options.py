"""What the person chooses about the printed report: paper, company and logo, the mark, and what is masked."""

from __future__ import annotations

import os
import plistlib
import re
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, get_args
from xml.parsers.expat import ExpatError

from core.masking import Mask, mask_people, short_name
from core.report.logo import Logo
from core.texts import Language

Paper = Literal["a4", "letter"]
PAPERS: tuple[Paper, ...] = get_args(Paper)
# "appendix": people in the appendix are shortened. "all": every mail and IP address in the report is replaced.
Masked = Literal["nothing", "appendix", "all"]
MASKS: tuple[Masked, ...] = get_args(Masked)
LONGEST_COMPANY = 60  # characters
# Countries whose offices print on Letter (CLDR, measurementSystem/paperSize US-Letter), the common ones.
_LETTER = ("_US", "_CA", "_MX", "_CL", "_CO", "_CR", "_GT", "_PA", "_PH", "_PR", "_SV", "_VE")


@dataclass(frozen=True)
class ReportOptions:
    """`paper` None: as offices of the reader's country print."""

    paper: Paper | None = None
    company: str = ""
    logo: Logo | None = None
    confidential: bool = True
    masked: Masked = "appendix"


def default_paper(language: Language, place: str | None = None) -> Paper:
    """A4; Letter for an English report where offices use it. `place` is a locale name such as "en_US"."""
    name = (_system_place() if place is None else place).replace("-", "_")
    return "letter" if language == "en" and any(name.partition(".")[0].endswith(end) for end in _LETTER) else "a4"


def masked_report(data: dict[str, Any], masked: Masked, names: frozenset[str] = frozenset()) -> dict[str, Any]:
    """The laid out report with as much taken out as was chosen. `names` are accounts whose name is no address."""
    if masked == "nothing":
        return data
    if masked == "all":
        hidden: dict[str, Any] = Mask().masked(data)
        return hidden
    return {**data, "appendix": _people(data["appendix"], names)}


def _people(value: Any, names: frozenset[str]) -> Any:
    if isinstance(value, str):
        for name in names:
            value = short_name(name).join(re.split(rf"(?<![A-Za-z0-9_-]){re.escape(name)}(?![A-Za-z0-9_-])", value))
        return mask_people(value)
    if isinstance(value, list):
        return [_people(item, names) for item in value]
    if isinstance(value, dict):
        return {key: item if key == "code" else _people(item, names) for key, item in value.items()}
    return value


def _system_place() -> str:
    """The reader's locale name; "" when the system has none to tell (Python would call the C locale "en_US")."""
    for variable in ("LC_ALL", "LC_PAPER", "LANG"):
        if value := os.environ.get(variable):
            return value
    if sys.platform == "win32":
        import ctypes

        name = ctypes.create_unicode_buffer(85)  # LOCALE_NAME_MAX_LENGTH
        ctypes.windll.kernel32.GetUserDefaultLocaleName(name, 85)
        return name.value
    return _mac_place() if sys.platform == "darwin" else ""


def _mac_place() -> str:
    """A Mac's programs started by double-click know no variables: the person's settings say it, "en_US" for example."""
    try:
        with (Path.home() / "Library/Preferences/.GlobalPreferences.plist").open("rb") as file:
            settings = plistlib.load(file)
    except (OSError, ValueError, ExpatError):  # InvalidFileException is a ValueError
        return ""  # then the paper most of the world uses
    return str(settings.get("AppleLocale", "")) if isinstance(settings, dict) else ""
