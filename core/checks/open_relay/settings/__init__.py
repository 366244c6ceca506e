"""What the settings of each mail server program say: does it pass on mail for strangers, and whom does it trust?

Pure readers of text that the server printed. They say "open" or "closed" only when the settings leave no doubt.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from core.checks.open_relay.settings import exim, opensmtpd, postfix, sendmail
from core.checks.open_relay.settings.verdict import Verdict as Verdict

_READERS: Mapping[str, Callable[[Sequence[str]], Verdict]] = {
    "postfix": postfix.verdict,
    "exim": exim.verdict,
    "sendmail": sendmail.verdict,
    "opensmtpd": opensmtpd.verdict,
}


def verdict_of(product: str, lines: Sequence[str]) -> Verdict:
    """What these settings mean."""
    return _READERS[product](lines)
