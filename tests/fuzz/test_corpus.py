"""The short half of the fuzzing: every kept input goes through its target, and each target hears hypothesis too."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.fuzz.targets import TARGETS

CORPUS = Path(__file__).with_name("corpus")
SEEDS = {name: [path.read_bytes() for path in sorted((CORPUS / name).iterdir())] for name in TARGETS}


@pytest.mark.parametrize("name", TARGETS)
def test_every_kept_input_holds(name: str) -> None:
    assert SEEDS[name], "a target without seeds learns slowly"
    for data in SEEDS[name]:
        TARGETS[name](data)


@pytest.mark.parametrize("name", TARGETS)
@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_bent_seeds_hold(name: str, data: st.DataObject) -> None:
    """A seed cut in two with something in between."""
    seed = data.draw(st.sampled_from(SEEDS[name]))
    at, gone = data.draw(st.integers(0, len(seed))), data.draw(st.integers(0, 40))
    TARGETS[name](seed[:at] + data.draw(st.binary(max_size=40)) + seed[at + gone :])


def test_the_corpus_stays_small() -> None:
    assert sum(path.stat().st_size for path in CORPUS.rglob("*") if path.is_file()) < 300_000
