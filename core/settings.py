"""What the app remembers from one day to the next: the language and the last answers, never a secret.

One small JSON file in the user's settings folder. It is replaced as a whole, so that a power cut leaves the old one
or the new one; a file that cannot be read is kept beside it as `.bad` and the app starts afresh.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from pathlib import Path

import platformdirs

from core.clean import clean
from core.kept_file import read_kept, replace_kept
from core.recent_servers import Server, kept_servers

_FORM = 1  # raised when the meaning of a field changes
LONGEST_INITIALS = 20
LOOKS = ("system", "light", "dark")
_LONGEST_FILE = 100_000  # bytes; ours has a few hundred


@dataclass
class Settings:
    """`language` is None while the app follows the system; `answers` are as `core.guide` wants them kept.

    `look`: one of `LOOKS`; `resolver`: IP[:PORT] of the DNS server to ask, "" for the system's.
    """

    language: str | None = None
    answers: dict[str, str] = field(default_factory=dict)
    look: str = "system"
    resolver: str = ""
    report: dict[str, str] = field(default_factory=dict)  # choices about the printed report: company, paper ...
    window: str = ""  # where the window stood, in Qt's own words (base64)
    initials: str = ""  # who ticks; at most `LONGEST_INITIALS` characters
    sender: dict[str, str] = field(default_factory=dict)  # who signs letters: company, name, phone, contact
    recent: list[Server] = field(default_factory=list)  # servers looked at before, the newest first


def settings_file() -> Path:
    """Where the settings are kept for this user."""
    return platformdirs.user_config_path("mail-first-aid", appauthor=False, roaming=True) / "settings.json"


def load_settings(path: Path | None = None) -> Settings:
    """The settings as kept; defaults when there are none. A file that is no settings file is renamed to `.bad`."""
    path = path or settings_file()
    return read_kept(path, _LONGEST_FILE, _parsed, path.with_suffix(".bad")) or Settings()


def save_settings(settings: Settings, path: Path | None = None) -> None:
    """Replace the settings file as a whole. Raises `OSError` when the folder cannot be written."""
    path = path or settings_file()
    kept = {
        "form": _FORM,
        "language": settings.language,
        "answers": settings.answers,
        "look": settings.look,
        "resolver": settings.resolver,
        "report": settings.report,
        "window": settings.window,
        "initials": settings.initials,
        "sender": settings.sender,
        "recent": settings.recent,
    }
    replace_kept(path, json.dumps(kept, ensure_ascii=False, indent=1))


def _parsed(raw: bytes) -> Settings:
    kept = json.loads(raw.decode("utf-8"))
    if not isinstance(kept, dict) or kept.get("form") != _FORM:
        raise ValueError("not a settings file of this form")
    language, answers = kept.get("language"), kept.get("answers")
    if not isinstance(answers, dict) or not (language is None or isinstance(language, str)):
        raise ValueError("a field has the wrong kind")
    look, resolver = kept.get("look"), kept.get("resolver")
    return Settings(
        language,
        _texts(answers),
        look if look in LOOKS else "system",
        resolver if isinstance(resolver, str) else "",
        _texts(kept.get("report")),
        window if isinstance(window := kept.get("window"), str) else "",
        clean(initials, LONGEST_INITIALS) if isinstance(initials := kept.get("initials"), str) else "",
        _texts(kept.get("sender")),
        kept_servers(kept.get("recent")),
    )


def _texts(value: object) -> dict[str, str]:
    pairs = value.items() if isinstance(value, dict) else ()
    return {str(key): item for key, item in pairs if isinstance(item, str)}
