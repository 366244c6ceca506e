"""What happened, kept on this computer: incidents with their runs and entries (`core.incident` says what they hold).

`Notebook` is the file; `exchange` turns one incident into a single file for a specialist and back; `core.masking` takes
the addresses out of it first where the person wishes so.
"""

from core.notebook.exchange import incident_file, incident_from_text, write_incident
from core.notebook.file import notebook_path
from core.notebook.rows import Hit, IncidentSummary, RunSummary
from core.notebook.storage import Notebook

__all__ = [
    "Hit",
    "IncidentSummary",
    "Notebook",
    "RunSummary",
    "incident_file",
    "incident_from_text",
    "notebook_path",
    "write_incident",
]
