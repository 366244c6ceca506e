"""What to do about one provider's refusal, in words: who refused, the steps there, its page, the letter to send.

A finding names a playbook by its code (value `playbook`); the link stands with the provider's rules, the words in the
catalogues. A code of another version that has no words here gives none.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from core.clean import clean
from core.knowledge.known_pages import without_strange_pages
from core.knowledge.reply_rules import playbook_links
from core.model import Value
from core.report.words import phrase
from core.texts import Texts

_QUOTE = 600  # characters of the other side's words
_LISTED = 20  # recipients named


@dataclass(frozen=True)
class Playbook:
    """One way out. `link` and `letter` are "" where there is none."""

    code: str
    title: str
    steps: tuple[str, ...]
    link: str
    letter: str


def playbook_of(values: Mapping[str, Value], texts: Texts) -> Playbook | None:
    """The playbook that a finding's (or a recipient's) values name, its letter filled in; None without one."""
    code = values.get("playbook")
    if not isinstance(code, str) or not texts.has(f"playbook.{code}.title"):
        return None
    address = values.get("sending_address") or phrase(texts, "refusal.address_here")
    quote = without_strange_pages(clean(str(values.get("said") or ""), _QUOTE), phrase(texts, "refusal.page_left_out"))
    filled = {"sending_address": clean(str(address), 120), "said": quote}
    return Playbook(
        code,
        phrase(texts, f"playbook.{code}.title"),
        tuple(texts.steps(f"playbook.{code}", filled)),
        playbook_links().get(code, ""),
        _letter(f"playbook.{code}.letter", filled, bool(values.get("sending_address")), texts),
    )


def _letter(key: str, filled: dict[str, str], named: bool, texts: Texts) -> str:
    """The letter, after a note where it calls an address ours: `named` by nothing but the returned mail."""
    if not texts.has(key):
        return ""
    said, of_address = texts.text(key, filled), texts.text(key, {**filled, "sending_address": ""})
    if not named or said == of_address:
        return said
    return f"{texts.text('letters.line.doubtful', addresses=[filled['sending_address']])}\n\n{said}"


def playbook_fields(values: Mapping[str, Value], texts: Texts) -> dict[str, Any]:
    """The same for JSON, under its public names; nothing without a playbook."""
    found = playbook_of(values, texts)
    if not found:
        return {}
    return {
        "playbook_title": found.title,
        "playbook_steps": list(found.steps),
        "playbook_link": found.link or None,
        "playbook_letter": found.letter or None,
    }


def refusal_lines(values: Mapping[str, Value], texts: Texts) -> tuple[str, ...]:
    """To whom, who refused, in which words: as far as the returned mail says so."""
    lines = []
    names = values.get("recipients")
    if isinstance(names, list) and names:
        shown = [clean(str(name), 320) for name in names[:_LISTED]] + ["…"] * (len(names) > _LISTED)
        lines.append(phrase(texts, "refusal.to", recipients=shown))
    if "refused_by" in values:
        lines.append(_refuser(values, texts))
    if values.get("said"):
        lines.append(phrase(texts, "refusal.said", said=clean(str(values["said"]), _QUOTE)[:200]))
    return tuple(lines)


def _refuser(values: Mapping[str, Value], texts: Texts) -> str:
    who = phrase(texts, f"refused_by.{values['refused_by']}")
    host = values.get("remote_mta")
    return phrase(texts, "refusal.by_host" if host else "refusal.by", who=who, host=clean(str(host or ""), 200))


def with_playbooks(summary: dict[str, Any], texts: Texts) -> dict[str, Any]:
    """A bounce's summary with the playbook's words beside each recipient's code."""
    sending = summary["sending_address"]
    recipients = [
        {**one, **playbook_fields({**one, "said": one["diagnostic_code"], "sending_address": sending}, texts)}
        for one in summary["recipients"]
    ]
    return {**summary, "recipients": recipients}
