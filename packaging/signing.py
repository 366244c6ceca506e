"""Signs what was built, where the credentials are; says in one line where they are not. Keys never come from the tree.

Windows   MFA_SIGNTOOL: a command that signs the file put after it, for instance
          `signtool sign /fd sha256 /tr http://timestamp.example /td sha256 /sha1 0123...` or an HSM's own tool.
macOS     MFA_MAC_IDENTITY: a "Developer ID Application" identity in the keychain (PyInstaller signs with it);
          MFA_NOTARY_PROFILE: what `xcrun notarytool store-credentials` called its entry.
Linux     nothing is signed; the sums are.
"""

from __future__ import annotations

import os
import shlex
import subprocess
from pathlib import Path

_LIMIT = 3600.0  # seconds; Apple's queue can be long


def windows_command() -> str | None:
    """The signing command, or None."""
    return os.environ.get("MFA_SIGNTOOL") or None


def sign_windows(file: Path) -> bool:
    """Sign an .exe; False when no command is given. Raises CalledProcessError when signing fails."""
    command = windows_command()
    if command is None:
        print(f"skipped: {file.name} is not signed, MFA_SIGNTOOL is not set (SmartScreen will warn)", flush=True)
        return False
    subprocess.run([*shlex.split(command, posix=os.name != "nt"), str(file)], check=True, timeout=_LIMIT)
    print(f"ok: signed {file.name}", flush=True)
    return True


def notarise_mac(image: Path) -> bool:
    """Sign the disk image, let Apple look at it, and staple the ticket to it; False without credentials."""
    identity, profile = os.environ.get("MFA_MAC_IDENTITY"), os.environ.get("MFA_NOTARY_PROFILE")
    if not identity or not profile:
        missing = " and ".join(
            name for name, value in (("MFA_MAC_IDENTITY", identity), ("MFA_NOTARY_PROFILE", profile)) if not value
        )
        print(
            f"skipped: {image.name} is not notarised, {missing} not set (Gatekeeper will refuse it at first)",
            flush=True,
        )
        return False
    for words in (
        ["codesign", "--sign", identity, "--timestamp", str(image)],
        ["xcrun", "notarytool", "submit", str(image), "--keychain-profile", profile, "--wait"],
        ["xcrun", "stapler", "staple", str(image)],
        ["spctl", "--assess", "--type", "open", "--context", "context:primary-signature", str(image)],
    ):
        subprocess.run(words, check=True, timeout=_LIMIT)
    print(f"ok: notarised {image.name}", flush=True)
    return True
