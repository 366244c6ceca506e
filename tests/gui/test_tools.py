"""The tools beside the way: blacklists and arrival, opened from the first page, used with keyboard and mouse."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator
from pathlib import Path

import keyring
import keyring.backends.fail
import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QLineEdit, QWidget
from pytestqt.qtbot import QtBot

from core.clients import Doors
from core.clients.list_keys import KeychainKeys, ListKeys
from core.clients.reroute import Reroute
from core.knowledge.dnsbl import load_lists
from gui.widgets.fold import Fold
from tests.patience import until
from tests.servers.dns_server import DnsServer
from tests.servers.hostile_smtp import Send, hostile_server
from tests.servers.keychain import FileKeychain

ADDRESS = "203.0.113.25"


def shown(page: QWidget) -> str:
    return "\n".join(each.text() for each in page.findChildren(QLabel) if each.isVisible())


def press(qtbot: QtBot, widget: QWidget) -> None:
    qtbot.mouseClick(widget, Qt.MouseButton.LeftButton)


@pytest.fixture(autouse=True)
def own_folders(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("HOME", "XDG_CONFIG_HOME", "XDG_DATA_HOME"):
        monkeypatch.setenv(name, str(tmp_path))


@pytest.mark.parametrize("language", ["ja", "en"])
async def test_every_list_is_shown_and_tested_on_request(open_wizard, qtbot: QtBot, language: str) -> None:
    async with DnsServer() as server:
        doors = Doors(resolver=server.address, list_keys=ListKeys())
        wizard = await open_wizard(language, doors)
        press(qtbot, wizard.start.tools.buttons["blacklists"])
        assert wizard.guide.page == "blacklists"
        page = wizard.blacklists
        assert all(one.zone in shown(page) for one in load_lists())
        assert not server.asked
        assert not wizard.footer.on.isVisible()
        qtbot.keyClick(page.test, Qt.Key.Key_Return)
        await until(
            lambda: page.test.isEnabled() and wizard.texts.text("blacklists.state.could_not_ask") in shown(page)
        )
        assert wizard.texts.text("blacklists.verdict.blind") in shown(page)  # this server knows none of the lists
        assert "127.0.0.1" in page._asked.text()
        assert len({one.zone for one in page._states}) == len(load_lists())
    press(qtbot, wizard.footer.back)
    assert wizard.guide.page == "start"


async def test_the_details_say_who_may_ask_how_long_it_takes_and_never_to_pay(open_wizard, qtbot: QtBot) -> None:
    wizard = await open_wizard("en", Doors(list_keys=ListKeys()))
    wizard.open_side("blacklists")
    fold = next(one for one in wizard.blacklists.findChildren(Fold) if one.button.isVisible())
    press(qtbot, fold.button)
    await until(lambda: "Never pay" in shown(fold))
    said = shown(fold)
    assert "https://check.spamhaus.org/" in said
    for words in ("Getting off it: ", "Time: ", "For SBL", "Never pay", "checked on"):
        assert words in said


@pytest.fixture
def no_keychain() -> Iterator[None]:
    """As on a system without one; the person's own is never touched, and what other tests chose is put back."""
    before = keyring.get_keyring()
    keyring.set_keyring(keyring.backends.fail.Keyring())
    yield
    keyring.set_keyring(before)


@pytest.mark.usefixtures("no_keychain")
async def test_a_key_is_never_shown_and_a_wrong_one_is_named(open_wizard, qtbot: QtBot) -> None:
    wizard = await open_wizard("en", Doors(list_keys=ListKeys()))
    wizard.open_side("blacklists")
    page = wizard.blacklists
    assert isinstance(page.key.edit, QLineEdit)
    assert page.key.edit.echoMode() is QLineEdit.EchoMode.Password
    page.key.set_text("no key")
    press(qtbot, page.keep)
    await until(lambda: wizard.texts.text("problem.keys.bad_form.title") in shown(page))
    page.service.buttons["spamhaus"].setChecked(True)
    page.key.set_text("abcdefghijklmnopqrstuvwxyz")
    press(qtbot, page.keep)  # there is no keychain here: the key serves until the window closes
    await until(lambda: "spamhaus" in page.known_keys.text())
    assert page.key.text() == ""
    assert "abcdefghijkl" not in shown(page)
    press(qtbot, page.forget)
    await until(lambda: "spamhaus" not in page.known_keys.text())


@pytest.fixture
def keychain(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Path]:
    """A keychain that keeps its entries in this file."""
    monkeypatch.setenv("KEYCHAIN_FILE", str(tmp_path / "keychain.json"))
    before = keyring.get_keyring()
    keyring.set_keyring(FileKeychain())
    yield tmp_path / "keychain.json"
    keyring.set_keyring(before)


