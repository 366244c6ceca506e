"""One command of the fixed list that is run on the mail server (see `remote_script`)."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class RemoteCommand:
    """One command of the list.

    `command` is what the server's shell runs, shown as it is. `only_if` names a condition of the script
    (`_CONDITIONS`); when it does not hold the section is absent. `seconds`, `max_bytes`, `max_lines` are its limits.
    """

    section: str
    command: str
    only_if: str = "true"
    seconds: int = 20
    max_bytes: int = 262_144
    max_lines: int = 4000
    masked: bool = False  # passwords are blotted out on the server already

    @property
    def why_code(self) -> str:
        """The key of the text that tells what this command is for."""
        return f"command.{self.section}.why"
