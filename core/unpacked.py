"""Text in the wrappings that office programs put around it: UTF-16 without a mark, an Outlook item (.msg).

An Outlook item (a compound file, [MS-CFB]) is read by the readable stretches in it: its properties stand there as
UTF-16. Which other programs keep their documents in that wrapping is told by the names of their streams.
"""

from __future__ import annotations

import re

_COMPOUND = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
# Runs of text (ASCII and Japanese) as Outlook's .msg keeps them; they begin at even places.
_STRETCH = re.compile("[\x20-\x7e\t\r\n\u3000-\u9fff\uff00-\uffef]{8,20000}")
_DOCUMENTS = tuple(name.encode("utf-16-le") for name in ("WordDocument", "Workbook", "PowerPoint Document"))
_OUTLOOK = "__substg1.0_".encode("utf-16-le")
_HEAD = 400  # bytes in which the letters of UTF-16 show


def outlook_text(data: bytes) -> str | None:
    """The readable stretches of a compound file; None for anything else."""
    if not data.startswith(_COMPOUND):
        return None
    return "\n".join(_STRETCH.findall(data.decode("utf-16-le", "replace")))


def is_old_document(data: bytes) -> bool:
    """Whether this is a Word, Excel or PowerPoint file of the years before 2007 (.doc, .xls, .ppt)."""
    return data.startswith(_COMPOUND) and any(name in data for name in _DOCUMENTS) and _OUTLOOK not in data


def utf16_order(data: bytes) -> str | None:
    """The encoding of UTF-16 that no mark announces, by the empty halves of its ASCII letters; None for other text."""
    head = data[:_HEAD]
    low, high = head[::2].count(0), head[1::2].count(0)
    if low + high <= len(head) // 16 or min(low, high) > max(low, high) // 8:
        return None
    return "utf-16-le" if high > low else "utf-16-be"
