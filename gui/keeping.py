"""What outlives the window: settings and notebook. A failure is told and never stops the work on the screen."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from core.errors import CheckError
from core.guide import Answers
from core.recent_servers import FIELDS, Server, same_server, server_of, with_newest, without
from core.settings import Settings, load_settings, save_settings

if TYPE_CHECKING:
    from core.model import Report
    from core.notebook import RunSummary


class Keeping:
    """`tell` hears of what could not be kept or read (`problem.<code>`)."""

    def __init__(
        self, settings_file: Path | None, notebook_file: Path | None, tell: Callable[[CheckError], None]
    ) -> None:
        self.settings_file, self.notebook_file, self._tell = settings_file, notebook_file, tell
        self.settings: Settings = load_settings(settings_file)

    def earlier_runs(self) -> Sequence[RunSummary]:
        """The runs of the notebook, the newest first; none when it cannot be read."""
        from core.notebook import Notebook

        try:
            with Notebook(self.notebook_file) as notebook:
                runs, aside = notebook.runs(), notebook.kept_aside
        except CheckError as error:
            self._tell(error)
            return ()
        if aside:
            self._tell(CheckError("notebook.kept_aside", file=aside.name))
        return runs

    def earlier_run(self, run_id: int) -> Report | None:
        """One run of the notebook; None when it cannot be read."""
        from core.notebook import Notebook

        try:
            with Notebook(self.notebook_file) as notebook:
                return notebook.load(run_id)
        except CheckError as error:
            self._tell(error)
            return None

    def keep_settings(self, answers: Answers) -> str:
        """Save language and answers; what went wrong in the system's words, or nothing."""
        self.settings.answers = answers.remembered()
        try:
            save_settings(self.settings, self.settings_file)
        except OSError as error:
            import logging  # takes longer than the first window has

            logging.getLogger(__name__).info("the settings could not be saved: %s", error)
            return error.strerror or type(error).__name__
        return ""

    def last_server(self) -> Server | None:
        """The server looked at last; None when none is kept."""
        return next(iter(self.settings.recent), None)

    def remember_server(self, answers: Answers) -> None:
        """A look at this server begins: it is offered the next time. Saved with the other settings."""
        self.settings.recent = with_newest(self.settings.recent, server_of(answers.remembered()))
        self.keep_settings(answers)

    def forget_server(self, server: Server, answers: Answers) -> str:
        """Keep nothing about this server any more, nor its names as the last answers."""
        self.settings.recent = without(self.settings.recent, server)
        if same_server(answers.remembered(), server):
            for name in FIELDS:
                setattr(answers, name, None if name == "how_inside" else "")
        return self.keep_settings(answers)
