"""The keychain's door: keys come and go, a shut or sleeping keychain is told, and no error carries a key."""

from __future__ import annotations

import asyncio
import traceback
from collections.abc import Iterator
from pathlib import Path

import keyring
import platformdirs
import pytest

from core.clients import list_keys
from core.clients.list_keys import KeychainKeys, checked_key, forget_key, noted_services, save_key
from core.errors import CheckError, CheckTimeoutError, UsageError
from tests.patience import HANG
from tests.servers.keychain import FileKeychain

KEY = "canary7secret7key7zzzzzzzzz"


@pytest.fixture(autouse=True)
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A keychain and a settings folder of this test's own."""
    before = keyring.get_keyring()
    monkeypatch.setenv("KEYCHAIN_FILE", str(tmp_path / "keychain.json"))
    monkeypatch.setattr(platformdirs, "user_config_path", lambda *_, **__: tmp_path / "config")
    keyring.set_keyring(FileKeychain())
    yield tmp_path
    keyring.set_keyring(before)


async def test_a_key_is_kept_found_again_and_forgotten(desk: Path) -> None:
    await save_key("spamhaus", KEY)
    assert noted_services() == ("spamhaus",)
    assert dict(await KeychainKeys().all()) == {"spamhaus": KEY}
    assert KEY not in (desk / "config" / "list_keys.txt").read_text(encoding="utf-8")
    await forget_key("spamhaus")
    assert noted_services() == () and dict(await KeychainKeys().all()) == {}
    await forget_key("spamhaus")


async def test_who_never_set_a_key_never_has_the_keychain_opened(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KEYCHAIN_MOOD", "locked")
    keys = KeychainKeys()
    assert (dict(await keys.all()), keys.unread) == ({}, ())


@pytest.mark.parametrize("mood", ["locked", "slow"])
async def test_a_keychain_that_stays_shut_is_told_in_time(monkeypatch: pytest.MonkeyPatch, mood: str) -> None:
    await save_key("spamhaus", KEY)
    monkeypatch.setenv("KEYCHAIN_MOOD", mood)
    monkeypatch.setattr(list_keys, "_PATIENCE", 0.3)
    keys = KeychainKeys()
    async with asyncio.timeout(HANG):
        assert (dict(await keys.all()), keys.unread) == ({}, ("spamhaus",))


@pytest.mark.parametrize(("mood", "error"), [("locked", CheckError), ("slow", CheckTimeoutError)])
async def test_what_cannot_be_kept_is_said_without_the_key(monkeypatch: pytest.MonkeyPatch, mood: str, error) -> None:
    monkeypatch.setenv("KEYCHAIN_MOOD", mood)
    monkeypatch.setattr(list_keys, "_PATIENCE", 0.3)
    with pytest.raises(error) as raised:
        await save_key("spamhaus", KEY)
    assert KEY not in "".join(traceback.format_exception(raised.value))
    assert noted_services() == ()


async def test_an_entry_somebody_else_spoilt_is_no_key(desk: Path) -> None:
    await save_key("spamhaus", KEY)
    text = (desk / "keychain.json").read_text(encoding="utf-8").replace(KEY, "evil.example")
    (desk / "keychain.json").write_text(text, encoding="utf-8")
    keys = KeychainKeys()
    assert (dict(await keys.all()), keys.unread) == ({}, ("spamhaus",))


@pytest.mark.parametrize("text", ["", "short", "two words", "a.b.example", "x" * 64, "鍵" * 10, "abc\0defgh"])
def test_only_one_plain_word_is_a_key(text: str) -> None:
    with pytest.raises(UsageError) as raised:
        checked_key(text)
    assert not text or text not in str(raised.value)
    assert checked_key(f"  {KEY}\n") == KEY
