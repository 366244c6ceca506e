"""Several files dropped at once: each is read, logs become one, and every file that is not read is named."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from core.clean import clean
from core.clients.log_file import MOST_TEXT
from core.errors import CheckError
from core.model import Value
from core.texts import Texts
from gui.widgets.evidence import Evidence, read_evidence

_MOST = 10  # files of one drop
_LONGEST_NAME = 80  # characters


@dataclass(frozen=True)
class Several:
    """`pieces`: at most one of a kind. `words`: a line for each file, for the person."""

    pieces: tuple[Evidence, ...]
    words: str


async def read_several(paths: Sequence[str], texts: Texts) -> Several:
    """Read the newest files, the oldest of them first: logs make one in this order, else the newest counts."""
    ordered = sorted(paths, key=_written)[-_MOST:]
    kept: dict[str, Evidence] = {}
    lines: list[str] = []
    for path in ordered:
        try:
            piece = await read_evidence(path)
        except CheckError as error:
            lines.append(f"？ {texts.text(f'problem.{error.code}.title', error.values)}")  # ten must fit on a screen
            continue
        before = kept.get(piece.kind)
        if piece.kind == "unknown":
            lines.append(_line("unknown", piece.name, texts))
        elif before and piece.kind == "log":
            kept["log"] = _joined(before, piece)
        else:
            kept[piece.kind] = piece
            lines += [_line("older", before.name, texts)] if before else []
    taken = [_line(kind, piece.name, texts) for kind, piece in kept.items()]
    if more := len(paths) - len(ordered):
        lines.append(texts.text("gui.intake.line.more", count=more))
    return Several(tuple(kept.values()), "\n".join([*taken, *lines]))


def _joined(before: Evidence, piece: Evidence) -> Evidence:
    """Two logs as one; of one that grows too long the end, which is what happened last."""
    whole = f"{before.text.rstrip()}\n{piece.text}"
    names = f"{before.name}, {piece.name}"
    return replace(piece, name=names, text=whole[-MOST_TEXT:], cut=before.cut or piece.cut or len(whole) > MOST_TEXT)


def _line(kind: str, name: str, texts: Texts) -> str:
    values: dict[str, Value] = {"name": clean(name, 4 * _LONGEST_NAME)}
    return texts.text(f"gui.intake.line.{kind}", values)


def _written(path: str) -> float:
    try:
        return Path(path).stat().st_mtime
    except (OSError, ValueError):  # reading it says why
        return 0.0
