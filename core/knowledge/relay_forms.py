"""The ways to write an address that made servers pass on strangers' mail, and what their answers mean.

Reads `resources/data/relay_forms.toml`. Forms are filled with the server's own names; the destination is in a
reserved domain (RFC 2606), so that no stranger is touched. (One thorough form, suffix-D, must name a look-alike of the
server's own domain; like all of them it ends at RCPT.)
"""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cache
from typing import Literal

from core.knowledge.hosts import host_of
from core.resources import resources_dir

Recipient = Literal["outside", "ours", "backup"]
# refused: a stranger's mail was turned away; everything else says nothing about relaying.
Meaning = Literal[
    "refused", "greylisted", "bad_sender", "bad_helo", "bad_recipient", "client_blocked", "rate_limited",
    "tls_required", "temporary",
]  # fmt: skip


@dataclass(frozen=True)
class RelayForm:
    """One MAIL FROM / RCPT TO pair with placeholders {ext} {to} {H} {D} {IP} {backup}; `helo` None is our own name.

    `recipient`: whose domain stands behind the @. "ours": a yes must be compared with a mailbox that cannot exist.
    `implied_by`: forms whose refusal answers this one too.
    """

    id: str
    mail_from: str
    rcpt_to: str
    origin: str
    helo: str | None = None
    recipient: Recipient = "outside"
    default: bool = False
    implied_by: tuple[str, ...] = ()


@dataclass(frozen=True)
class Places:
    """What fills the placeholders. `backup` is another domain the server takes mail for."""

    host: str
    domain: str
    address: str
    backup: str | None = None


@dataclass(frozen=True)
class Probe:
    """A form filled in, ready to be sent."""

    form: RelayForm
    mail_from: str  # with its angle brackets
    rcpt_to: str
    helo: str | None
    control: str | None  # a recipient in the same domain that cannot exist, for forms to "ours" and "backup"


@dataclass(frozen=True)
class AnswerPattern:
    """What a refusal with this wording means. `stage` "" fits every command."""

    meaning: Meaning
    pattern: re.Pattern[str]
    stage: str = ""


@dataclass(frozen=True)
class ThoroughLimits:
    """How the thorough run stays under the limits of real servers; times in seconds."""

    forms_per_connection: int
    connections_at_once: int
    rest_seconds: float
    most_rests: int
    most_seconds: float


@dataclass(frozen=True)
class RelayData:
    """The whole file."""

    checked: date
    recipient_name: str
    recipient_domain: str
    pause_seconds: float
    most_refusals: int
    window_seconds: int
    thorough: ThoroughLimits
    forms: tuple[RelayForm, ...]
    answers: tuple[AnswerPattern, ...]
    hosted: tuple[re.Pattern[str], ...]
    examples: tuple[tuple[str, int, str, Meaning], ...] = field(default=())


_KEYS = {"checked", "limits", "thorough", "recipient", "form", "answer", "hosted", "example"}


@cache
def relay_data() -> RelayData:
    """The data file, read once. Raises ValueError on unknown keys."""
    path = resources_dir() / "data" / "relay_forms.toml"
    data = tomllib.loads(path.read_text(encoding="utf-8"))
    if unknown := set(data) - _KEYS:
        raise ValueError(f"{path.name}: unknown keys {sorted(unknown)}")
    return RelayData(
        checked=data["checked"],
        recipient_name=data["recipient"]["name"],
        recipient_domain=data["recipient"]["domain"],
        pause_seconds=float(data["limits"]["pause_seconds"]),
        most_refusals=int(data["limits"]["most_refusals"]),
        window_seconds=int(data["limits"]["window_seconds"]),
        thorough=ThoroughLimits(**data["thorough"]),
        forms=tuple(RelayForm(**{**row, "implied_by": tuple(row.get("implied_by", ()))}) for row in data["form"]),
        answers=tuple(
            AnswerPattern(row["meaning"], re.compile(row["pattern"], re.IGNORECASE), row.get("stage", ""))
            for row in data["answer"]
        ),
        hosted=tuple(re.compile(pattern, re.IGNORECASE) for pattern in data["hosted"]["names"]),
        examples=tuple((row["stage"], row["code"], row["text"], row["meaning"]) for row in data["example"]),
    )


def is_hosted(host: str) -> bool:
    """Whether the host belongs to a big provider, whose server is never the reader's to test."""
    return host_of(host, "mx") is not None or any(pattern.search(host.rstrip(".")) for pattern in relay_data().hosted)


def probes(places: Places, thorough: bool = False) -> tuple[Probe, ...]:
    """The forms to try, filled in: the few default ones, or all. Forms that need a domain we were not told are left
    out."""
    data = relay_data()
    chosen = [form for form in data.forms if form.default or thorough]
    if not thorough and places.backup:  # the percent through a relayed domain is more telling than through our own
        chosen = [form for form in data.forms if form.id == "backup-pct" or (form.default and form.id != "pct-D")]
    return tuple(_filled(form, places, data) for form in chosen if places.backup or "{backup}" not in form.rcpt_to)


def aimed_at(form_id: str, places: Places, mailbox: str) -> Probe:
    """One form whose destination is a mailbox of the person's own instead of the reserved domain: for the proof by
    arrival, the only message ever sent. Raises KeyError for a form whose mail would go anywhere else."""
    form = next((form for form in relay_data().forms if form.id == form_id), None)
    if form is None or form.rcpt_to not in ("<{to}@{ext}>", "<{to}%{ext}@{D}>"):
        raise KeyError(form_id)
    name, _, domain = mailbox.rpartition("@")
    return _filled(form, places, replace(relay_data(), recipient_name=name, recipient_domain=domain))


def _filled(form: RelayForm, places: Places, data: RelayData) -> Probe:
    words = {
        "ext": data.recipient_domain,
        "to": data.recipient_name,
        "H": places.host,
        "D": places.domain,
        "IP": f"IPv6:{places.address}" if ":" in places.address else places.address,
        "backup": places.backup or "",
    }
    control = {"ours": places.domain, "backup": places.backup}.get(form.recipient)
    return Probe(
        form=form,
        mail_from=form.mail_from.format_map(words),
        rcpt_to=form.rcpt_to.format_map(words),
        helo=form.helo.format_map(words) if form.helo else None,
        control=f"<{data.recipient_name}-no-such-user@{control}>" if control else None,
    )


def meaning_of(stage: str, code: int, text: str, recipient: Recipient) -> Meaning:
    """What a refusal at a command ("greeting", "HELO", "MAIL", "RCPT") says about relaying.

    454 at RCPT is the normal refusal of a Debian Postfix; an unknown user in the server's own domain is a plain
    refusal of that form, but in a foreign domain it means the server would have gone there.
    """
    line = f"{code} {text}"[:2000]
    found = next((a.meaning for a in relay_data().answers if a.stage in ("", stage) and a.pattern.search(line)), None)
    if found == "bad_recipient" and recipient != "outside":
        return "refused"
    if found is not None and (found != "refused" or stage == "RCPT"):
        return found
    if stage == "RCPT":
        return "refused" if code >= 500 or code == 454 else "temporary"
    by_stage: dict[str, Meaning] = {"greeting": "client_blocked", "HELO": "bad_helo"}
    return "temporary" if code < 500 else by_stage.get(stage, "bad_sender")
