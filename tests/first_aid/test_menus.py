"""Menu names stand in the reader's language with the English beside them, where the maker gives such names."""

import pytest

from core.first_aid.menus import menu_path
from core.knowledge.fixes import FixCard, load_fixes
from core.texts import Texts

_CLOUD = ("microsoft_365", "google_workspace")


def paths() -> list[str]:
    cards = [fix.for_server(kind) for fix in load_fixes().values() for kind in _CLOUD]
    return sorted({step.open for card in cards if isinstance(card, FixCard) for step in card.steps if step.open})


def test_a_japanese_admin_centre_is_named_in_japanese_with_the_english() -> None:
    told = menu_path("Microsoft 365 admin center » Users » Active users » Block sign-in", Texts("ja"))
    assert told.startswith("Microsoft 365 管理センター » ユーザー » アクティブなユーザー » サインインをブロック（")
    assert "Microsoft 365 admin center » Users » Active users » Block sign-in" in told


def test_english_and_what_we_know_no_names_of_stay_as_they_are() -> None:
    assert all(menu_path(path, Texts("en")) == path for path in paths())
    assert menu_path("/etc/mail/authinfo; /etc/exim4/passwd.client", Texts("ja")).startswith("/etc/mail/authinfo;")
    assert menu_path("{user} » ../x", Texts("ja")) == "{user} » ../x"


@pytest.mark.parametrize("path", paths())
def test_the_english_is_never_lost(path: str) -> None:
    assert path in menu_path(path, Texts("ja"))
