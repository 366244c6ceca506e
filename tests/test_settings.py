"""Settings survive a restart, a bad file and a power cut."""

from __future__ import annotations

import os
import stat
from pathlib import Path

import pytest

from core.settings import Settings, load_settings, save_settings, settings_file


def test_what_is_saved_comes_back(tmp_path: Path) -> None:
    path = tmp_path / "設定" / "settings.json"
    save_settings(Settings("en", {"domain": "会社.jp"}), path)
    assert load_settings(path) == Settings("en", {"domain": "会社.jp"})
    assert [entry.name for entry in path.parent.iterdir()] == ["settings.json"]


def test_no_file_means_defaults(tmp_path: Path) -> None:
    assert load_settings(tmp_path / "none.json") == Settings()


@pytest.mark.parametrize(
    "content",
    [b"", b"\xff\xfe", b"[]", b'{"form": 2, "answers": {}}', b'{"form": 1, "answers": []}', b"x" * 200_000],
)
def test_y01_a_bad_file_is_kept_aside(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "settings.json"
    path.write_bytes(content)
    assert load_settings(path) == Settings()
    assert not path.exists()
    assert path.with_suffix(".bad").read_bytes() == content


def test_y01_an_answer_of_the_wrong_kind_is_left_out(tmp_path: Path) -> None:
    path = tmp_path / "settings.json"
    path.write_text('{"form": 1, "language": null, "answers": {"domain": 5, "ssh": "host"}}')
    assert load_settings(path) == Settings(None, {"ssh": "host"})


@pytest.mark.skipif(os.name == "nt", reason="POSIX permissions")
def test_only_the_user_may_read_it(tmp_path: Path) -> None:
    path = tmp_path / "settings.json"
    save_settings(Settings(), path)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_y02_a_failed_save_leaves_the_old_file(tmp_path: Path) -> None:
    path = tmp_path / "settings.json"
    save_settings(Settings("ja"), path)
    with pytest.raises(TypeError):
        save_settings(Settings("ja", {"domain": object()}), path)  # type: ignore[dict-item]
    assert load_settings(path) == Settings("ja")
    assert len(list(tmp_path.iterdir())) == 1


def test_the_file_lies_in_the_users_own_folder() -> None:
    assert settings_file().name == "settings.json"
    assert "mail-first-aid" in settings_file().parts


def test_initials_and_the_sender_come_back_cleaned_or_not_at_all(tmp_path: Path) -> None:
    path = tmp_path / "settings.json"
    save_settings(Settings(initials="中村", sender={"company": "みどり商事"}), path)
    kept = load_settings(path)
    assert (kept.initials, kept.sender) == ("中村", {"company": "みどり商事"})
    path.write_text(
        '{"form": 1, "language": null, "answers": {}, "initials": "N\\u202e\\nK'
        + "x" * 90
        + '", "sender": {"name": 5, "x": "y"}}'
    )
    kept = load_settings(path)
    assert len(kept.initials) <= 20 and "\u202e" not in kept.initials and kept.sender == {"x": "y"}
    path.write_text('{"form": 1, "language": null, "answers": {}, "initials": 5, "sender": []}')
    assert (load_settings(path).initials, load_settings(path).sender) == ("", {})
