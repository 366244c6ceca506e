"""Keeps what Python makes of the sources inside PySide, as Python itself keeps it of every other source.

PySide carries a dozen Python files inside its library and compiles them anew at each start, which takes a tenth of the
time until the window stands. Here the result is kept beside this module's own, under the rules of PEP 552: what was
kept counts only while the source has the same hash. One of the files writes hints for editors, which no program asks
for: it is loaded when somebody does. The built program does without all this.
"""

from __future__ import annotations  # what is compiled here inherits this line, as it does in PySide's own loader

import builtins
import importlib.util
import marshal
import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from types import CodeType
from typing import Any

_OF_PYSIDE = "shibokensupport/"
_FOR_EDITORS = f"{_OF_PYSIDE}signature/lib/pyi_generator.py"
_STAND_IN = b"from gui.kept_code import load_when_asked\n__getattr__ = load_when_asked(globals())\n"
_SEAL = 8  # bytes of a source's hash (PEP 552)
_compile = builtins.compile
_sources: dict[str, bytes] = {}  # of what is loaded when asked for


@contextmanager
def kept_code(place: str | None = None) -> Iterator[None]:
    """While this lasts, PySide's sources are compiled only when they were not before. `place`: the file they are in."""
    code = KeptCode(_usual_place() if place is None else place)
    builtins.compile = code.compiled
    try:
        yield
    finally:
        builtins.compile = _compile
        code.keep()


class KeptCode:
    """The compiled files by name, each with the hash of its source. Without a `place` nothing is kept."""

    def __init__(self, place: str) -> None:
        self._place = place
        self._kept: dict[str, tuple[bytes, CodeType]] = _read(place) if place else {}
        self._new = False

    def compiled(self, source: Any, filename: Any, mode: str, *others: Any, **named: Any) -> Any:
        """As the built-in does; a file of PySide comes from what was kept."""
        if others or named or not isinstance(source, bytes) or not str(filename).startswith(_OF_PYSIDE):
            return _compile(source, filename, mode, *others, **named)
        if filename == _FOR_EDITORS:
            _sources[filename], source = source, _STAND_IN
        seal = importlib.util.source_hash(source)
        known = self._kept.get(filename)
        if known is None or known[0] != seal:
            known = self._kept[filename] = seal, _compile(source, filename, mode)
            self._new = True
        return known[1]

    def keep(self) -> None:
        """Write down what is new; where Python may not keep its own files, neither is this."""
        if not self._new or not self._place or sys.dont_write_bytecode:
            return
        beside = f"{self._place}.{os.getpid()}"
        with suppress(OSError):
            with open(beside, "wb") as file:  # noqa: PTH123 - pathlib costs start time here
                kept = marshal.dumps(self._kept)
                file.write(importlib.util.source_hash(kept) + kept)
            os.replace(beside, self._place)  # noqa: PTH105 - another start may be reading it


def load_when_asked(space: dict[str, Any]) -> Callable[[str], Any]:
    """The `__getattr__` of the module that stands in for the editors' file: what is asked for first loads it."""

    def found(name: str) -> Any:
        if name.startswith("__") or _FOR_EDITORS not in _sources:
            raise AttributeError(name)
        exec(_compile(_sources.pop(_FOR_EDITORS), _FOR_EDITORS, "exec"), space)
        if name not in space:
            raise AttributeError(name)
        return space[name]

    return found


def _usual_place() -> str:
    """Beside this module's own compiled file; "" in the built program."""
    if getattr(sys, "frozen", False):
        return ""
    return importlib.util.cache_from_source(__file__).removesuffix(".pyc") + ".pyside"


def _read(place: str) -> dict[str, tuple[bytes, CodeType]]:
    """What was kept; nothing where there is none, or it is damaged: `marshal` may take all memory for such bytes."""
    try:
        with open(place, "rb") as file:  # noqa: PTH123
            seal, kept = file.read(_SEAL), file.read()
    except OSError:
        return {}
    if seal != importlib.util.source_hash(kept):
        return {}
    found: dict[str, tuple[bytes, CodeType]] = marshal.loads(kept)
    return found
