"""A fix card as plain text: printed, copied, or put into a mail to whoever shall do it.

Commands stand on lines of their own and are never broken, so that they can be copied. One that still has a blank
stands behind "# ": pasted by mistake, it does nothing.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from core.first_aid import HANDS_LINES, Card, CardStep, DnsLine, NoCard
from core.first_aid.menus import menu_path
from core.report.line_breaks import wrapped
from core.report.words import check_name
from core.texts import Texts

_NARROWEST = 40
# Cards that follow a repair and name no trouble of their own.
_PROCEDURES = frozenset({"queue_cleanup", "prevention"})
_COMPANY_CALLS = frozenset({"hosting_company", "domain_company", "line_company", "provider", "recipient"})


def card_text(card: Card | NoCard, texts: Texts, width: int = 78) -> str:
    """The whole card in lines of at most `width` columns, commands excepted; without a last newline."""
    wide = max(width, _NARROWEST)
    if isinstance(card, NoCard):
        return "\n".join(_wrapped(_no_card(card, texts), wide))
    lines = [f"■ {texts.text('fix.heading', title=card_title(card.cause, texts))}", ""]
    lines += _frame(card, texts, wide)
    part = None
    for number, step in enumerate(card.steps, 1):
        if step.part != part:  # in the order they are to be done: a later repair may need the settings read in first
            part = step.part
            acts = part == "do" and not card.changes_server
            lines += ["", _heading("fix.part.act" if acts else f"fix.part.{part}", texts)]
        lines += _step(card, step, number, texts, wide)
    lines += ["", *_ending(card, texts, wide)]
    return "\n".join(lines)


def card_mail(card: Card | NoCard, texts: Texts) -> tuple[str, str]:
    """Subject and body of a mail that hands the card to somebody else."""
    return texts.text("fix.mail_subject", title=card_title(card.cause, texts)), card_text(card, texts)


def card_title(cause: str, texts: Texts) -> str:
    """What the card is about, without a value of any run."""
    return texts.text(f"fix.{cause}.title")


def tell_text(card: Card, texts: Texts) -> str:
    """What to read out to the one who is called; a value that is not known stands as its name in brackets."""
    names = ("mail_host", "domain", "address", "backup")
    values = {name: card.values.get(name) or _blank(name, texts) for name in names}
    copied = any(step.part == "backup" and values["backup"] in step.command for step in card.steps)
    if card.call == "domain_company":
        lines = [f"{_where(line, texts)}\n{line.text}" for line in card.lines]
        return "\n".join([texts.text("fix.tell.domain", values, title=card_title(card.cause, texts)), *lines])
    called = "fix.tell.server" if copied and card.call not in _COMPANY_CALLS else "fix.tell.company"
    key = "fix.tell.procedure" if card.cause in _PROCEDURES else called
    return texts.text(key, values, title=card_title(card.cause, texts), server=texts.text(f"fix.kind.{card.server}"))


def tried_text(card: Card, texts: Texts) -> str:
    """How sure we are of the card, with the versions."""
    server = texts.text(f"fix.kind.{card.server}")
    return texts.text(f"fix.tried.{card.tried}", server=server, tried_on=card.tried_on, version=card.version)


def command_text(step: CardStep, texts: Texts) -> list[str]:
    """The lines of the step's command as they are shown; behind "# " while something has to be filled in."""
    shown = step.with_blanks({name: _blank(name, texts) for name in step.blanks})
    return [line if step.ready else f"# {line}" for line in shown.splitlines()]


def _frame(card: Card, texts: Texts, width: int) -> Iterator[str]:
    typed = any(step.command for step in card.steps)
    at_server = typed or card.call != "domain_company"  # else nothing in it depends on the server
    rows = [
        *([("fix.server", texts.text(f"fix.kind.{card.server}"))] if at_server else []),
        ("fix.what", texts.text(f"fix.{card.cause}.what")),
        ("fix.minutes", texts.text("fix.minutes_value", minutes=card.minutes)),
        ("fix.pause", texts.text(f"fix.pause.{card.pause}")),
        ("fix.risk", texts.text(f"fix.risk.{card.risk}")),
        *([("fix.tried", tried_text(card, texts))] if card.tried != "nothing_to_run" else []),
    ]
    colon = _colon(texts)
    for key, value in rows:
        yield from _wrapped(f"{texts.text(key)}{colon}{value}", width, "  ")
    if typed:
        by = "fix.by_exchange" if card.server == "exchange" else "fix.by_root"
        yield from _wrapped(texts.text(by), width, "  ")


