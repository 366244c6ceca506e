"""Fix cards as data: for every cause and every kind of server the steps, or the reason why there are none.

One file a cause in `resources/data/fixes`; `fix_steps.toml` beside them holds what a server's cards have in common
(how its settings are saved, read in again, put back). The files hold commands, settings and codes; the sentences
stand in `fixes.po`. In a command, `{name}` with a name of `PLACEHOLDERS` is a blank for one of this server's values;
any other brace is the command's own. A reader refuses unknown keys, words and placeholders.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any, Literal, get_args

from core.resources import resources_dir

ServerKind = Literal[
    "postfix", "sendmail", "exim", "opensmtpd", "qmail", "courier", "exchange", "microsoft_365", "google_workspace",
    "plesk", "cpanel", "zimbra", "mailcow", "iredmail", "hosted", "unknown",
]  # fmt: skip
Part = Literal["look", "backup", "do", "apply", "verify", "undo"]
Call = Literal["builder", "hosting_company", "domain_company", "line_company", "web_builder", "recipient", "provider"]
KINDS: tuple[ServerKind, ...] = get_args(ServerKind)
PARTS: tuple[Part, ...] = get_args(Part)
CALLS: tuple[Call, ...] = get_args(Call)

# The blanks of commands; what may stand in each is decided in `core.first_aid.blanks`.
PLACEHOLDERS = frozenset({
    "account", "account_name", "address", "backup", "big_file", "client_address", "connector", "domain", "form_file",
    "helper", "jail", "mail_host", "networks", "new_certificate", "new_key", "other_disk", "queue_id", "recipient",
    "relay_user", "relayhost", "resolver", "sender", "web_account", "zone",
})  # fmt: skip
# After ".D" the braces are Sendmail's own: a macro in its test mode.
_BLANK = re.compile(r"(?<!\.D)\{([a-z_]+)\}")


class FixDataError(ValueError):
    """A data file of the fix cards is wrong: a bug of ours, found by the tests."""


@dataclass(frozen=True)
class FixStep:
    """One step. `say` is the code of its sentence.

    `run` is a command for the server's shell, `open` a way through a product's menus, `app` the check that the app
    repeats; without any of them the person acts by hand. `expect` is what a good answer contains, word for word.
    `keeps`: makes a copy of mail or logs that a later step deletes.
    """

    part: Part
    say: str
    run: str = ""
    open: str = ""
    app: str = ""
    expect: str = ""
    optional: bool = False
    keeps: bool = False

    @property
    def placeholders(self) -> tuple[str, ...]:
        """The names of the blanks in the command, in their order, each once."""
        return tuple(dict.fromkeys(name for name in _BLANK.findall(self.run) if name in PLACEHOLDERS))


@dataclass(frozen=True)
class FixCard:
    """The steps for some kinds of server. `tried`: those on which every command was run, undone and looked at.

    `pause` says what stands still meanwhile, `risk` what can go wrong (both codes), `minutes` how long it takes.
    """

    servers: tuple[ServerKind, ...]
    steps: tuple[FixStep, ...]
    minutes: int
    pause: str
    risk: str
    stop: tuple[str, ...]
    call: Call
    tried: tuple[ServerKind, ...] = ()
    tried_on: str = ""  # the version that was
    oldest: str = ""  # before this version the commands are known to differ


@dataclass(frozen=True)
class Absent:
    """Why there is no card for these kinds of server: a code."""

    servers: tuple[ServerKind, ...]
    reason: str


@dataclass(frozen=True)
class Fix:
    """Everything about one cause. `then`: cards of other files that belong after this one."""

    cause: str
    checked: date
    cards: tuple[FixCard, ...]
    absent: tuple[Absent, ...] = ()
    then: tuple[str, ...] = ()

    def for_server(self, kind: ServerKind) -> FixCard | Absent | None:
        """The card of this kind of server, or why there is none; None is a hole in the data."""
        found: tuple[FixCard | Absent, ...] = (*self.cards, *self.absent)
        return next((one for one in found if kind in one.servers), None)


def parse_fix(cause: str, raw: Mapping[str, Any], common: Mapping[str, Mapping[str, Any]]) -> Fix:
    """One file's content. Raises `FixDataError` on anything unknown, missing or said twice."""
    try:
        return _fix(cause, raw, common)
    except (TypeError, KeyError, ValueError) as wrong:
        raise FixDataError(f"{cause}: {wrong}") from wrong


