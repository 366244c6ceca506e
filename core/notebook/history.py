"""A run beside what the notebook holds of earlier ones: settings that have changed, encryption that is gone."""

from __future__ import annotations

from core.lost_encryption import doors, with_lost_encryption, without_offer
from core.model import Report
from core.notebook.settings_history import earlier_runs, with_settings_changes
from core.notebook.storage import Notebook


def beside_earlier(report: Report, notebook: Notebook) -> Report:
    """`report` with what only a comparison can tell. Raises as `Notebook`."""
    return _with_lost_encryption(with_settings_changes(report, notebook), notebook)


def _with_lost_encryption(report: Report, notebook: Notebook) -> Report:
    """As it is when every door offers encryption, or none ever did."""
    bare = without_offer(report)
    if not bare:
        return report
    for earlier in earlier_runs(report, notebook):
        if lost := bare & doors(earlier, "encrypted"):
            return with_lost_encryption(report, earlier, lost)
    return report
