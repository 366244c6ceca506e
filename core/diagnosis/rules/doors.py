"""The doors of our server as seen from here: shut to us alone, behind a closed line, with an ended certificate."""

from __future__ import annotations

import re
from collections.abc import Iterator

from core.diagnosis.at_the_door import trouble_told
from core.diagnosis.clues import Clues, codes_of, critical, value_list
from core.diagnosis.ranking import RISK, ROOT, SUSPICION, Ranked
from core.diagnosis.rules.names import led_elsewhere
from core.model import Cause, Certainty, Finding, Values

_ENDED = "alert certificate expired"
# What servers say to lines of homes, telephones and offices, which stand on lists as no senders of mail.
_LINES = re.compile(
    r"\b(?:dnsbl|rbl|pbl|xbl|zen|spamhaus|barracuda|spamcop|black ?list\w*|block ?list\w*)\b|blocked using|"
    r"\b(?:dynamic|dial-?up|residential|end.?user)\b|reverse|\bptr\b|reputation",
    re.I,
)
# How a door that gives no greeting is spoken of.
MUTE = {
    "smtp_banner.silent": "instead.door_silent",
    "smtp_banner.silent_line_open": "instead.door_unanswered",
    "smtp_banner.busy": "instead.door_busy",
}


def self_banned(clues: Clues) -> Iterator[Ranked]:
    """Our own address stands among those shut out; or the door is shut to us alone while the program runs."""
    banned = clues.having("server_health.banned")
    ours, logged = clues.context.vantage.address, banned_by_log(clues)
    shut = clues.having("server_health.firewalled", "server_health.hosts_denied")
    closed = clues.having("smtp_banner.refused", "smtp_banner.no_answer", "smtp_banner.silent_line_open")
    values: Values = {"addresses": value_list(banned + shut, "address") or [ours or "?"]}
    if banned or shut or logged:
        certainty: Certainty = "confirmed" if banned else "likely"
        yield ROOT, Cause("self_banned", certainty, "you", codes_of(banned + shut + logged + closed), values)
    elif closed and clues.mail_program_runs and not led_elsewhere(clues):  # else the shut door is another machine's
        if clues.seen("smtp_banner.line_blocked", "server_health.listens_only_inside"):
            return
        yield SUSPICION, Cause("self_banned", "possible", "you", codes_of(closed), values)
    elif (away := _turned_away_at_the_door(clues)) and not led_elsewhere(clues):
        if said := away[0].values.get("said"):
            values = {**values, "words": "instead.door_refuses", "said": said}
        yield SUSPICION, Cause("self_banned", "possible", "you", codes_of(away), values)


def nobody_speaks(clues: Clues) -> tuple[Finding, ...]:
    """No door of ours greets, and nothing is known of the machine. One that is busy may be so for a moment only: that
    counts for somebody whose mail does not come in. A refusal in so many words speaks of the line we look from."""
    if clues.seen("smtp_banner.answers", "dns_health.leads_elsewhere") or clues.mail_program_runs:
        return ()
    target = clues.context.target
    mute = clues.having("smtp_banner.silent")
    away = clues.having("smtp_banner.silent_line_open") if target.affected != "one" else ()
    busy = tuple(each for each in clues.having("smtp_banner.busy") if str(each.values.get("said", "")).startswith("4"))
    return mute + away + (busy if target.symptom not in ("checkup", "not_delivered", "complaint") else ())


def _turned_away_at_the_door(clues: Clues) -> tuple[Finding, ...]:
    """Our server does not greet but refuses, or is silent to us while another one answers: perhaps to us alone."""
    if clues.seen("smtp_banner.answers") or clues.context.target.symptom == "checkup":
        return ()
    busy = clues.having("smtp_banner.busy")
    refusing = tuple(each for each in busy if _refuses(each) and not _LINES.search(str(each.values.get("said"))))
    return refusing + clues.having("smtp_banner.silent_line_open")


def _refuses(finding: Finding) -> bool:
    return str(finding.values.get("said", "")).startswith("5")


