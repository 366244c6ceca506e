"""A certificate for the hostile server, made once; and a client that looks at loopback."""

from __future__ import annotations

import ssl
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from core.clients.journal import Journal
from core.clients.reroute import Reroute
from core.clients.smtp import SmtpClient


@pytest.fixture(scope="session")
def server_tls(tmp_path_factory: pytest.TempPathFactory) -> ssl.SSLContext:
    folder = tmp_path_factory.mktemp("tls")
    key, certificate = folder / "key.pem", folder / "cert.pem"
    _self_signed(key, certificate)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    return context


def _self_signed(key: Path, certificate: Path) -> None:
    command = ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"]
    command += ["-subj", "/CN=mx.example.jp", "-days", "2", "-keyout", str(key), "-out", str(certificate)]
    subprocess.run(command, check=True, capture_output=True, timeout=30)


@pytest.fixture
def make_client() -> Callable[..., SmtpClient]:
    def make(reply_limit: float = 20.0, connect_limit: float = 20.0, reroute: Reroute | None = None) -> SmtpClient:
        return SmtpClient(reroute or Reroute(), Journal(), connect_limit, reply_limit)

    return make
