"""What stories are told with: the world outside, and companies opened on demand (see `company.py`)."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.servers.lab import Lab
from tests.stories.company import Company, OpenCompany, World, close_company, open_company, outside_world


@pytest.fixture(scope="session")
def world(lab: Lab, tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """Customers, large receivers and strangers; one world for the whole run."""
    with outside_world(lab, tmp_path_factory.mktemp("world")) as running:
        yield running


@pytest.fixture
def company(world: World, tmp_path: Path) -> Iterator[OpenCompany]:
    """`company("pf-login", spf="")` opens one; all of them close when the story ends."""
    opened: list[Company] = []

    def open_one(kind: str, **bent: Any) -> Company:
        folder = tmp_path / f"home-{len(opened)}"
        folder.mkdir()
        opened.append(open_company(world, kind, folder, **bent))
        return opened[-1]

    yield open_one
    for office in opened:
        close_company(office)