def hands_line(card: Card, step: CardStep, texts: Texts) -> list[tuple[str, str]]:
    """What this step hands over: where each DNS line belongs, and the line; ("why", "") where there is none."""
    if step.say not in HANDS_LINES:
        return []
    lines = [(_where(line, texts), line.text) for line in card.lines]
    return lines or [(texts.text("fix.line.none"), "")]


def _where(line: DnsLine, texts: Texts) -> str:
    """Where the line belongs; before that, which of its addresses a person has to know."""
    where = texts.text("fix.line.where", name=line.name)
    if not line.doubtful:
        return where
    return f"{texts.text('fix.line.doubtful', addresses=list(line.doubtful))}\n{where}"


def where_to_type(card: Card, texts: Texts) -> str:
    """Where the card's commands belong; "" when it has none."""
    if not any(step.command for step in card.steps):
        return ""
    return texts.text("fix.where.exchange" if card.server == "exchange" else "fix.where.root")


def stop_text(card: Card, code: str, texts: Texts) -> str:
    """When to stop; a card without commands speaks of none."""
    by_hand = code == "not_as_written" and not any(step.command for step in card.steps)
    return texts.text("fix.stop.by_hand" if by_hand else f"fix.stop.{code}")


def _step(card: Card, step: CardStep, number: int, texts: Texts, width: int) -> Iterator[str]:
    said = texts.text(f"fix.say.{step.say}")
    if step.optional:
        gap = ("（", "）") if texts.language == "ja" else (" (", ")")
        said = f"{said}{gap[0]}{texts.text('fix.optional')}{gap[1]}"
    yield from _wrapped(said, width, f" {number:>2}. ")
    if step.blanks:
        names = texts.joined([texts.text(f"fix.blank.{name}") for name in step.blanks])
        yield from _wrapped(texts.text("fix.fill_in", blanks=names), width, "     ")
    for line in command_text(step, texts):
        yield f"         {line}"
    for where, text in hands_line(card, step, texts):
        yield from _wrapped(where, width, "     → ")
        if text:
            yield f"         {text}"
    if step.open:
        yield from _wrapped(texts.text("fix.open", path=menu_path(step.open, texts)), width, "     → ")
    if step.app:
        yield from _wrapped(texts.text("fix.app_check", check=check_name(texts, step.app)), width, "     → ")
    if step.expect:
        yield from _wrapped(texts.text("fix.expect", expect=step.expect), width, "     → ")


def _ending(card: Card, texts: Texts, width: int) -> Iterator[str]:
    if not card.of_part("undo"):
        yield _heading("fix.part.undo", texts)
        yield from _wrapped(texts.text("fix.undo_nothing"), width, "  ")
        yield ""
    yield _heading("fix.stop", texts)
    for code in card.stop:
        yield from _wrapped(stop_text(card, code, texts), width, "  - ")
    colon = _colon(texts)
    yield from _wrapped(f"{texts.text('fix.call')}{colon}{texts.text(f'fix.call.{card.call}')}", width, "  ")
    yield from _wrapped(f"{texts.text('fix.tell')}{colon}{tell_text(card, texts)}", width, "  ")
    if card.then:
        titles = texts.joined([card_title(cause, texts) for cause in card.then])
        yield from _wrapped(f"{texts.text('fix.then')}{colon}{titles}", width, "  ")


def _no_card(card: NoCard, texts: Texts) -> str:
    title, server = card_title(card.cause, texts), texts.text(f"fix.kind.{card.server}")
    return f"{texts.text('fix.none', title=title, server=server)}\n{texts.text(f'fix.absent.{card.reason}')}"


def _blank(name: str, texts: Texts) -> str:
    word = texts.text(f"fix.blank.{name}")
    return f"【{word}】" if texts.language == "ja" else f"[{word}]"


def _heading(key: str, texts: Texts) -> str:
    return f"【{texts.text(key)}】" if texts.language == "ja" else f"== {texts.text(key)}"


def _colon(texts: Texts) -> str:
    return "：" if texts.language == "ja" else ": "


def _wrapped(text: str, width: int, lead: str = "") -> Sequence[str]:
    """`text` broken at the width, the first line after `lead`, the others as far in."""
    lines = [line for paragraph in text.split("\n") for line in wrapped(paragraph, width - len(lead))]
    return [(lead if not number else " " * len(lead)) + line for number, line in enumerate(lines)]
