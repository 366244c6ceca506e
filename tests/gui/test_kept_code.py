"""What PySide would compile at every start is compiled once; the kept code counts only for the same source."""

from __future__ import annotations

import builtins
import os
import subprocess
import sys
from pathlib import Path

import pytest

from gui.kept_code import KeptCode, kept_code

_FILE = "shibokensupport/example.py"
# Prints how many of PySide's own files were compiled while Qt was loaded.
_COUNT = """
import sys
seen = []
sys.addaudithook(lambda name, values: seen.append(str(values[1])) if name == "compile" else None)
import gui.plain_imports
import PySide6.QtWidgets
from PySide6.support.signature.lib import pyi_generator
assert "argparse" not in sys.modules
assert callable(pyi_generator.generate_pyi) and not hasattr(pyi_generator, "nothing_of_this_name")
assert "argparse" in sys.modules
seen.remove("shibokensupport/signature/lib/pyi_generator.py")
print(sum(name.startswith("shibokensupport/") for name in seen))
"""


def _value(code: object) -> object:
    found: dict[str, object] = {}
    exec(code, found)  # type: ignore[arg-type]
    return found["value"]


@pytest.fixture(autouse=True)
def _may_keep(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "dont_write_bytecode", False)


def test_a_file_is_compiled_once(tmp_path: Path) -> None:
    place = str(tmp_path / "kept")
    first = KeptCode(place)
    assert _value(first.compiled(b"value = 1", _FILE, "exec")) == 1
    first.keep()
    written = Path(place).stat().st_mtime_ns
    again = KeptCode(place)
    assert _value(again.compiled(b"value = 1", _FILE, "exec")) == 1
    again.keep()
    assert Path(place).stat().st_mtime_ns == written
    assert list(tmp_path.iterdir()) == [Path(place)]


def test_another_source_is_another_code(tmp_path: Path) -> None:
    place = str(tmp_path / "kept")
    for value in (1, 2):
        code = KeptCode(place)
        assert _value(code.compiled(b"value = %d" % value, _FILE, "exec")) == value
        code.keep()


@pytest.mark.parametrize("damaged", [b"", b"\x00", b"no code at all", b"[\x01\x00\x00\x00N"])
def test_a_damaged_file_is_as_none(tmp_path: Path, damaged: bytes) -> None:
    place = tmp_path / "kept"
    place.write_bytes(damaged)
    code = KeptCode(str(place))
    assert _value(code.compiled(b"value = 1", _FILE, "exec")) == 1
    code.keep()
    assert place.read_bytes() != damaged


@pytest.mark.parametrize("place_of_it", [0, 8, 20, -1])
def test_one_wrong_byte_is_noticed_before_it_is_read(tmp_path: Path, place_of_it: int) -> None:
    """A length that is wrong would make `marshal` ask for memory until none is left."""
    place = tmp_path / "kept"
    code = KeptCode(str(place))
    code.compiled(b"value = 1", _FILE, "exec")
    code.keep()
    whole = place.read_bytes()
    torn = bytearray(whole)
    torn[place_of_it] ^= 0x55
    for damaged in (bytes(torn), whole[:-7], b"(" * len(whole)):
        place.write_bytes(damaged)
        assert _value(KeptCode(str(place)).compiled(b"value = 2", _FILE, "exec")) == 2


def test_where_nothing_can_be_written_nothing_is_kept(tmp_path: Path) -> None:
    code = KeptCode(str(tmp_path / "no such folder" / "kept"))
    assert _value(code.compiled(b"value = 1", _FILE, "exec")) == 1
    code.keep()
    assert not list(tmp_path.iterdir())


def test_everything_else_is_compiled_as_ever(tmp_path: Path) -> None:
    place, before = tmp_path / "kept", builtins.compile
    with kept_code(str(place)):
        assert eval(compile("1 + 1", "<here>", "eval")) == 2
        assert _value(compile("value = 3", "<here>", "exec", dont_inherit=True)) == 3
    assert builtins.compile is before
    assert not place.exists()


def test_the_second_start_compiles_nothing_of_pyside(tmp_path: Path) -> None:
    surroundings = {**os.environ, "PYTHONPYCACHEPREFIX": str(tmp_path), "QT_QPA_PLATFORM": "offscreen"}
    surroundings.pop("PYTHONDONTWRITEBYTECODE", None)
    counted = []
    for _ in range(2):
        done = subprocess.run(
            [sys.executable, "-c", _COUNT], env=surroundings, capture_output=True, text=True, check=True, timeout=120
        )
        counted.append(int(done.stdout))
    assert counted[0] > 5
    assert counted[1] == 0
