"""Each fault made for real on a real mail server and read through its own sshd; nothing said of healthy ones."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from tests.servers.lab import SILENT, Lab
from tests.servers.lab_server import Server, SshAccess

Look = Callable[..., dict[str, Any]]


@pytest.fixture
def look(lab: Lab, tmp_path: Path) -> Look:
    """The finding codes with their findings, as the command says them on a machine outside."""

    def run(server: Server, door: SshAccess, *, root: bool = False) -> dict[str, Any]:
        to = f"root@{server.address}" if root else door.destination
        command = [sys.executable, "-m", "core", "check", "--only", "server_health", "--domain", "example.jp"]
        command += ["--ssh", to, "--ssh-config", str(door.config), "--resolver", "198.51.100.53", "--json"]
        home = {"HOME": str(tmp_path), "PATH": os.environ["PATH"], "LC_ALL": "C.UTF-8"}
        done = lab.outside.run([*command, "--lang", "en"], check=False, env=home, timeout=100)
        assert done.stdout, done.stderr
        (result,) = json.loads(done.stdout)["results"]
        assert result["problem"] is None
        return {finding["code"].partition(".")[2]: finding for finding in result["findings"]}

    return run


@pytest.fixture(scope="module")
def postfix(lab: Lab) -> Iterator[tuple[Server, SshAccess]]:
    server = lab.server("pf-closed")
    yield server, server.start_sshd()
    server.stop()


@pytest.mark.parametrize("kind", ["sm-closed", "ex-closed", "os-closed"])
def test_nothing_is_said_of_a_healthy_server(lab: Lab, look: Look, kind: str) -> None:
    server = lab.server(kind)
    found = look(server, server.start_sshd(), root=True)
    server.stop()
    assert set(found) <= {"fine", "fine_partly"}, found
    areas = next(iter(found.values()))["values"]["areas"]
    assert {"room", "programs", "helpers", "names", "way_out", "clock", "load", "system"} <= set(areas)


def test_an_ordinary_account_sees_as_much_but_the_bans(look: Look, postfix: tuple[Server, SshAccess]) -> None:
    assert set(look(*postfix, root=True)) <= {"fine", "fine_partly"}
    found = look(*postfix)
    assert list(found) == ["fine_partly"]
    assert found["fine_partly"]["values"]["unseen"] == ["bans"]


def test_a_full_file_system_under_the_queue(look: Look, postfix: tuple[Server, SshAccess]) -> None:
    server, _ = postfix
    server.shell(
        "mount -t tmpfs -o size=4m small /var/spool/postfix; dd if=/dev/zero of=/var/spool/postfix/x 2>&1 || :"
    )
    try:
        found = look(*postfix)
    finally:
        server.shell("umount -l /var/spool/postfix")
    assert found["disk_full"]["severity"] == "critical"
    assert found["disk_full"]["values"]["mount"] == "/var/spool/postfix"
    assert found["disk_full"]["values"]["free"] == 0


def test_no_inodes_left_under_the_log(look: Look, postfix: tuple[Server, SshAccess]) -> None:
    server, _ = postfix
    server.shell(
        "mount -t tmpfs -o nr_inodes=20 few /var/log; i=0; "
        "while touch /var/log/$i; do i=$((i+1)); done 2>/dev/null || :"
    )
    try:
        found = look(*postfix)
    finally:
        server.shell("umount -l /var/log")
    assert found["inodes_full"]["values"] == {"mount": "/var/log", "places": ["log"], "left": 0}


def test_a_stopped_mail_program(look: Look, postfix: tuple[Server, SshAccess]) -> None:
    server, _ = postfix
    server.shell("postfix stop 2>&1")
    try:
        found = look(*postfix)
    finally:
        server.shell("postfix start 2>&1")
    assert found["mail_service_stopped"]["values"]["products"] == ["Postfix"]


def test_a_milter_that_is_gone_and_one_that_answers(look: Look, postfix: tuple[Server, SshAccess]) -> None:
    server, _ = postfix
    server.shell("postconf -e smtpd_milters='inet:127.0.0.1:8891, inet:127.0.0.1:25' milter_default_action=accept")
    try:
        found = look(*postfix)
    finally:
        server.shell("postconf -# smtpd_milters milter_default_action")
    assert found["helper_down"]["values"] == {"role": "milter", "where": "inet:127.0.0.1:8891"}


@pytest.mark.slow  # the server's own patience; a fast run has the recording in test_reading
def test_a_dead_resolver(look: Look, postfix: tuple[Server, SshAccess]) -> None:
    server, _ = postfix
    before = server.shell("cat /etc/resolv.conf")
    server.shell(f"echo nameserver {SILENT} > /etc/resolv.conf")
    try:
        found = look(*postfix)
    finally:
        server.run(["tee", "/etc/resolv.conf"], input=before)
    assert found["resolver_broken"]["values"]["servers"] == [SILENT]
    assert SILENT in found["resolver_broken"]["meaning"]
    assert "outbound_25_blocked" not in found  # nothing to connect to: not looked at, not accused


@contextmanager
def firewall(server: Server, rule: str) -> Iterator[None]:
    """A rule of nftables on the server's own network, for what leaves it."""
    inside = ["nsenter", "--target", str(server.pid), "--net", "nft"]
    chain = f"chain out {{\ntype filter hook output priority 0; policy accept;\n{rule}\n}}"
    rules = f"table inet mfa {{\n{chain}\n}}\n"
    subprocess.run([*inside, "-f", "-"], input=rules, text=True, check=True)
    try:
        yield
    finally:
        subprocess.run([*inside, "delete", "table", "inet", "mfa"], check=True)


