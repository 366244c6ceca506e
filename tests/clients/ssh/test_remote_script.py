"""The list of remote commands holds nothing that can write. A new program or flag must be added here, knowingly."""

from __future__ import annotations

import re
import shlex
import subprocess

import pytest

from core.clients import remote_script
from core.clients.remote_containers import MAIL_CONTAINERS
from core.clients.remote_health import HEALTH_SECTIONS  # held to the same by test_remote_health.py
from core.clients.remote_log import LOG_SECTIONS  # held to it by tests/checks/mail_log/test_remote_log.py
from core.clients.remote_script import SECTIONS, masked, script
from core.texts import LANGUAGES, Texts

_CONTAINERS = {f"name={name}" for name in MAIL_CONTAINERS}
# Program -> what may follow it. Every one of these only prints. "name": any word without a leading dash.
READS_ONLY: dict[str, set[str]] = {
    "id": set(),
    "uname": {"-a"},
    "cat": {"/etc/os-release", "/etc/redhat-release", "/etc/smtpd.conf", "/etc/mail/smtpd.conf"},
    "date": {"-u", "+epoch=%s", "+zone=%z %Z"},
    "printf": {"%s\\n", "$SSH_CONNECTION", remote_script._REHEARSAL, "${h##*", "}"},
    "ss": {"-ltn", "-ltnp"},
    "netstat": {"-ltn", "-ltnp", "-an"},
    "sed": {  # without -i and w it only prints
        "-n",
        "s/^#.*[ /]\\([a-z_]*\\)\\.m4.*/feature \\1/p",
        "$f",
        "s/^/access /",
        "s/^/relay-domain /",
        "/etc/mail/relay-domains",
    },
    "grep": {"-i", "^[^#]*relay", "/etc/mail/access"},
    "echo": {
        "read",
        "sendmail.cf",
        "unreadable",
        "/etc/mail/access",
        "program $f",
        "link $f $(readlink -f $f)",
        "marker $f",
        "Quarantined:",
    },
    "command": {"-v", "$p", "exim", "exim4"},
    "readlink": {"-f", "$f"},
    "[": {"-e", "-r", "$f", "/etc/mail/access", "/etc/mail/relay-domains", "]"},
    "true": set(),
    "postconf": {"-n", "-M", "-h", "mail_version", *remote_script._EFFECTIVE.split()},
    "postqueue": {"-p", "-j"},
    "EXIM": {"-bV", "-bp", "-bP", "$s", "primary_hostname", "-bh", "192.0.2.1"},  # -bh: a rehearsal, nothing is kept
    "sendmail": {"-d0.1", "-bt", "-bp", "-qQ"},
    "mailq": set(),
    "smtpd": {"-h"},
    "smtpctl": {"show", "queue"},
    "qmail-qstat": set(),
    "qmail-qread": set(),
    "df": {"-P", "-Pi"},
    # `ps` lists, `exec` starts the one program behind it, which only lists, in a container that runs already.
    "docker": {"ps", "-q", "-f", "--format", "{{.ID}} {{.Names}}", "exec", "$c", "postqueue", "-j", *_CONTAINERS},
    "ps": {"-A", "-o", "pid=", "comm="},
}
FORBIDDEN = re.compile(
    r"\b(rm|mv|cp|tee|dd|touch|mktemp|chmod|chown|ln|mkdir|sudo|su|postsuper|postcat|newaliases|"
    r"postfix (?:start|stop|reload|flush)|exim -M|systemctl (?!show )|service|apt|yum|curl|wget|crontab|"
    r"python|perl|awk|eval|sendmail -bv|sendmail -q|-bi|-Mrm)\b"
)


def _simple_commands(text: str) -> list[list[str]]:
    """The simple commands of a list entry, as words; loops and case branches taken apart."""
    exim = '"$(command -v exim || command -v exim4)"'
    found = [["command", "-v", "exim"], ["command", "-v", "exim4"]] if exim in text else []
    text = text.replace(exim, "EXIM")
    for inner in re.findall(r"\$\(((?:command|postconf|readlink|sendmail|docker)[^()]*)\)", text):
        found.append(shlex.split(inner))
    text = re.sub(r"=\$\([^()]*\)", "=x", text)
    text = re.sub(r"case (?:\$\([^()]*\)|\$\w) in", "", text)
    text = re.sub(r"\bfor \w in [^;]*;", ";", text)
    text = re.sub(r"(?:\[012\]\.\*\|3\.0\*|'Version 8\.1'\[3-9\]\*|\*\[!0-9a-f\]\*|\*)\)", ";", text)
    text = text.replace("2>/dev/null", "")
    for part in re.split(r";;|;|&&|\|\||\|", _outside_quotes(text)):
        words = [word.replace("\x01", ";").replace("\x02", "|") for word in shlex.split(part)]
        words = [word for word in words if word not in ("do", "done", "esac")]
        if words and not re.fullmatch(r"\w=x", words[0]):
            found.append(words)
    return found