async def test_a_key_goes_into_the_keychain_and_out_again(open_wizard, qtbot: QtBot, keychain: Path) -> None:
    wizard = await open_wizard("ja", Doors(list_keys=KeychainKeys()))
    wizard.open_side("blacklists")
    page, key = wizard.blacklists, "abcdefghijklmnopqrstuvwxyz"
    page.service.buttons["spamhaus"].setChecked(True)
    page.key.set_text(key)
    press(qtbot, page.keep)
    await until(lambda: wizard.texts.text("blacklists.key_kept", service="spamhaus") in shown(page))
    assert _kept(keychain) == [key]
    assert await KeychainKeys().all() == {"spamhaus": key}  # the next start finds it
    assert key not in shown(page)
    assert not [each for each in keychain.parent.rglob("*") if each != keychain and _holds(each, key)]
    press(qtbot, page.forget)
    await until(lambda: _kept(keychain) == [])
    await until(lambda: wizard.texts.text("gui.blacklists.keys_none") in shown(page))


async def test_a_locked_keychain_is_said_and_the_key_serves_this_window(
    open_wizard, qtbot: QtBot, keychain: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("KEYCHAIN_MOOD", "locked")
    wizard = await open_wizard("en", Doors(list_keys=KeychainKeys()))
    wizard.open_side("blacklists")
    page = wizard.blacklists
    page.service.buttons["spamhaus"].setChecked(True)
    page.key.set_text("abcdefghijklmnopqrstuvwxyz")
    press(qtbot, page.keep)
    await until(lambda: "spamhaus" in page.known_keys.text())
    await until(lambda: page.told.text() != "")
    assert wizard.texts.text("blacklists.key_kept", service="spamhaus") not in shown(page)
    assert _kept(keychain) == []


def _kept(keychain: Path) -> list[str]:
    return list(json.loads(keychain.read_text()).values()) if keychain.exists() else []


def _holds(path: Path, secret: str) -> bool:
    return path.is_file() and secret.encode() in path.read_bytes()


@pytest.mark.parametrize("language", ["ja", "en"])
async def test_a_word_is_made_and_its_arrival_is_proven(open_wizard, qtbot: QtBot, language: str) -> None:
    wizard = await open_wizard(language, Doors(reroute=Reroute(closed=True)))
    press(qtbot, wizard.start.tools.buttons["arrival"])
    page = wizard.arrival
    press(qtbot, page.choices.cards["send"])
    press(qtbot, page.word_send)
    assert page._finding.code == "arrival.write_send"
    token = page._finding.values["token"]
    await until(lambda: token in shown(page))
    page.header.set_text(f"Received: from mail.example.jp by mx.far.example with ESMTP; x\nSubject: {token}\n\nx")
    press(qtbot, page.confirm)
    await until(lambda: wizard.texts.text("arrival.send_works.title") in shown(page))
    press(qtbot, page.missing)
    assert page._finding.code == "arrival.wait"


async def test_nothing_is_sent_before_both_statements_are_ticked(open_wizard, qtbot: QtBot) -> None:
    async with hostile_server({"RCPT": (Send(b"554 5.7.1 Relay access denied\r\n"),)}) as server:
        reroute = Reroute({(ADDRESS, 25): ("127.0.0.1", server.port)}, closed=True)
        wizard = await open_wizard("en", Doors(reroute=reroute), mail_host=ADDRESS, domain="example.jp")
        wizard.open_side("arrival")
        page = wizard.arrival
        press(qtbot, page.choices.cards["relay"])
        assert page.host.text() == ADDRESS
        page.mailbox.set_text("me@far.example")
        page.own_server.setChecked(True)
        await asyncio.sleep(0.1)  # laid out: a click needs to know where the button is
        press(qtbot, page.send)
        await until(lambda: wizard.texts.text("problem.arrival.no_consent.title") in shown(page))
        assert server.connections == 0
        page.own_mailbox.setChecked(True)
        press(qtbot, page.send)
        await until(lambda: page._finding is not None)
        assert page._finding.code == "arrival.relay_refused"
        assert not page.own_mailbox.isChecked()
        assert "DATA" not in server.received


async def test_consent_tells_what_relaying_is_and_takes_thorough_and_outside(open_wizard, qtbot: QtBot) -> None:
    wizard = await open_wizard("ja", mail_host="mail.example.jp", domain="example.jp")
    wizard.guide.page = "consent"
    wizard._show_page()
    page = wizard.consent
    assert wizard.texts.text("gui.consent.relay_is") in shown(page)
    assert not page.more.isVisible()
    press(qtbot, page.choices.cards["yes"])
    assert page.more.isVisible()
    assert "締め出" in shown(page)
    page.reach.buttons["thorough"].setChecked(True)
    page.outside.set_text("not a host!")
    wizard.go_on()
    assert wizard.guide.page == "consent"
    assert wizard.texts.text("problem.guide.bad_outside.title") in shown(page)
    page.outside.set_text("hanako@server.example.net")
    page.read_answers(wizard.guide.answers)
    target = wizard.guide.answers.to_target()
    assert (target.thorough, target.outside) == (True, "hanako@server.example.net")
    press(qtbot, page.choices.cards["no"])
    page.read_answers(wizard.guide.answers)
    target = wizard.guide.answers.to_target()
    assert (target.own_server, target.thorough, target.outside) == (False, False, None)
