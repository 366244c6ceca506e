"""Tests that ask the real internet are left out unless MFA_LIVE=1, and on a build machine (CI) always."""

from __future__ import annotations

import os

import pytest


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Of the whole run, take out what is marked `live`."""
    if os.environ.get("MFA_LIVE") == "1" and not os.environ.get("CI"):
        return
    live = [item for item in items if item.get_closest_marker("live")]
    if live:
        config.hook.pytest_deselected(items=live)
        items[:] = [item for item in items if item not in live]
