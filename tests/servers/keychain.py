"""A keychain for tests that is chosen as any other: PYTHON_KEYRING_BACKEND=tests.servers.keychain.FileKeychain.

Keeps its entries in the file that KEYCHAIN_FILE names. KEYCHAIN_MOOD=locked refuses, =slow never answers.
"""

from __future__ import annotations

import json
import os
import time
from pathlib import Path

from keyring.backend import KeyringBackend
from keyring.errors import KeyringLocked, PasswordDeleteError

from tests.patience import NEVER


class FileKeychain(KeyringBackend):
    """Entries as JSON."""

    priority = 1  # type: ignore[assignment]

    def get_password(self, service: str, username: str) -> str | None:
        return self._entries().get(f"{service}/{username}")

    def set_password(self, service: str, username: str, password: str) -> None:
        self._keep({**self._entries(), f"{service}/{username}": password})

    def delete_password(self, service: str, username: str) -> None:
        entries = self._entries()
        if entries.pop(f"{service}/{username}", None) is None:
            raise PasswordDeleteError("not there")
        self._keep(entries)

    def _entries(self) -> dict[str, str]:
        mood = os.environ.get("KEYCHAIN_MOOD")
        if mood == "locked":
            raise KeyringLocked("the collection is locked")
        if mood == "slow":
            time.sleep(NEVER)
        path = Path(os.environ["KEYCHAIN_FILE"])
        found: dict[str, str] = json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
        return found

    def _keep(self, entries: dict[str, str]) -> None:
        Path(os.environ["KEYCHAIN_FILE"]).write_text(json.dumps(entries), encoding="utf-8")
