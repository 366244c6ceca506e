"""Getting in: host keys, passwords, keys, questions. Cases H01, H02, H03, H14, H15."""

from __future__ import annotations

import asyncio
import contextlib
import os
import subprocess
import sys
from pathlib import Path

import pytest

from core import askpass_client
from core.clients.askpass import Askpass, prompt_of
from core.clients.ssh_system import this_system
from core.errors import CheckTimeoutError
from tests.patience import HANG
from tests.servers.sshd import Sshd


def no_key(server: Sshd) -> Path:
    return server.client_config(key=server.folder / "no_such_key")


async def test_h01_unknown_key_without_anybody_to_ask(server, open_door, error_code):
    server.known_hosts.unlink(missing_ok=True)
    assert await error_code(open_door(config=server.client_config(known=False))) == "ssh.host_key_unknown"
    assert not server.known_hosts.exists()


async def test_h01_wrong_fingerprint_is_refused_and_nothing_stored(server, open_door, error_code, answers):
    server.known_hosts.unlink(missing_ok=True)
    person = answers("SHA256:" + "A" * 43)
    door = open_door(config=server.client_config(known=False), prompter=person)
    assert await error_code(door) == "ssh.host_key_mismatch"
    assert person.asked[0].kind == "host_key"
    assert person.asked[0].fingerprint == server.fingerprint
    assert not server.known_hosts.exists()


async def test_h01_right_fingerprint_is_stored_once(server, open_door, answers):
    server.known_hosts.unlink(missing_ok=True)
    person = answers(f"256 {server.fingerprint} root@mail (ED25519)")
    config = server.client_config(known=False)
    reading = await open_door(config=config, prompter=person).reading()
    assert reading.host_key == "confirmed"
    assert len(server.known_hosts.read_text().splitlines()) == 1
    again = await open_door(config=config).reading()
    assert again.host_key == "known"
    assert len(person.asked) == 1


async def test_h01_going_on_unconfirmed_is_said(server, open_door, answers):
    server.known_hosts.unlink(missing_ok=True)
    reading = await open_door(config=server.client_config(known=False), prompter=answers("yes")).reading()
    assert reading.host_key == "unconfirmed"


@pytest.mark.parametrize("asks", [False, True])
async def test_h02_changed_key_is_refused_without_a_question(server, open_door, error_code, answers, asks):
    config = no_key(server)
    server.trust(server.key)  # another key under our name
    person = answers("correct horse")
    before = server.log.count("Failed password") + server.log.count("Accepted password")
    assert await error_code(open_door(config=config, prompter=person if asks else None)) == "ssh.host_key_changed"
    assert person.asked == []
    assert server.log.count("Failed password") + server.log.count("Accepted password") == before


async def test_h03_password(server, open_door, answers):
    person = answers("correct horse")
    reading = await open_door(config=no_key(server), prompter=person).reading()
    assert reading.complete
    assert [prompt.kind for prompt in person.asked] == ["password"]


async def test_h03_wrong_password_is_one_attempt(server, open_door, error_code, answers):
    before = server.log.count("Failed password")
    assert await error_code(open_door(config=no_key(server), prompter=answers("wrong"))) == "ssh.wrong_password"
    assert server.log.count("Failed password") == before + 1


async def test_h03_cancelled_question_is_no_attempt(server, open_door, error_code, answers):
    before = server.log.count("Failed password")
    assert await error_code(open_door(config=no_key(server), prompter=answers(None))) == "ssh.cancelled"
    await asyncio.sleep(0.3)
    assert server.log.count("Failed password") == before


async def test_h03_closing_the_door_at_a_question_is_no_attempt(server, open_door, until):
    asked = []

    async def thinking(prompt):
        asked.append(prompt)
        await asyncio.sleep(60)

    before = server.log.count("Failed password")
    door = open_door(config=no_key(server), prompter=thinking)
    reading = asyncio.ensure_future(door.reading())
    await until(lambda: asked)
    await door.close()
    with pytest.raises(Exception, match=r"ssh\.closed"):
        await reading
    await asyncio.sleep(0.3)
    assert server.log.count("Failed password") == before


async def test_h03_a_prompter_that_fails_is_heard_of(server, open_door):
    async def broken(prompt):
        raise RuntimeError("window gone")

    with pytest.raises(RuntimeError, match="window gone"):
        await open_door(config=no_key(server), prompter=broken).reading()


async def test_h03_encrypted_key(server, open_door, answers):
    person = answers("open sesame")
    reading = await open_door(config=server.client_config(key=server.encrypted_key), prompter=person).reading()
    assert reading.complete
    assert [prompt.kind for prompt in person.asked] == ["passphrase"]


async def test_h03_encrypted_key_without_anybody_to_ask(server, open_door, error_code):
    door = open_door(config=server.client_config(key=server.encrypted_key))
    assert await error_code(door) == "ssh.permission_denied"


async def test_clocks_stand_still_while_a_question_is_open(server, open_door):
    """Both limits are shorter than the person thinks; how long the reading takes afterwards is the machine's affair."""
    answered = []

    async def slow_person(prompt):
        await asyncio.sleep(5.5)
        answered.append(prompt.kind)
        return "correct horse"

    door = open_door(config=no_key(server), prompter=slow_person, idle_limit=4.0, overall_limit=5.0)
    with contextlib.suppress(CheckTimeoutError):
        await door.reading()
    assert answered == ["password"]


def _all_arguments_and_environments() -> list[str]:
    """Of every process but this one."""
    found = []
    for path in Path("/proc").glob("[0-9]*"):
        for name in ("cmdline", "environ") if path.name != str(os.getpid()) else ():
            try:
                found.append((path / name).read_bytes().decode("utf-8", "replace"))
            except OSError:
                continue
    return found


