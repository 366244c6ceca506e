"""Destinations and generated settings. Case H16: nothing that could become a command gets as far as a process."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from core.clients.journal import Journal
from core.clients.ssh import SshDoor
from core.clients.ssh_command import (
    Destination,
    Way,
    argv,
    destination,
    own_settings,
    question_argv,
    settings_text,
    way,
)
from core.clients.ssh_detour import around, printed_way
from core.clients.ssh_states import _LINES
from core.clients.ssh_sudo import _LINES as SUDO_LINES
from core.clients.ssh_system import Posix, Windows, this_system, version_in
from core.errors import CheckError, UsageError
from core.texts import LANGUAGES, Texts

GOOD = [
    ("mail.example.jp", Destination("mail.example.jp")),
    ("admin@mail.example.jp:2222", Destination("mail.example.jp", "admin", 2222)),
    ("198.51.100.5", Destination("198.51.100.5")),
    ("2001:db8::1", Destination("2001:db8::1")),
    ("root@[2001:db8::1]:22", Destination("2001:db8::1", "root", 22)),
    ("[fe80::1%eth0]", Destination("fe80::1%eth0")),
    ("me@example.jp@mail_1", Destination("mail_1", "me@example.jp")),
    ("郵便.example.jp", Destination("xn--5nqr34f.example.jp")),
]


@pytest.mark.parametrize(("text", "expected"), GOOD)
def test_destinations(text, expected):
    if "郵便" in text:
        assert destination(text).host == "郵便.example.jp".encode("idna").decode()
        return
    assert destination(text) == expected


BAD = [
    ("-oProxyCommand=touch x", "ssh.bad_host"),
    ("a@-oProxyCommand=x", "ssh.bad_host"),
    ("$(reboot)", "ssh.bad_host"),
    ("host;reboot", "ssh.bad_host"),
    ("host name", "ssh.bad_host"),
    ("ssh://host", "ssh.bad_port"),
    ("", "ssh.bad_host"),
    ("a" * 500, "ssh.bad_host"),
    ("host\n", None),
    ("ho\nst", "ssh.bad_host"),
    ("[::1", "ssh.bad_host"),
    ("[::1]x", "ssh.bad_host"),
    ("fe80::1%$(x)", "ssh.bad_host"),
    ("a:b:c", "ssh.bad_host"),
    ("-l@host", "ssh.bad_user"),
    ("a`b`@host", "ssh.bad_user"),
    ("dom\\@host", "ssh.bad_user"),
    ("@host", "ssh.bad_user"),
    ("host:0", "ssh.bad_port"),
    ("host:65536", "ssh.bad_port"),
    ("host:22x", "ssh.bad_port"),
    ("host:٢٢", "ssh.bad_port"),
    ("host:", "ssh.bad_port"),
]


@pytest.mark.parametrize(("text", "code"), BAD)
def test_h16_injection_is_refused_before_a_process_starts(text, code):
    if code is None:
        assert destination(text).host == "host"
        return
    with pytest.raises(UsageError) as caught:
        SshDoor(text, None, Journal())
    assert caught.value.code == code


@pytest.mark.parametrize("jump", ["-oProxyCommand=touch x", "a;reboot", "$(reboot)"])
async def test_h16_a_jump_host_that_is_an_option_runs_nothing(tmp_path, jump):
    """ssh itself refuses it; whatever its words, the door ends with one of its own states and nothing was run."""
    mark = tmp_path / "x"
    config = tmp_path / "config"
    config.write_text(f"Host inner\n  ProxyJump {jump.replace('touch x', f'touch {mark}')}\n")
    door = SshDoor("post@inner", str(config), Journal())
    with pytest.raises(CheckError) as caught:
        await door.reading()
    await door.close()
    assert caught.value.code in ("ssh.config_broken", "ssh.jump_failed", "ssh.bad_host", "ssh.failed")
    assert not mark.exists()


@pytest.mark.parametrize(
    ("settings", "options"),
    [
        ("", ("HostName=64:ff9b::cb00:7119", "HostKeyAlias=203.0.113.25")),
        ("Port 2222", ("HostName=64:ff9b::cb00:7119", "HostKeyAlias=[203.0.113.25]:2222")),
        ("HostKeyAlias mail", ("HostName=64:ff9b::cb00:7119",)),
        ("ProxyJump gate", ()),
        ("ProxyCommand nc %h %p", ()),
        ("HostName mail.example.jp", ()),
        ("HostName 2001:db8::25", ()),
    ],
)
async def test_on_a_line_without_ipv4_an_ipv4_server_is_reached_under_the_translators_address(
    tmp_path, settings, options
):
    """ssh itself tells where its settings lead; a jump host finds its own way."""
    config = tmp_path / "config"
    config.write_text(f"{settings_text((), asks=False)}\nHost 203.0.113.25\n  {settings}\n")

    async def way_to(address):
        return {"203.0.113.25": "64:ff9b::cb00:7119"}[address]

    question = question_argv(("ssh",), config, destination("203.0.113.25"))
    found = await around(await printed_way(question, this_system()), way_to)
    assert found == tuple(word for option in options for word in ("-o", option))


def test_host_follows_the_double_dash():
    line = argv(("ssh",), Path("/run/settings"), Destination("h", "u", 22))
    assert line[line.index("--") + 1 :] == ["h", "exec sh -s"]


def test_without_a_person_nothing_can_be_asked():
    text = settings_text((), asks=False)
    assert "BatchMode yes" in text and "StrictHostKeyChecking yes" in text
    assert "BatchMode no" in settings_text((), asks=True)


def test_safety_comes_before_the_included_settings_and_defaults_after(tmp_path):
    text = settings_text((tmp_path / "config",), asks=False, known_hosts=tmp_path / "own % hosts")
    order = [text.index(word) for word in ("IgnoreUnknown", "RemoteCommand none", "Include", "StrictHostKeyChecking")]
    assert order == sorted(order)
    assert "own %% hosts" in text


def test_settings_file_must_be_there_and_expressible(tmp_path):
    with pytest.raises(UsageError) as caught:
        own_settings(str(tmp_path / "none"))
    assert caught.value.code == "ssh.bad_config"
    for name in ('a"b', "a${HOME}b", "a*b"):
        with pytest.raises(UsageError):
            settings_text((tmp_path / name,), asks=False)


def test_where_ssh_would_really_go():
    assert way("hostname mail.test\nport 2222\nproxycommand none\n") == Way("mail.test", 2222, proxied=False)
    assert way("hostname mail.test\nport 22\nproxyjump gate\n") == Way("mail.test", 22, proxied=True)
    assert way("") is None


def test_versions_and_the_oldest_that_works():
    assert version_in("OpenSSH_for_Windows_8.1p1, LibreSSL 3.0.2") == (8, 1)
    assert version_in("OpenSSH_10.2p1 Debian-1") == (10, 2)
    assert version_in("PuTTY plink 0.80") is None
    assert Windows.oldest == (8, 1)
    assert Posix().find_ssh() is not None


STATES = (
    "bad_host",
    "bad_user",
    "bad_port",
    "bad_config",
    "program_missing",
    "not_started",
    "program_too_old",
    "unknown_name",
    "refused",
    "unreachable",
    "no_family",
    "timed_out",
    "silent",
    "not_ssh",
    "turned_away",
    "no_common_method",
    "host_key_unknown",
    "host_key_changed",
    "host_key_revoked",
    "host_key_mismatch",
    "permission_denied",
    "wrong_password",
    "too_many_keys",
    "password_expired",
    "key_unprotected",
    "key_unreadable",
    "config_broken",
    "askpass_failed",
    "too_many_questions",
    "cancelled",
    "closed",
    "no_shell",
    "restricted",
    "script_died",
    "lost",
    "stalled",
    "flooded",
    "jump_failed",
    "failed",
    "sudo_missing",
    "sudo_not_allowed",
    "sudo_needs_password",
    "sudo_wrong_password",
    "sudo_refused",
)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("state", STATES)
def test_every_state_has_its_own_words(language, state):
    texts = Texts(language)
    values = {"host": "h", "reason": "r", "user": "u", "port": "p", "path": "f", "version": "7.4", "needed": "7.6"}
    values |= {
        "system": "linux",
        "family": "IPv4",
        "shown": "SHA256:x",
        "line": "x",
        "seconds": 30.0,
        "doing": "disk.why",
    }
    key = f"problem.ssh.{state}"
    assert texts.text(f"{key}.title", values) and texts.text(f"{key}.meaning", values)
    assert texts.steps(key, values)


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_two_states_share_a_sentence(language):
    texts = Texts(language)
    titles = [texts.template(f"problem.ssh.{state}.title") for state in STATES]
    assert len(set(titles)) == len(titles)


def test_no_state_without_words_in_the_code():
    """Every code that stands in the door's sources is in the list above."""
    folder = Path(__file__).resolve().parents[3] / "core" / "clients"
    names = ("ssh.py", "ssh_command.py", "ssh_system.py", "ssh_states.py", "ssh_sudo.py", "askpass.py", "ssh_detour.py")
    sources = "".join((folder / name).read_text() for name in names)
    used = set(re.findall(r'"ssh\.([a-z_]+)"', sources)) - {"exe"} | {state for _, state in _LINES}
    used |= {state for _, state in SUDO_LINES}
    used |= set(re.findall(r'return "([a-z_]+)"', (folder / "ssh_states.py").read_text()))
    assert used | {"failed", "lost", "script_died", "sudo_refused"} == set(STATES)
