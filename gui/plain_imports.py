"""Loads Qt's Python binding without its watch over every later import.

For its switchable features (`from __feature__ import ...`), which nothing here uses, PySide puts itself in front of
Python's `import` and reads the source of every module that is imported from then on: each import takes several times
longer, and the sources stay in memory (9 MB with all checks). The import that Python came with is put back; PySide then
treats every module as one without features, as it does in the built program, where there are no sources to read.
Imported for this effect alone, before anything else that imports Qt.
"""

from __future__ import annotations

import builtins

from gui.kept_code import kept_code

_python_import = builtins.__import__

with kept_code():
    import PySide6.QtCore  # noqa: F401 - between taking note of Python's import and putting it back

builtins.__import__ = _python_import