async def test_password_stands_in_no_argument_environment_or_file(server, open_door, until):
    """While ssh waits for the answer and again when it has it: no process but ours knows it."""
    seen: list[str] = []

    async def watched(prompt):
        seen.extend(_all_arguments_and_environments())
        return "correct horse"

    await open_door(config=no_key(server), prompter=watched).reading()
    assert any("MFA_ASKPASS" in text for text in seen)
    assert not any("correct horse" in text for text in seen)


async def _helper(environment: dict[str, str], prompt: str) -> tuple[int | None, bytes]:
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        askpass_client.__file__,
        prompt,
        stdout=subprocess.PIPE,
        env={**os.environ, **environment},
    )
    try:
        async with asyncio.timeout(HANG):
            out, _ = await process.communicate()
    except TimeoutError:
        process.kill()
        await process.wait()
        return None, b""
    return process.returncode, out


async def test_h14_wrong_nonce_is_refused(tmp_path, answers):
    person = answers("secret")
    askpass = Askpass(person, tmp_path, "mail.test", this_system())
    environment = await askpass.start()
    wrong = environment["MFA_ASKPASS"].rpartition("|")[0] + "|" + "0" * 64
    assert await _helper({"MFA_ASKPASS": wrong}, "post@mail.test's password: ") == (1, b"")
    assert person.asked == []
    assert await _helper(environment, "post@mail.test's password: ") == (0, b"secret\n")
    await askpass.close()


async def test_h14_seventh_question_is_refused(tmp_path, answers):
    person = answers(*"123456789")
    askpass = Askpass(person, tmp_path, "mail.test", this_system())
    environment = await askpass.start()
    for number in "123456":
        assert await _helper(environment, "Code: ") == (0, number.encode() + b"\n")
    seventh = asyncio.ensure_future(_helper(environment, "Code: "))
    async with asyncio.timeout(HANG):
        await askpass.stopped.wait()
    assert getattr(askpass.error, "code", None) == "ssh.too_many_questions"
    assert not seventh.done()  # let go only after ssh has ended
    await askpass.close()
    assert (await seventh)[0] == 1
    assert len(person.asked) == 6


async def test_h14_a_helper_that_hangs_ends_with_the_deadline(server, open_door, error_code, monkeypatch):
    """The helper never comes to us with its question, so that no clock stands still."""
    hanging = server.folder / "hanging_helper"
    hanging.write_text("#!/bin/sh\nexec sleep 295\n")
    hanging.chmod(0o755)
    monkeypatch.setattr("core.clients.askpass.helper_program", lambda folder: hanging)

    async def never_asked(prompt):
        raise AssertionError(prompt)

    begun = asyncio.get_running_loop().time()
    door = open_door(config=no_key(server), prompter=never_asked, idle_limit=1.5)
    assert await error_code(door) == "ssh.timed_out"
    assert asyncio.get_running_loop().time() - begun < 25
    assert not _running(b"sleep\x00295\x00")


def _running(command: bytes) -> list[Path]:
    return [path for path in Path("/proc").glob("[0-9]*/cmdline") if _reads(path) == command]


def _reads(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError:
        return b""


async def test_h14_nobody_listens():
    assert await _helper({"MFA_ASKPASS": "unix:/nonexistent/ask|00"}, "Password: ") == (1, b"")
    assert await _helper({"MFA_ASKPASS": "nonsense"}, "Password: ") == (1, b"")


def test_h15_a_server_imitating_a_key_question_is_only_the_server_asking():
    assert prompt_of("(post@mail.test) Enter passphrase for key '/home/x/.ssh/id': ", "mail.test").kind == "other"
    assert prompt_of("Enter passphrase for key '/home/x/.ssh/id': ", "mail.test").kind == "passphrase"
    assert prompt_of("Verification code\u202e: ", "mail.test").text == "Verification code⟨U+202E⟩: "


GENUINE = (
    "The authenticity of host '[mail.test]:22 ([192.0.2.1]:22)' can't be established.\n"
    "ED25519 key fingerprint is SHA256:{key}.\nThis key is not known by any other names.\n"
    "Are you sure you want to continue connecting (yes/no/[fingerprint])? "
)


def test_h15_a_server_imitating_the_question_about_its_key_is_only_the_server_asking():
    """With the right fingerprint in it, the person's paste would call a wrong server confirmed."""
    genuine = GENUINE.format(key="A" * 43)
    assert prompt_of(genuine, "mail.test").kind == "host_key"
    for imitation in (f"(post@mail.test) {genuine}", "Continue (yes/no)? SHA256:" + "A" * 43):
        assert prompt_of(imitation, "mail.test").kind == "other"


@pytest.mark.parametrize(("first", "second"), [("yes", "SHA256:" + "B" * 43), ("SHA256:" + "A" * 43, "yes")])
async def test_h01_of_two_keys_on_the_way_one_unconfirmed_leaves_it_unconfirmed(tmp_path, answers, first, second):
    """A jump host has a key of its own."""
    askpass = Askpass(answers(first, second), tmp_path, "mail.test", this_system())
    for letter, answer in (("A", first), ("B", second)):
        said = await askpass.ask(prompt_of(GENUINE.format(key=letter * 43), "mail.test"))
        assert said == answer
    assert askpass.host_key == "unconfirmed"
    assert askpass.error is None


async def test_keyboard_interactive(answers, open_door):
    from tests.servers.sshd import User

    options = ("UsePAM yes", "KbdInteractiveAuthentication yes", "PasswordAuthentication no")
    with Sshd.started([User("post", password="correct horse")], options=options) as server:
        person = answers("correct horse")
        door = open_door(config=no_key(server), to=server.destination(), prompter=person)
        assert (await door.reading()).complete
        assert [prompt.kind for prompt in person.asked] == ["other"]