@pytest.mark.parametrize(("verdict", "how"), [("drop", "silent"), ("reject", "refused")])
def test_a_firewall_on_outgoing_port_25(look: Look, postfix: tuple[Server, SshAccess], verdict: str, how: str) -> None:
    with firewall(postfix[0], f"ip daddr 198.51.100.0/24 tcp dport 25 {verdict}"):
        found = look(*postfix)
    assert found["outbound_25_blocked"]["severity"] == "critical"
    assert found["outbound_25_blocked"]["values"]["how"] == how


def _write_certificate(server: Server, days: int) -> None:
    """A key and a self-made certificate that ends so many days from now, as the server's certificate file."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "mail.example.jp")])
    now = datetime.now(UTC)
    made = x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
    made = made.not_valid_before(now - timedelta(days=100)).not_valid_after(now + timedelta(days=days))
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    text = private + made.sign(key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM)
    server.run(["install", "-m", "644", "/dev/stdin", "/etc/ssl/mfa.pem"], input=text.decode())


def test_a_renewed_certificate_that_was_not_read_again(look: Look, postfix: tuple[Server, SshAccess]) -> None:
    server, _ = postfix
    touch = "openssl s_client -connect 127.0.0.1:25 -starttls smtp </dev/null 2>&1"
    _write_certificate(server, days=-1)
    server.shell(
        "postconf -e smtpd_tls_cert_file=/etc/ssl/mfa.pem smtpd_tls_key_file=/etc/ssl/mfa.pem; postfix reload 2>&1"
    )
    try:
        server.wait_for(touch, lambda said: "mail.example.jp" in said, 10)
        ended = look(*postfix)
        server.shell(f"{touch} >/dev/null")  # the smtpd that just spoke waits for the next caller
        _write_certificate(server, days=90)
        renewed = look(*postfix)
    finally:
        server.shell(
            "postconf -e smtpd_tls_cert_file=/etc/ssl/certs/ssl-cert-snakeoil.pem "
            "smtpd_tls_key_file=/etc/ssl/private/ssl-cert-snakeoil.key; postfix reload 2>&1"
        )
    assert ended["certificate_file_ended"]["values"]["path"] == "/etc/ssl/mfa.pem"
    assert renewed["certificate_not_reloaded"]["values"]["port"] in (25, 465)
