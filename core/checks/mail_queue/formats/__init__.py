"""The formats of queue listings, one module an MTA. Adding one: a module with FORMAT, and a line here.

The order decides where one line could belong to two: the more particular first.
"""

from __future__ import annotations

from core.checks.mail_queue.formats import (
    courier,
    dma,
    exchange,
    exim,
    nullmailer,
    opensmtpd,
    postfix,
    postfix_json,
    qmail,
    sendmail,
)
from core.checks.mail_queue.formats.listing import Format

FORMATS: tuple[Format, ...] = (
    exchange.FORMAT,
    postfix_json.FORMAT,
    postfix.FORMAT,
    sendmail.FORMAT,
    exim.FORMAT,
    opensmtpd.FORMAT,
    courier.FORMAT,
    dma.FORMAT,
    nullmailer.FORMAT,
    qmail.FORMAT,
)

__all__ = ["FORMATS", "Format"]
