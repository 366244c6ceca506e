"""The person has no login: a domain, and a text somebody sent them. Whole runs, from what is pasted to the first cause.

The texts are such as arrive in a small Japanese office.
"""

from __future__ import annotations

import pytest

from core.model import Severity
from tests.diagnosis import little_again, little_fourth, little_lines, little_pasted, little_returned, little_third
from tests.diagnosis.little_scene import told

PARTS = little_returned, little_pasted, little_again, little_third, little_fourth, little_lines
SCENES = {name: scene for part in PARTS for name, scene in part.SCENES.items()}


@pytest.mark.parametrize("name", SCENES)
async def test_the_first_cause_of_little(name: str) -> None:
    scene = SCENES[name]
    report = await told(scene)
    codes = [(cause.code, cause.certainty, cause.who_acts) for cause in report.causes]
    found = {one.code: one.severity.value for each in report.results for one in each.findings}
    assert codes[0][0] in scene.cause.split("|"), f"{codes}\n{found}"
    assert not scene.who or codes[0][2] == scene.who, f"{codes}\n{found}"
    if scene.cause == "nothing_found":
        assert Severity.CRITICAL.value not in found.values(), found