def banned_by_log(clues: Clues) -> tuple[Finding, ...]:
    """The log tells that the address we look from was shut out."""
    ours = clues.context.vantage.address
    return tuple(each for each in clues.having("mail_log.banned") if ours and ours in value_list([each], "addresses"))


def certificate_expired(clues: Clues) -> Iterator[Ranked]:
    """Where programs verify it is the cause; elsewhere, or with a name that may be another on purpose, a risk."""
    codes = ("expired", "not_yet_valid", "chain_expired", "wrong_name", "self_signed", "chain_incomplete")
    wrong = clues.having(*(f"tls_health.{code}" for code in codes))
    ended = clues.having("tls_health.expired", "tls_health.chain_expired", "server_health.certificate_not_reloaded")
    beside = clues.having(
        "server_health.certificate_not_reloaded", "server_health.certificate_not_reloaded_yet",
        "server_health.certificate_file_ended", "tls_health.dane_mismatch", "mail_log.tls",
    )  # fmt: skip
    values: Values = {"hosts": value_list(wrong, "host") or value_list(beside, "path") or ["?"]}
    # Programs of ours that say to the server: your certificate has ended.
    told = tuple(each for each in clues.having("mail_log.tls") if _ENDED in str(each.values.get("example")).lower())
    if bad := critical(wrong + beside) or told:
        certainty: Certainty = "confirmed" if critical(ended) else "likely"
        yield ROOT, Cause("certificate_expired", certainty, "you", codes_of(bad + beside), values)
    elif broken := _encryption_broken(clues):
        values = {"words": "instead.tls_fails", "hosts": value_list(broken, "host") or value_list(broken, "hosts")}
        certainty = "likely" if critical(broken) else "possible"
        rank = ROOT if critical(broken) else RISK if clues.sending_alone else SUSPICION
        yield rank, Cause("certificate_expired", certainty, "you", codes_of(broken), values)
    elif risky := clues.having(
        "tls_health.expired", "tls_health.chain_expired",
        "server_health.certificate_not_reloaded_yet", "server_health.certificate_file_ended",
    ):  # fmt: skip
        yield RISK, Cause("certificate_expired", "possible", "you", codes_of(risky), values)
    elif clues.about_mail_coming_in and (warned := clues.having("tls_health.wrong_name")):
        # Programs of people warn of it; who cannot get in may well have met that warning.
        yield SUSPICION, Cause("certificate_expired", "possible", "you", codes_of(warned), values)


def _encryption_broken(clues: Clues) -> tuple[Finding, ...]:
    """Doors where encryption does not come about, but not because the whole server has trouble."""
    troubled = codes_of(trouble_told(clues))
    broken = clues.having("tls_health.failed", "tls_health.starttls_gone")
    return tuple(each for each in broken if each.code not in troubled)


def port_25_blocked_here(clues: Clues) -> Iterator[Ranked]:
    """No answer on port 25, silently: this line or the server. That another well-known server is as silent tells."""
    if blocked := clues.having("smtp_banner.line_blocked"):
        yield SUSPICION, Cause("port_25_blocked_here", "likely", "you", codes_of(blocked))
    elif clues.seen("dns_health.resolver_rewrites") and (strange := clues.having("smtp_banner.not_smtp")):
        yield SUSPICION, Cause("port_25_blocked_here", "possible", "you", codes_of(strange))  # the line answers itself
    elif distrusted := tuple(
        each
        for each in clues.having("smtp_banner.busy")
        if _refuses(each) and _LINES.search(str(each.values.get("said")))
    ):
        values: Values = {"words": "instead.line_distrusted", "said": distrusted[0].values.get("said")}
        yield SUSPICION, Cause("port_25_blocked_here", "possible", "you", codes_of(distrusted), values)
    elif silent := clues.having("smtp_banner.no_answer"):
        yield SUSPICION, Cause("port_25_blocked_here", "possible", "you", codes_of(silent))