def _outside_quotes(text: str) -> str:
    return re.sub(r"'[^']*'|\"[^\"]*\"", lambda quoted: quoted.group().replace(";", "\x01").replace("|", "\x02"), text)


@pytest.mark.parametrize(
    "entry", [each for each in SECTIONS if each not in (*HEALTH_SECTIONS, *LOG_SECTIONS)], ids=lambda each: each.section
)
def test_every_command_is_one_that_only_reads(entry):
    commands = _simple_commands(entry.command)
    assert commands
    for program, *arguments in commands:
        assert program in READS_ONLY, f"{program} is not on the list of programs that only read"
        assert set(arguments) <= READS_ONLY[program], f"{program} {arguments}: not known to only read"


def test_a_command_that_writes_would_be_noticed():
    for bad in (
        "postsuper -d ALL",
        "id; rm -f x",
        'docker exec "$c" postsuper -d ALL',
        "docker restart $c",
        "postqueue -f",
        "sendmail -bv root",
        "df -P && postqueue -i A1",
    ):
        allowed = all(
            program in READS_ONLY and set(arguments) <= READS_ONLY[program]
            for program, *arguments in _simple_commands(bad)
        )
        assert not allowed, bad


def test_the_script_holds_no_redirection_to_a_file_and_no_program_that_writes():
    text = script("0" * 32).decode()
    targets = set(re.findall(r"[0-9]?>{1,2}\s*([^\s;)'|]+)", text))
    assert targets <= {"/dev/null", "&1", "&2", "&4", "&5", "&-"}
    assert "<<" not in text
    assert FORBIDDEN.search(text) is None


def test_the_script_is_a_constant_but_for_its_nonce():
    first, second = script("1" * 32).decode(), script("2" * 32).decode()
    assert first.replace("1" * 32, "2" * 32) == second
    assert first.splitlines()[0] == "# frame " + "1" * 32
    assert first.splitlines()[-1] == "mfa"
    with pytest.raises(ValueError, match="nonce"):
        script("'; rm -rf /; '")


def test_every_section_name_stands_once_and_fits_its_frame():
    names = [entry.section for entry in SECTIONS]
    assert len(names) == len(set(names))
    assert all(re.fullmatch(r"[a-z0-9_]{1,40}", name) for name in names)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_command_says_what_it_is_for(language):
    texts = Texts(language)
    assert all(texts.has(entry.why_code) for entry in SECTIONS)


SECRETS = [
    ("smtp_sasl_password_maps = static:user:geheim", "geheim"),
    ("smtp_sasl_password_maps = static:{user:ge heim}", "heim"),
    ("smtp_sasl_password_maps = inline:{ {[mx.test]:587=user:geheim} }", "geheim"),
    ("virtual_mailbox_maps = proxy:pgsql://user:geheim@db.test/mail", "geheim"),
    ("bind_pw = geheim", "geheim"),
    ("ldap_password = geheim", "geheim"),
    ("password=geheim", "geheim"),
]


@pytest.mark.parametrize(("line", "secret"), SECRETS)
def test_secrets_are_blotted_out_there_and_here(line, secret):
    assert secret not in masked(line)
    rules = [part for old, new in remote_script.MASK_EXPRESSIONS for part in ("-e", f"s#{old}#{new}#g")]
    there = subprocess.run(["sed", *rules], input=line, capture_output=True, text=True, check=True)
    assert there.stdout == masked(line)


def test_ordinary_settings_stay():
    line = "smtp_sasl_password_maps = hash:/etc/postfix/sasl_passwd"
    assert masked(line) == line


@pytest.mark.parametrize(
    ("program", "small"), [("sendmail", False), ("dma", True), ("nullmailer-mailq", True), ("postqueue", False)]
)
def test_a_small_mail_program_is_told_by_its_whole_name(tmp_path, program, small):
    """`mailq` of Postfix is a link to sendmail, and that name holds the letters of dma: its queue was read twice."""
    (tmp_path / program).write_text("#!/bin/sh\n")
    (tmp_path / program).chmod(0o755)
    (tmp_path / "mailq").symlink_to(program)
    shell = f"PATH={tmp_path}:$PATH\n{remote_script._CONDITIONS}small_mta"
    assert (subprocess.run(["sh", "-c", shell]).returncode == 0) is small
