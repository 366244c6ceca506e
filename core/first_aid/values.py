"""The values of a run that the blanks of its cards may take. Nothing is trusted here: see `core.first_aid.blanks`."""

from __future__ import annotations

from datetime import datetime

from core.model import Cause, Report, Value

# Value of a cause -> the blanks it may fill.
_OF_CAUSE = {"sender": ("account", "sender"), "zones": ("zone",), "addresses": ("address",)}


def values_for(cause: str, report: Report | None = None, now: datetime | None = None) -> dict[str, str]:
    """Raw values by the names of their blanks: what the person told, what the run found, what the cause names.

    The folder for the copies is named after the run's time (after `now` without a run), so that a card printed
    twice names the same folder.
    """
    moment = report.started_at if report else now
    found = {"backup": f"/root/mail-first-aid-{moment.astimezone():%Y%m%d-%H%M}-{cause}"} if moment else {}
    if report is None:
        return found
    target = report.target
    if target.domain:
        found["domain"] = target.domain
    if host := _mail_host(report):
        found["mail_host"] = host
    if address := sending_address(report):
        found["address"] = address
    if report.vantage.address:
        found["client_address"] = report.vantage.address
    # A card that follows another (clearing the queue) is about what that one is about.
    named = [one for one in report.causes if one.code == cause] or list(reversed(report.causes))
    for known in named:
        found.update(_of_cause(known))
    if sender := _mailbox_of(found.get("sender", ""), report):
        found["sender"] = sender
    return found


def sending_address(report: Report) -> str:
    """The address our mail leaves from: as the run found it, else as the person or the returned mail told it."""
    if report.addresses:
        return report.addresses[0].address
    told = (f.values.get("sending_address") for result in report.results for f in result.findings)
    return next((address for address in (*report.target.address, *told) if isinstance(address, str) and address), "")


def _mailbox_of(account: str, report: Report) -> str:
    """Who the waiting mail of a misused account says it is from: the log knows the account by its login alone."""
    if not account or "@" in account:
        return ""
    seen = (f.values.get("sender") for result in report.results for f in result.findings
            if f.code == "mail_queue.one_sender")  # fmt: skip
    return next((one for one in seen if isinstance(one, str) and one.rpartition("@")[0] == account), "")


def _of_cause(cause: Cause) -> dict[str, str]:
    found = {}
    for name, blanks in _OF_CAUSE.items():
        if text := _first(cause.values.get(name)):
            found.update(dict.fromkeys(blanks, text))
    if sender := found.get("sender"):
        name = "web_account" if cause.code == "web_form_abused" else "account_name"
        found[name] = sender.partition("@")[0]
    return found


def _mail_host(report: Report) -> str:
    """The server's name without a port: as told, else as a check that spoke to it named it."""
    if told := report.target.mail_host:
        return told.partition(":")[0] if told.count(":") == 1 else told
    named = (f.values.get("host") for result in report.results for f in result.findings)
    return next((host for host in named if isinstance(host, str) and "." in host), "")


def _first(value: Value) -> str:
    found = value[0] if isinstance(value, list) and value else value
    return found if isinstance(found, str) else ""
