"""Keys of blacklists that answer only to registered people (Spamhaus DQS and others): the door to the keychain.

A key is a secret. It lives in the operating system's keychain, never in a file of ours; a note beside the settings
says only whose keys were set, so that nobody's keychain is opened who never set one. No error carries a key.
"""

from __future__ import annotations

import contextlib
import re
import threading
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

import platformdirs

from core.errors import CheckError, CheckTimeoutError, UsageError

if TYPE_CHECKING:
    import asyncio

T = TypeVar("T")
_ENTRY = "mail-first-aid blacklist key"  # the name under which the keychain shows it
_KEY = re.compile(r"[A-Za-z0-9]{6,63}")  # one label of a DNS name
_PATIENCE = 30.0  # seconds: the keychain may ask the person to unlock it


class ListKeys:
    """Keys known for this run only."""

    def __init__(self, keys: Mapping[str, str] | None = None) -> None:
        self._keys = dict(keys or {})

    async def all(self) -> Mapping[str, str]:
        """Service -> key."""
        return dict(self._keys)

    @property
    def unread(self) -> tuple[str, ...]:
        """Services whose key was set but could not be fetched."""
        return ()


class KeychainKeys(ListKeys):
    """The keys that were set on this computer, and those given for this run. Asks the keychain once."""

    def __init__(self, keys: Mapping[str, str] | None = None) -> None:
        super().__init__(keys)
        self._unread: dict[str, str] = {}
        self._asked = False

    async def all(self) -> Mapping[str, str]:
        """Service -> key. A keychain that stays shut leaves its services in `unread`."""
        if not self._asked:
            self._asked = True
            for service in noted_services():
                await self._fetch(service)
        return dict(self._keys)

    async def _fetch(self, service: str) -> None:
        if service in self._keys:
            return
        try:
            key = await _in_thread(lambda: _keychain().get_password(_ENTRY, service))
        except CheckError as error:
            self._unread[service] = error.code
            return
        if key and _KEY.fullmatch(key):
            self._keys[service] = key
        else:
            self._unread[service] = "keys.lost"

    @property
    def unread(self) -> tuple[str, ...]:
        """Services with a key that is noted but could not be read."""
        return tuple(self._unread)


def checked_key(text: str) -> str:
    """The key without the blanks around it. Raises UsageError "keys.bad_form", which does not repeat it."""
    key = text.strip()
    if not _KEY.fullmatch(key):
        raise UsageError("keys.bad_form")
    return key


async def save_key(service: str, key: str) -> None:
    """Put a key into the keychain. Raises CheckError "keys.no_keychain", CheckTimeoutError "keys.timed_out"."""
    await _in_thread(lambda: _keychain().set_password(_ENTRY, service, checked_key(key)))
    _note({*noted_services(), service})


async def forget_key(service: str) -> None:
    """Take a key out of the keychain; nothing happens when there is none. Raises as `save_key`."""
    if service in noted_services():
        await _in_thread(lambda: _deleted(service))
        _note(set(noted_services()) - {service})


def noted_services() -> tuple[str, ...]:
    """Whose keys were set on this computer. Opens no keychain."""
    try:
        text = _note_file().read_text(encoding="utf-8")
    except FileNotFoundError:
        return ()
    return tuple(sorted({word for word in text.split() if word.isascii() and word.isalnum()}))[:10]


def _note(services: set[str]) -> None:
    path = _note_file()
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("".join(f"{service}\n" for service in sorted(services)), encoding="utf-8")


def _note_file() -> Path:
    return platformdirs.user_config_path("mail-first-aid", appauthor=False, roaming=True) / "list_keys.txt"


class _Keychain:
    """The keychain's own library, loaded only when a key is really wanted."""

    def __init__(self) -> None:
        import keyring  # takes a tenth of a second, and most people have no key
        import keyring.errors

        self._library, self._errors = keyring, (keyring.errors.KeyringError, RuntimeError, OSError)

    def get_password(self, entry: str, service: str) -> str | None:
        """The secret, or None."""
        found = self._translated(lambda: self._library.get_password(entry, service))
        return None if found is None else str(found)

    def set_password(self, entry: str, service: str, secret: str) -> None:
        """Keep the secret."""
        self._translated(lambda: self._library.set_password(entry, service, secret))

    def delete_password(self, entry: str, service: str) -> None:
        """Remove the secret."""
        self._translated(lambda: self._library.delete_password(entry, service))

    def _translated(self, work: Callable[[], T]) -> T:
        try:
            return work()
        except self._errors as error:
            # `from None`: what a keychain says about its troubles may hold what we gave it.
            raise CheckError("keys.no_keychain", reason=type(error).__name__) from None


def _keychain() -> _Keychain:
    return _Keychain()


def _deleted(service: str) -> None:
    if _keychain().get_password(_ENTRY, service) is not None:
        _keychain().delete_password(_ENTRY, service)


def _settle(done: asyncio.Future[T], result: T | None, error: BaseException | None) -> None:
    if done.done():
        return
    if error is not None:
        done.set_exception(error)
    else:
        done.set_result(result)  # type: ignore[arg-type]


async def _in_thread(work: Callable[[], T]) -> T:
    """`work` in a thread that nobody waits for at the end: a keychain may show a window that nobody closes."""
    import asyncio  # half of what reading a file has to load

    loop = asyncio.get_running_loop()
    done: asyncio.Future[T] = loop.create_future()

    def run() -> None:
        result, failure = None, None
        try:
            result = work()
        except BaseException as error:  # noqa: BLE001  it is raised where the result is awaited
            failure = error
        with contextlib.suppress(RuntimeError):  # the run is over: nobody is left to tell
            loop.call_soon_threadsafe(_settle, done, result, failure)

    threading.Thread(target=run, name="keychain", daemon=True).start()
    try:
        async with asyncio.timeout(_PATIENCE):
            return await done
    except CheckError:
        raise
    except TimeoutError as error:
        raise CheckTimeoutError("keys.timed_out") from error
