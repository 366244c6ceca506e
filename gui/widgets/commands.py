"""The fixed list of commands the app may run on the server, shown before anything is run there."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QVBoxLayout, QWidget

from core.guide import remote_commands
from gui.widgets.command_text import CommandText
from gui.widgets.text import SpokenButton, SpokenLabel


class CommandList(QWidget):
    """A button that opens the list: what each command is for, and the command as it stands."""

    def __init__(self) -> None:
        super().__init__()
        self.button = SpokenButton("gui.commands.open", "link")
        self.button.setCheckable(True)
        self.list = QWidget()
        rows = QVBoxLayout(self.list)
        rows.setContentsMargins(0, 0, 0, 0)
        rows.setSpacing(4)
        for command, why in remote_commands():
            rows.addWidget(SpokenLabel(why, "small"))
            rows.addWidget(CommandText(command))
        self.list.hide()
        self.button.toggled.connect(self.list.setVisible)
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.addWidget(self.button, alignment=Qt.AlignmentFlag.AlignLeft)
        box.addWidget(self.list)
