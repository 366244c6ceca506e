"""The file systems of the lab: one small Debian 12, and on top of it one layer for each mail server. A second, older
Debian carries the servers that stand for software whose free support has ended.

Mail server packages of Debian exclude one another, so each is installed once into an overlay layer of its own.
Both are kept in a cache folder and named after their recipe: changing a recipe here makes a new one.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import shutil
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

MIRROR = "http://deb.debian.org/debian"
SUITE = "bookworm"
BASE_PACKAGES = ("ca-certificates", "iproute2", "netbase", "openssh-server", "procps")
LAYER_PACKAGES = {
    "postfix": ("postfix",),
    "mailserver": ("postfix", "dovecot-core", "dovecot-imapd"),  # with logins, and mailboxes that Dovecot keeps
    "sendmail": ("sendmail", "sendmail-bin", "sendmail-cf", "make"),
    "exim": ("exim4-daemon-light", "exim4-config"),
    "opensmtpd": ("opensmtpd",),
    # What stands around a mail server: a guard that bans, a filter, a greylist; and what logs it in to another one.
    "guarded": ("postfix", "fail2ban", "nftables", "opendkim", "postgrey", "libsasl2-modules"),
    "oldmail": ("sendmail", "sendmail-bin", "sendmail-cf", "make"),
    # The other mail servers with what stands around them. (No name may begin with another's and "-".)
    "fullsendmail": (
        "sendmail", "sendmail-bin", "sendmail-cf", "make", "fail2ban", "nftables", "opendkim", "sasl2-bin",
        "libsasl2-modules", "dovecot-core", "dovecot-lmtpd", "dovecot-imapd",
    ),
    "fullpostfix": ("postfix", "dovecot-core", "dovecot-lmtpd", "dovecot-imapd"),
    "fullexim": (
        "exim4-daemon-light", "exim4-config", "fail2ban", "nftables", "dovecot-core", "dovecot-lmtpd", "dovecot-imapd",
    ),
    "fullopensmtpd": ("opensmtpd", "fail2ban", "nftables", "dovecot-core", "dovecot-lmtpd", "dovecot-imapd"),
}  # fmt: skip
# A system that is no longer repaired for nothing.
OLD_SUITE, OLD_LAYERS = "bullseye", ("oldmail",)
BUILD_LIMIT = 900.0  # seconds for one debootstrap or one installation, on a slow line

# The account that reads the server over ssh. "*" is a password nobody has; "!" would lock the account for sshd.
_FINISH_BASE = r"""
set -e
printf '#!/bin/sh\nexit 101\n' > "$1/usr/sbin/policy-rc.d"
chmod 755 "$1/usr/sbin/policy-rc.d"
chroot "$1" useradd --create-home --shell /bin/bash --password '*' admin
chroot "$1" apt-get clean
"""
# A host name with a dot: sendmail's installation otherwise waits a minute for one.
_INSTALL = r"""
set -e
target=$1; lower=$2; shift 2
mount --make-rprivate / 2>/dev/null || true
mount -t overlay -o "lowerdir=$lower,upperdir=$target/upper,workdir=$target/work" overlay "$target/root"
hostname mail.example.jp
printf '127.0.0.1 localhost\n127.0.1.1 mail.example.jp mail\n' > "$target/root/etc/hosts"
echo mail.example.jp > "$target/root/etc/hostname"
echo mail.example.jp > "$target/root/etc/mailname"
cp /etc/resolv.conf "$target/root/etc/resolv.conf"
mount -t proc proc "$target/root/proc"
export DEBIAN_FRONTEND=noninteractive LC_ALL=C
chroot "$target/root" apt-get -q update
chroot "$target/root" apt-get -q -y --no-install-recommends install "$@"
chroot "$target/root" apt-get clean
rm -rf "$target/root/var/lib/apt/lists"
"""


class LabBuildError(RuntimeError):
    """A file system of the lab could not be made; the text ends with what the tool said."""


def cache_folder() -> Path:
    """Where the file systems are kept: `MFA_LAB`, else /var/cache/mail-first-aid-lab."""
    return Path(os.environ.get("MFA_LAB", "/var/cache/mail-first-aid-lab"))


def lower_directories(cache: Path, layer: str) -> list[Path]:
    """The read-only directories of a server, topmost first; made now if this is the first time (15 to 90 s)."""
    with _only_one_builder(cache):
        if layer in OLD_LAYERS:
            base = _made(cache, "old", _recipe(_FINISH_BASE, OLD_SUITE, *BASE_PACKAGES), _make_old_base)
        else:
            base = _made(cache, "base", _recipe(_FINISH_BASE, *BASE_PACKAGES), _make_base)
        recipe = _recipe(base.name, _INSTALL, *LAYER_PACKAGES[layer])
        installed = _made(cache, layer, recipe, lambda new: _make_layer(new, base, layer))
    return [installed / "upper", base]


@contextmanager
def _only_one_builder(cache: Path) -> Iterator[None]:
    cache.mkdir(parents=True, exist_ok=True)
    with (cache / "build.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _recipe(*parts: str) -> str:
    return hashlib.sha256("\0".join((MIRROR, SUITE, *parts)).encode()).hexdigest()[:12]


def _made(cache: Path, name: str, recipe: str, make: Callable[[Path], None]) -> Path:
    """The finished folder of this recipe. Half-made ones of a killed run, and older recipes, are removed."""
    wanted = cache / f"{name}-{recipe}"
    if wanted.exists():
        return wanted
    for old in cache.glob(f"{name}-*"):
        shutil.rmtree(old)
    new = cache / f"{name}-new"
    new.mkdir()
    make(new)
    new.rename(wanted)
    return wanted


def _make_old_base(new: Path) -> None:
    _make_base(new, OLD_SUITE)


def _make_base(new: Path, suite: str = SUITE) -> None:
    included = f"--include={','.join(BASE_PACKAGES)}"
    _build(["debootstrap", "--variant=minbase", included, suite, str(new), MIRROR])
    _build(["sh", "-c", _FINISH_BASE, "sh", str(new)])


def _make_layer(new: Path, base: Path, layer: str) -> None:
    for part in ("upper", "work", "root"):
        (new / part).mkdir()
    # Everything mounted or started while installing ends with these namespaces.
    apart = ["unshare", "--mount", "--propagation", "unchanged", "--uts", "--pid", "--fork", "--kill-child=KILL"]
    _build([*apart, "sh", "-c", _INSTALL, "sh", str(new), str(base), *LAYER_PACKAGES[layer]])


def _build(argv: list[str]) -> None:
    done = subprocess.run(
        argv, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
        timeout=BUILD_LIMIT, check=False, text=True, errors="replace",
    )  # fmt: skip
    if done.returncode:
        raise LabBuildError(f"{argv[0]} ended with {done.returncode}:\n{done.stdout[-3000:]}")
