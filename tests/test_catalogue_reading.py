"""Our quick reader of `.mo` files reads what gettext's own reads."""

from __future__ import annotations

import gettext
from pathlib import Path

import pytest

from core.resources import resources_dir
from core.texts import LANGUAGES, _entries


def _by_gettext(path: Path) -> dict[str, str]:
    with path.open("rb") as stream:
        catalogue: dict[str, str] = gettext.GNUTranslations(stream)._catalog  # type: ignore[attr-defined]
    return {key: text for key, text in catalogue.items() if key}


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_catalogue_holds_the_same_texts_for_gettext_and_for_us(language: str) -> None:
    paths = sorted((resources_dir() / "locale" / language / "LC_MESSAGES").glob("*.mo"))
    read = {path.stem: dict(_entries(path.read_bytes())) for path in paths}
    assert read == {path.stem: _by_gettext(path) for path in paths}
    keys = [key for texts in read.values() for key in texts]
    assert len(keys) > 3000
    assert language == "ja" or any(isinstance(key, tuple) and key[1] == 1 for key in keys)
