"""`mail-first-aid blacklists` as a script or a build machine uses it, and the key that is nowhere to be seen."""

from __future__ import annotations

import asyncio
import json
import os
import sys
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from core.knowledge.dnsbl import load_lists
from tests.servers.dns_server import DnsServer, Script, always, answers, table

KEY = "canary7secret7key7zzzzzzzzz"


@dataclass
class Done:
    status: int
    out: str
    err: str


@dataclass
class Desk:
    """A person's computer: its own folders and keychain, and a DNS server with all lists in health."""

    server: DnsServer
    folder: Path

    async def run(self, *words: str, stdin: str = "", mood: str = "", backend: str = "") -> Done:
        keep = {key: value for key, value in os.environ.items() if not key.startswith(("LC_", "LANG", "XDG_", "DBUS"))}
        environment = {
            **keep,
            "HOME": str(self.folder),
            "LANG": "C.UTF-8",
            "PYTHON_KEYRING_BACKEND": backend or "tests.servers.keychain.FileKeychain",
            "KEYCHAIN_FILE": str(self.folder / "keychain.json"),
            "KEYCHAIN_MOOD": mood,
        }
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "core", *words, env=environment, stdin=-1, stdout=-1, stderr=-1
        )
        out, err = await asyncio.wait_for(process.communicate(stdin.encode()), 60)
        return Done(process.returncode or 0, out.decode(), err.decode())

    async def blacklists(self, *words: str, **more: str) -> Done:
        return await self.run("blacklists", "--resolver", self.server.address, "--lang", "en", *words, **more)

    def written(self) -> str:
        """Everything this person's folders hold, the keychain apart."""
        files = [path for path in self.folder.rglob("*") if path.is_file() and path.name != "keychain.json"]
        return "\n".join(path.read_bytes().decode("utf-8", "replace") for path in files)


def healthy(one) -> Script:
    return table({test.query: answers(*test.answers) for test in one.tests if test.answers})


@pytest.fixture
async def desk(tmp_path: Path) -> AsyncIterator[Desk]:
    async with DnsServer() as server:
        for one in load_lists():
            server.script(one.zone, healthy(one))
            if one.zone in ("zen.spamhaus.org", "dbl.spamhaus.org"):
                server.script(f"{KEY}.{one.zone[:3]}.dq.spamhaus.net", healthy(one))
        yield Desk(server, tmp_path)


async def test_all_alive_is_0_and_a_table(desk: Desk) -> None:
    done = await desk.blacklists()
    assert done.status == 0, done.err
    lines = done.out.splitlines()
    assert len([line for line in lines if line.startswith("●")]) == len(load_lists())
    assert any("zen.spamhaus.org" in line and "alive" in line and "22 Nov 2026" in line for line in lines)


async def test_a_refusing_important_list_is_3_and_said_in_both_languages(desk: Desk) -> None:
    desk.server.script("zen.spamhaus.org", always(answers("127.255.255.254")))
    done = await desk.blacklists()
    assert done.status == 3 and "refuses us" in done.out and "Spamhaus ZEN" in done.out.splitlines()[0]
    japanese = await desk.run("blacklists", "--resolver", desk.server.address, "--lang", "ja")
    assert japanese.status == 3 and "断られました" in japanese.out


async def test_a_small_list_that_died_is_shown_and_still_0(desk: Desk) -> None:
    desk.server.script("all.s5h.net", always(answers("192.0.2.1")))
    done = await desk.blacklists()
    assert done.status == 0 and "▲ broken" in done.out


async def test_json_alone_and_into_a_file(desk: Desk) -> None:
    result = json.loads((await desk.blacklists("--json")).out)
    assert (result["schema"], result["severity"], result["failed"]) == ("mail-first-aid/1", "ok", [])
    assert {row["zone"]: row["state"] for row in result["lists"]}["bl.spamcop.net"] == "alive"
    path = desk.folder / "lists.json"
    assert (await desk.blacklists(f"--json={path}")).status == 0
    assert json.loads(path.read_text(encoding="utf-8"))["lists"] == result["lists"] or path.stat().st_size


async def test_a_key_is_kept_in_the_keychain_used_later_and_never_shown(desk: Desk) -> None:
    saved = await desk.blacklists("--set-key", "spamhaus", stdin=f" {KEY}\n")
    assert saved.status == 0, saved.err
    assert KEY in (desk.folder / "keychain.json").read_text(encoding="utf-8")
    later = await desk.blacklists("--json")
    run = desk.folder / "run.json"
    words = ("--address", "203.0.113.25", "--resolver", desk.server.address, "--only", "dnsbl", "--pdf")
    check = await desk.run("check", *words, str(desk.folder / "r.pdf"), "--lang", "en", f"--json={run}")
    again = await desk.run("report", str(run), "--lang", "ja")
    shown = "".join(done.out + done.err for done in (saved, later, check, again))
    assert "{key}.zen.dq.spamhaus.net" in later.out and "{key}.zen.dq.spamhaus.net" in run.read_text(encoding="utf-8")
    assert any(name.endswith(f"{KEY}.zen.dq.spamhaus.net") for name, _, _ in desk.server.asked)
    assert check.status == 0, check.out
    assert KEY not in shown and KEY not in desk.written()
    forgotten = await desk.blacklists("--forget-key", "spamhaus")
    assert forgotten.status == 0 and KEY not in (desk.folder / "keychain.json").read_text(encoding="utf-8")
    assert "dq.spamhaus.net" not in (await desk.blacklists("--json")).out


@pytest.mark.parametrize(("mood", "backend"), [("locked", ""), ("", "keyring.backends.fail.Keyring")])
async def test_without_a_keychain_the_key_serves_for_this_run_only(desk: Desk, mood: str, backend: str) -> None:
    done = await desk.blacklists("--set-key", "spamhaus", "--json", stdin=f"{KEY}\n", mood=mood, backend=backend)
    assert done.status == 0 and "this run only" in done.err
    assert "{key}.zen.dq.spamhaus.net" in done.out
    assert KEY not in done.out + done.err + desk.written()
    assert "dq.spamhaus.net" not in (await desk.blacklists("--json", mood=mood, backend=backend)).out


async def test_a_keychain_that_shuts_later_is_said_and_the_open_list_asked(desk: Desk) -> None:
    await desk.blacklists("--set-key", "spamhaus", stdin=f"{KEY}\n")
    done = await desk.blacklists("--json", mood="locked")
    assert done.status == 0 and "could not be fetched" in done.err
    assert '"zen.spamhaus.org"' in done.out


@pytest.mark.parametrize("typed", ["", "\n", "two words\n", "evil.example\n", "x" * 200 + "\n", "鍵鍵鍵鍵鍵鍵\n"])
async def test_what_is_no_key_is_64_and_not_repeated(desk: Desk, typed: str) -> None:
    done = await desk.blacklists("--set-key", "spamhaus", stdin=typed)
    assert done.status == 64 and done.out == "" and "Traceback" not in done.err
    assert not typed.strip() or typed.strip() not in done.err
    assert not (desk.folder / "keychain.json").exists()


async def test_a_key_on_the_command_line_is_refused(desk: Desk) -> None:
    assert (await desk.blacklists("--set-key", KEY)).status == 64
    assert (await desk.blacklists("--set-key", "spamhaus", KEY)).status == 64
