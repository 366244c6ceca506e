"""Several servers kept apart: each offered again with what belongs to it, no secret, and each can be forgotten."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path
from typing import get_args

import pytest
from PySide6.QtWidgets import QLabel

from core.clients import Doors
from core.clients.reroute import Reroute
from core.guide import Answers
from core.model import Symptom
from core.recent_servers import MOST, kept_servers, with_newest
from core.settings import Settings, load_settings, save_settings
from gui.widgets.text import SpokenButton
from tests.patience import HANG

NOWHERE = Doors(resolver="127.0.0.1:9", reroute=Reroute(closed=True))
SHOP = {"domain": "shop.example", "mail_host": "mx.shop.example", "how_inside": "ssh", "ssh": "root@mx.shop.example"}
WORKS = {"domain": "works.example", "how_inside": "neither"}


def settings_with(folder: Path, *servers: dict[str, str], **answers: str) -> Path:
    path = folder / "settings.json"
    save_settings(Settings("ja", dict(answers), recent=list(servers)), path)
    return path


async def at_server(open_wizard, *, doors: Doors = NOWHERE):
    wizard = await open_wizard("ja", doors)
    wizard.start.choices.choose("not_delivered")
    wizard.go_on()
    wizard.go_on()
    assert wizard.guide.page == "server"
    return wizard


async def test_a_look_is_remembered_without_anything_secret(open_wizard, tmp_path: Path) -> None:
    wizard = await at_server(open_wizard)
    wizard.server.mail_host.set_text("mx.shop.example")
    wizard.go_on()
    wizard.guide.answers.how_inside, wizard.guide.answers.ssh = "ssh", "root@mx.shop.example"
    wizard.guide.answers.hand_over("log", "Nov 22 08:00:01 mx postfix/smtpd[9]: secret-in-a-log")
    wizard.guide.answers.own_server, wizard.guide.answers.outside = True, "me@elsewhere.example"
    wizard.guide.page = "consent"
    wizard._show_page()
    wizard.go_on()
    run = wizard.run_task
    assert run is not None
    await asyncio.sleep(0)
    kept = load_settings(tmp_path / "settings.json").recent
    run.cancel()
    await asyncio.gather(run, return_exceptions=True)
    assert kept == [{"mail_host": "mx.shop.example", "how_inside": "ssh", "ssh": "root@mx.shop.example"}]
    assert "secret-in-a-log" not in (tmp_path / "settings.json").read_text(encoding="utf-8")


async def settled(wizard) -> None:
    """What waits until the first page is drawn is there."""
    for _ in range(200):
        if wizard.start._drawn:
            return
        await asyncio.sleep(0.01)
    raise AssertionError("the kept records never came")


def again_buttons(wizard) -> list[SpokenButton]:
    return [one for one in wizard.start.findChildren(SpokenButton) if one.key == "gui.recent.again"]


@pytest.mark.parametrize(
    ("server", "chosen", "page", "symptom"),
    [(SHOP, "slow", "consent", "slow"), (SHOP, None, "consent", "checkup"), (SHOP, "practice", "consent", "checkup"),
     ({"mail_host": "mx.shop.example", "how_inside": "paste"}, None, "inside", "checkup"),
     (WORKS, None, "server", "checkup")],
)  # fmt: skip
async def test_the_first_page_offers_the_server_looked_at_last(
    open_wizard, tmp_path: Path, qtbot, server: dict[str, str], chosen: str | None, page: str, symptom: str
) -> None:
    """One press leads to the first question still open; leave to test is never kept."""
    earlier = {"symptom": "complaint", "direction": "sending", "affected": "one", "recipients": "all"}
    settings_with(tmp_path, server, {"domain": "other.example"}, **earlier)
    wizard = await open_wizard("ja", NOWHERE)
    assert again_buttons(wizard) == [] or wizard.start._drawn
    await settled(wizard)
    wizard.start.choices.choose(chosen)
    (button,) = again_buttons(wizard)
    assert (server.get("domain") or server["mail_host"]) in button.accessibleName()
    button.click()
    answers = wizard.guide.answers
    assert (wizard.guide.page, answers.symptom, wizard.guide.practice) == (page, symptom, False)
    assert (answers.domain, answers.mail_host) == (server.get("domain", ""), server.get("mail_host", ""))
    assert (answers.ssh, answers.own_server) == (server.get("ssh", ""), None)
    assert (answers.affected, answers.direction, answers.recipients, answers.since) == (None, None, None, "")


async def test_a_server_forgotten_is_not_offered_on_the_first_page_either(open_wizard, tmp_path: Path) -> None:
    settings_with(tmp_path, SHOP)
    wizard = await open_wizard("ja", NOWHERE)
    await settled(wizard)
    assert len(again_buttons(wizard)) == 1
    wizard.start.choices.choose("slow")
    wizard.go_on()
    wizard.go_on()
    wizard.server.recent.forgets[0].click()
    wizard.go_back()
    wizard.go_back()
    assert wizard.guide.page == "start"
    await asyncio.sleep(0)
    assert not any(one.isVisible() for one in again_buttons(wizard))
    assert not wizard.start._earlier_title.isVisible()


async def test_taking_a_server_takes_away_what_was_said_of_another(open_wizard, tmp_path: Path) -> None:
    settings_with(tmp_path, SHOP)
    wizard = await at_server(open_wizard)
    page = wizard.server
    page.domain.set_text("other.example")
    page.looked_up = "other.example"
    page.show_lookup("other.example", ())
    page.mail_host.set_text("no such host")
    wizard.go_on()
    assert page.result.isVisible() and page.mail_host._wrong.isVisible()
    page.recent.takes[0].click()
    assert not page.result.isVisible() and not page.mail_host._wrong.isVisible() and page.looked_up is None


async def test_a_look_up_of_another_name_does_not_keep_the_person_on_the_page(
    open_wizard, tmp_path: Path, silent_dns: str
) -> None:
    settings_with(tmp_path, SHOP)
    wizard = await at_server(open_wizard, doors=Doors(resolver=silent_dns))
    wizard.server.domain.set_text("other.example")
    wizard.go_on()
    assert wizard.server.busy
    wizard.server.recent.takes[0].click()
    wizard.go_on()
    assert wizard.guide.page == "inside"
    await wizard.tasks.stop()


async def test_practice_is_no_server_of_ours(open_wizard, tmp_path: Path) -> None:
    wizard = await open_wizard("ja")
    wizard.start.choices.choose("practice")
    wizard.go_on()
    assert wizard.run_task is not None
    await asyncio.wait_for(wizard.run_task, 120)
    assert load_settings(tmp_path / "settings.json").recent == []


async def test_choosing_one_brings_back_what_belongs_to_it_and_nothing_of_the_other(open_wizard, tmp_path) -> None:
    settings_with(tmp_path, SHOP, WORKS, symptom="slow", **WORKS)
    wizard = await at_server(open_wizard)
    assert len(wizard.server.recent.takes) == 2 and wizard.server.recent.isVisible()
    wizard.guide.answers.own_server = True  # said of the works' server
    wizard.server.recent.takes[0].click()
    assert wizard.server.mail_host.text() == "mx.shop.example"
    wizard.go_on()
    answers = wizard.guide.answers
    assert (answers.domain, answers.how_inside, answers.ssh) == ("shop.example", "ssh", "root@mx.shop.example")
    assert answers.own_server is None, "the leave to test one server is none for another"
    wizard.go_back()
    wizard.server.domain.set_text("third.example")
    wizard.server.mail_host.set_text("mx.third.example")
    wizard.go_on()
    assert (wizard.guide.answers.ssh, wizard.guide.answers.how_inside) == ("", None)


async def test_one_can_be_forgotten(open_wizard, tmp_path: Path) -> None:
    path = settings_with(tmp_path, SHOP, WORKS, symptom="slow", **SHOP)
    wizard = await at_server(open_wizard)
    wizard.server.recent.forgets[0].click()
    assert wizard.server.domain.text() == wizard.server.mail_host.text() == ""
    assert [each["domain"] for each in wizard.server.recent.servers] == ["works.example"]
    wizard.close()
    await asyncio.wait_for(wizard.closed.wait(), HANG)
    kept = path.read_text(encoding="utf-8")
    assert "shop.example" not in kept and "works.example" in kept


async def test_the_rows_speak_both_languages_and_each_button_names_its_server(open_wizard, tmp_path: Path) -> None:
    settings_with(tmp_path, SHOP)
    wizard = await at_server(open_wizard)
    assert "mx.shop.example" in wizard.server.recent.forgets[0].accessibleName()
    wizard.change_language("en")
    assert wizard.server.recent.takes[0].text() == "Use this one"
    wizard.change_language("ja")
    assert wizard.server.recent.takes[0].text() == "これにする"


@pytest.mark.parametrize("symptom", get_args(Symptom))
async def test_each_kind_of_trouble_is_told_its_own_clue(open_wizard, symptom: Symptom) -> None:
    wizard = await open_wizard("en")
    general = wizard.start.clue.text()
    wizard.start.choices.cards[symptom].click()
    assert wizard.start.clue.text() not in ("", general)
    wizard.start.choices.cards["practice"].click()
    assert wizard.start.clue.text() == general


def test_what_a_strange_file_holds_is_left_out() -> None:
    odd = [SHOP, {"domain": 3}, "x", {"ssh": "a@b"}, {"domain": "d" * 500, "mail_host": "m.example"}, {"password": "p"}]
    assert kept_servers(odd) == [SHOP, {"mail_host": "m.example"}]
    assert kept_servers(None) == kept_servers({"a": 1}) == []


def test_the_list_stays_short_and_each_server_stands_once() -> None:
    recent: list[dict[str, str]] = []
    for number in range(20):
        recent = with_newest(recent, {"domain": f"d{number}.example"})
    recent = with_newest(recent, {"domain": "Info@D19.example.", "how_inside": "neither"})
    assert len(recent) == MOST and recent[0]["how_inside"] == "neither"
    assert json.dumps(recent).lower().count("d19") == 1


def test_the_same_server_keeps_its_login() -> None:
    fresh = Answers()
    fresh.choose_server("shop.example", "mx.shop.example", [SHOP])
    assert (fresh.how_inside, fresh.ssh) == ("ssh", "root@mx.shop.example"), "also where nothing was entered before"
    fresh = Answers(how_inside="paste", queue="Mail queue is empty")
    fresh.choose_server("shop.example", "mx.shop.example", [SHOP])
    assert fresh.how_inside == "paste", "what was handed over before the server was named stays"
    answers = Answers.from_remembered(SHOP)
    answers.own_server = True
    answers.choose_server("shop.example", "mx.shop.example")
    assert (answers.ssh, answers.own_server) == ("root@mx.shop.example", True)


@pytest.mark.parametrize(
    ("name", "proxy", "said"),
    [
        ("https_proxy", "", None),
        ("https_proxy", "http://proxy.example:3128", "ウェブを見るのに会社の中継役"),
        ("all_proxy", "socks5://proxy.example:1080", "SOCKSプロキシ"),
        ("auto_proxy", "http://proxy.example/proxy.pac", "自動設定（PAC）"),
    ],
)
async def test_what_cannot_pass_a_proxy_is_said_before_the_look(
    open_wizard, monkeypatch, name: str, proxy: str, said: str | None
) -> None:
    monkeypatch.setenv(name, proxy)
    wizard = await open_wizard("ja")
    wizard.guide.page = "consent"
    wizard._show_page()
    assert wizard.consent.proxy.isVisible() == (said is not None)
    assert said is None or said in wizard.consent.proxy.plain


async def test_what_keys_are_stands_beside_them(open_wizard) -> None:
    wizard = await open_wizard("ja")
    wizard.open_side("settings")
    shown = [each.text() + getattr(each, "plain", "") for each in wizard.page.findChildren(QLabel)]
    assert any("登録した人に鍵" in words for words in shown)
