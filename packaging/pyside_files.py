"""PySide's own Python files for the built program, compiled.

PySide carries them inside its library and compiles them anew at every start, unless they lie in a folder `files.dir`
beside shiboken6: that is where they go, by PySide's own rule. The one that writes hints for editors goes in empty.
"""

from __future__ import annotations

import py_compile
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

FOLDER = "shiboken6/files.dir"  # inside the bundle
_FOR_EDITORS = "pyi_generator.py"
_LIMIT = 120.0  # seconds
# Loading the binding is what brings its files; their names end in .py.
_UNPACK = """
import sys
import PySide6.QtCore
box = sys.modules["shibokensupport.signature.loader"].__loader__.zfile
box.extractall(sys.argv[1], [name for name in box.namelist() if name.startswith("shibokensupport/")])
"""


def write_pyside_files(folder: Path) -> None:
    """Fill `folder` anew. Raises CalledProcessError where PySide cannot be loaded."""
    shutil.rmtree(folder, ignore_errors=True)
    with tempfile.TemporaryDirectory() as name:
        unpacked = Path(name)
        subprocess.run([sys.executable, "-c", _UNPACK, name], check=True, timeout=_LIMIT)
        for source in sorted(unpacked.rglob("*.py")):
            place = source.relative_to(unpacked)
            if source.name == _FOR_EDITORS:
                source.write_text("")
            py_compile.compile(
                str(source),
                cfile=str(folder / place.with_suffix(".pyc")),
                dfile=place.as_posix(),
                doraise=True,
                invalidation_mode=py_compile.PycInvalidationMode.UNCHECKED_HASH,  # the same bytes at every build
            )