@cache
def load_fixes(folder: Path | None = None) -> Mapping[str, Fix]:
    """Every file of fix cards by its cause, in the alphabet's order."""
    data = folder or resources_dir() / "data"
    common = tomllib.loads((data / "fix_steps.toml").read_text(encoding="utf-8"))["server"]
    paths = sorted((data / "fixes").glob("*.toml"))
    return {p.stem: parse_fix(p.stem, tomllib.loads(p.read_text(encoding="utf-8")), common) for p in paths}


@cache
def hold_steps(kind: ServerKind) -> tuple[FixStep, ...]:
    """How outgoing mail is held on this kind of server, and how it is let go again; () where no short command does."""
    common = tomllib.loads((resources_dir() / "data" / "fix_steps.toml").read_text(encoding="utf-8"))["server"]
    return tuple(_step({"use": name}, common[kind]) for name in ("hold", "release") if name in common.get(kind, {}))


def _fix(cause: str, raw: Mapping[str, Any], common: Mapping[str, Mapping[str, Any]]) -> Fix:
    known = {"checked", "card", "absent", "then", "minutes", "pause", "risk", "stop", "call"}
    if unknown := set(raw) - known:
        raise FixDataError(f"unknown keys {sorted(unknown)}")
    shared = {key: raw[key] for key in ("minutes", "pause", "risk", "stop", "call") if key in raw}
    absent = tuple(Absent(_kinds(one.pop("servers")), **one) for one in map(dict, raw.get("absent", ())))
    entries = [{**shared, **entry} for entry in raw.get("card", ())]
    named = [kind for one in entries if one["servers"] != ["*"] for kind in _kinds(one["servers"])]
    named += [kind for one in absent for kind in one.servers]
    if twice := {kind for kind in named if named.count(kind) > 1}:
        raise FixDataError(f"more than one card for {sorted(twice)}")
    rest = [kind for kind in KINDS if kind not in named]
    cards = (card for entry in entries for card in _cards(entry, rest, common))
    return Fix(cause, raw["checked"], tuple(cards), absent, tuple(raw.get("then", ())))


def _cards(raw: dict[str, Any], rest: list[ServerKind], common: Mapping[str, Mapping[str, Any]]) -> list[FixCard]:
    """One card; where a common step differs from server to server, one card for each of them."""
    servers = rest if raw["servers"] == ["*"] else list(_kinds(raw["servers"]))
    tried, steps = _kinds(raw.get("tried", ())), raw["steps"]
    more = {key: value for key, value in raw.items() if key not in ("servers", "tried", "steps", "stop")}
    card = FixCard(servers=(), steps=(), stop=tuple(raw["stop"]), **more)
    if card.call not in CALLS or set(tried) - set(servers):
        raise FixDataError(f"{card.call}, {tried}: not among the known")
    made = []
    for kind in servers:
        own = tuple(_step(step, common.get(kind, {})) for step in steps)
        versions = {name: common.get(kind, {}).get(name, "") for name in ("tried_on", "oldest")}
        made.append(replace(card, servers=(kind,), steps=own, tried=(kind,) if kind in tried else (), **versions))
    return made


def _step(raw: Mapping[str, Any], common: Mapping[str, Any]) -> FixStep:
    if "use" in raw:
        name = raw["use"]
        if name not in common:
            raise FixDataError(f"this server has no common step {name!r}")
        raw = {**common[name], **{key: value for key, value in raw.items() if key != "use"}}
    step = FixStep(**{**raw, "run": raw.get("run", "").strip()})
    if step.part not in PARTS or sum(map(bool, (step.run, step.open, step.app))) > 1:
        raise FixDataError(f"{step.say}: unknown part, or more than one thing to do")
    if unknown := set(_BLANK.findall(step.run)) - PLACEHOLDERS:
        raise FixDataError(f"{step.say}: unknown placeholders {sorted(unknown)}")
    return step


def _kinds(words: Any) -> tuple[ServerKind, ...]:
    if unknown := set(words) - set(KINDS):
        raise FixDataError(f"unknown servers {sorted(unknown)}")
    return tuple(words)
