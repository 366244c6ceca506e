"""Why we could not look: the one family of errors that clients and `measure` may raise.

`run` turns each into a `Problem`; its text is `problem.<code>.title`, in the catalogue of the door.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from core.model import Evidence, Value


class CheckError(Exception):
    """Something outside kept us from looking. `code` is "<door>.<what>", `values` fill its text.

    `transcript`: what was said until then, where a dialogue had begun.
    """

    transcript: tuple[Evidence, ...] = ()

    def __init__(self, code: str, **values: Value) -> None:
        super().__init__(code, values)
        self.code = code
        self.values: dict[str, Value] = dict(values)


class CheckTimeoutError(CheckError, TimeoutError):
    """The other side did not answer within its time limit."""


class CheckConnectionError(CheckError, ConnectionError):
    """The connection could not be made, or broke."""


class UsageError(CheckError, ValueError):
    """The person's input cannot be used (a host name with a blank, an address that is none)."""
