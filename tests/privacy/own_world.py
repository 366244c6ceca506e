"""Plays a scene in a network and mounts of its own, and reads what it saw."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
OWN_WORLD = ("unshare", "--net", "--mount", "--propagation", "private")


def play(module: str, scene: str) -> dict[str, Any]:
    """What the module's scene printed; `packets` as a set of tuples. It must end well."""
    done = subprocess.run(
        [*OWN_WORLD, sys.executable, "-m", module, scene], cwd=ROOT, capture_output=True, text=True, timeout=150
    )
    assert done.returncode == 0, done.stderr[-3000:]
    found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    found["packets"] = {tuple(packet) for packet in found["packets"]}
    return found
