"""Facts -> letters: one skeleton a kind, and one sentence a cause for what happened and what is asked."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, get_args

from core.again import listing_roots
from core.checklist import checklist
from core.clean import clean
from core.delisting import DeskLine
from core.first_aid import DnsLine
from core.incident import Incident
from core.letters.facts import Facts, Sender, facts_of, moment, pasted_alone_in
from core.since import noticed_words, since_words, told_since
from core.texts import Texts

Kind = Literal["hosting", "line", "dns", "customers", "staff", "boss"]
KINDS: tuple[Kind, ...] = get_args(Kind)
_DONE_PHASES = ("stop", "evidence", "repair", "verify")
_NEXT_STEPS = 4
# Troubles in which nobody misused anything: no word about forged mail and stolen passwords then.
_NO_MISUSE = frozenset({
    "certificate_expired", "disk_full", "dns_moved", "domain_expired", "forwarding_breaks_auth", "greylisted_wait",
    "helper_down", "ipv6_path_bad", "mail_service_stopped", "mailbox_full", "outbound_25_blocked",
    "own_filter_rejects_all", "port_25_blocked_here", "ptr_or_helo_wrong", "recipient_side", "resolver_broken",
})  # fmt: skip


@dataclass(frozen=True)
class Letter:
    """A text to look through, change and send by hand. `to`: where it goes, "" when the person knows better."""

    kind: str
    language: str
    to: str
    subject: str
    body: str


def kind_for(incident: Incident) -> Kind:
    """The letter to begin with: to the company that must act."""
    facts = facts_of(incident)
    return "dns" if facts.cause and facts.cause.who_acts == "domain_company" else "hosting"


def letter(kind: Kind, incident: Incident, texts: Texts, sender: Sender | None = None) -> Letter:
    """One letter about the incident as it stands now."""
    facts = facts_of(incident)
    values = _values(facts, incident, texts, sender or Sender())
    values["matter"] = _matter(kind, facts, texts, values)
    if kind in ("customers", "staff"):
        values["state"] = _state(facts, texts, kind)
        values["warning"] = f"{texts.text(f'letters.{kind}.warning.letter', values)}\n" if _misused(incident) else ""
    return Letter(kind, texts.language, "", *_worded(f"letters.{kind}", incident, texts, values))


def request(line: DeskLine, incident: Incident, texts: Texts, sender: Sender | None = None) -> Letter:
    """The request for removal of one line of the desk, or, where only the hosting company is heard, the letter to it.

    Write it in a language of `line.languages`, the letter to the hosting company in the person's own.
    """
    roots = [cause.code for cause in incident.causes if cause.code in listing_roots()]
    facts = facts_of(incident, roots[0] if roots else "")
    values = _values(facts, incident, texts, sender or Sender())
    values |= {"list": clean(line.name, 80), "subject": clean(line.subject, 120)}
    if line.is_provider and texts.has(f"provider.{line.name}"):
        values["list"] = texts.text(f"provider.{line.name}")
    kind = "delisting_by_company" if line.who == "hosting_company" else "delisting"
    subject, body = _worded(f"letters.{kind}", incident, texts, values)
    if kind == "delisting" and not _is_repaired(facts):  # opened by hand: nobody has seen the repair
        subject = _marked(texts.text("letters.delisting_unproven.subject", values), incident, texts)
    return Letter(kind, texts.language, line.mail, subject, body)


def _worded(key: str, incident: Incident, texts: Texts, values: dict[str, str]) -> tuple[str, str]:
    """Subject and body. One of practice says so: nobody must send it by mistake."""
    subject, body = _marked(texts.text(f"{key}.subject", values), incident, texts), texts.text(f"{key}.letter", values)
    body = _doubted(body, incident, texts)
    return subject, f"{texts.text('letters.practice')}\n\n{body}" if incident.practice else body


def _doubted(body: str, incident: Incident, texts: Texts) -> str:
    """Before a letter that calls an address ours which only a pasted mail names, a note to whoever sends it."""
    named = [one for one in pasted_alone_in(incident) if re.search(rf"(?<![\w.:]){re.escape(one)}(?![\w:]|\.\d)", body)]
    note = texts.text("letters.line.doubtful", addresses=named) if named else ""
    return f"{note}\n\n{body}" if note and note not in body else body


def _marked(subject: str, incident: Incident, texts: Texts) -> str:
    said = clean(subject, 200)
    return f"{texts.text('letters.practice')} {said}" if incident.practice else said


def _misused(incident: Incident) -> bool:
    """Whether somebody may have sent in our name: so it is as long as the cause is not known."""
    codes = {cause.code for cause in incident.causes}
    return not codes or bool(codes - _NO_MISUSE)


def _values(facts: Facts, incident: Incident, texts: Texts, sender: Sender) -> dict[str, str]:
    """Every placeholder of every letter; what is not known is a bracket to be filled in."""
    known = {
        "company": clean(sender.company, 120),
        "name": clean(sender.name, 120),
        "phone": clean(sender.phone, 60),
        "contact": clean(sender.contact, 120),
        "contract": "",  # only the person knows it
        "domain": facts.domain,
        "host": facts.host,
        "address": facts.address,
        "since": since_words(facts.first, texts) if facts.first else "",
    }
    way = facts.only or "both"
    filled = {name: value or texts.text(f"letters.blank.{name}") for name, value in known.items()}
    return filled | {
        "found": moment(facts.found_at, texts) or texts.text("letters.blank.since"),
        "period": _period(facts, texts) or texts.text("letters.blank.since"),
        "lists": texts.joined(list(facts.lists)) or texts.text("letters.no_list"),
        "trouble": texts.text(f"letters.trouble.{way}", domain=known["domain"] or texts.text("letters.blank.domain")),
        "reply": texts.text(f"letters.reply.{way}"),
        "lost": texts.text(f"letters.customers.lost.{way}"),
        "cause": _cause(facts, texts),
        "done": _bullets(_done(facts, incident, texts), "letters.blank.done", texts),
        "prevent": _bullets(_ticked(incident, ("prevent",), texts), "letters.blank.prevent", texts),
        "state": _state(facts, texts),
        "next": _next(facts, incident, texts),
    }


def _period(facts: Facts, texts: Texts) -> str:
    """For those outside: from the day the person named until the repair was seen; otherwise only its beginning.

    Nothing of our server's waiting mail: that is for the report and for those who help.
    """
    if facts.first is None:
        return ""
    told = told_since(facts.first)
    if told and facts.repair and _is_repaired(facts):
        return texts.text("letters.period", since=told, until=moment(facts.repair.seen_at, texts))
    return told or noticed_words(facts.first, texts)


def _cause(facts: Facts, texts: Texts) -> str:
    # Of a cause in other words than its own the letter's sentence would say too much: the person fills it in.
    if facts.cause and not facts.cause.values.get("words") and texts.has(key := f"letters.cause.{facts.cause.code}"):
        return texts.text(key)
    return texts.text("letters.blank.cause")


def _state(facts: Facts, texts: Texts, reader: str = "") -> str:
    """How it stands: never "repaired" unless a later look proved it. Customers read it in other words."""
    of_reader = f"letters.state.{reader}" if reader == "customers" else "letters.state"
    if facts.repair and _is_repaired(facts):
        return texts.text(f"{of_reader}.repaired", at=moment(facts.repair.seen_at, texts))
    return texts.text(f"{of_reader}.not_yet" if facts.repair else f"{of_reader}.unknown")


def _done(facts: Facts, incident: Incident, texts: Texts) -> list[str]:
    """What was ticked, with its time, and the proof that a later look brought."""
    done = _ticked(incident, _DONE_PHASES, texts)
    if facts.repair and _is_repaired(facts):
        at = moment(facts.repair.seen_at, texts)
        if facts.refusal and facts.repair.cause == "open_relay":
            done.append(texts.text("letters.proof.open_relay", at=at, refusal=facts.refusal))
        else:
            done.append(texts.text("letters.proof.other", at=at))
    return done


def _ticked(incident: Incident, phases: Sequence[str], texts: Texts) -> list[str]:
    lines = [line for line in checklist(incident) if line.phase in phases and line.tick]
    causes = {cause.code for cause in incident.causes}
    found = []
    for line in lines:
        keys = [f"letters.done.{line.step}.{code}" for code in sorted(causes)] + [f"letters.done.{line.step}"]
        key = next((key for key in keys if texts.has(key)), None)
        if key and line.tick:
            found.append(texts.text("letters.done_at", what=texts.text(key), at=moment(line.tick.at, texts)))
    return found


def _is_repaired(facts: Facts) -> bool:
    return facts.repair is not None and facts.repair.state == "repaired"


def _bullets(lines: list[str], blank: str, texts: Texts) -> str:
    mark = "・" if texts.language == "ja" else "- "
    return "\n".join(f"{mark}{line}" for line in lines or [texts.text(blank)])


def _next(facts: Facts, incident: Incident, texts: Texts) -> str:
    """The next steps nobody has done, for the boss; those a proven repair has overtaken are left out."""
    over = {"prevent"} | ({"stop", "repair"} if _is_repaired(facts) else set())
    left = [line for line in checklist(incident) if line.tick is None and line.phase not in over]
    return _bullets(
        [texts.text(f"checklist.step.{line.step}") for line in left[:_NEXT_STEPS]], "letters.no_next", texts
    )


def _matter(kind: str, facts: Facts, texts: Texts, values: dict[str, str]) -> str:
    """What is asked of a company: the very lines to register, else by the cause, else in general."""
    if kind == "dns" and facts.lines:
        lines = "\n\n".join(_line(line, texts) for line in facts.lines)
        return texts.text("letters.matter.dns.lines", {**values, "lines": lines})
    if facts.cause and texts.has(key := f"letters.matter.{kind}.{facts.cause.code}"):
        return texts.text(key, values)
    return texts.text(f"letters.matter.{kind}", values) if texts.has(f"letters.matter.{kind}") else ""


def _line(line: DnsLine, texts: Texts) -> str:
    """A line to register; before one that lets in what only a pasted mail names, a note to whoever sends the letter."""
    told = texts.text("letters.line", name=line.name, line=line.text)
    if not line.doubtful:
        return told
    return f"{texts.text('letters.line.doubtful', addresses=list(line.doubtful))}\n{told}"
