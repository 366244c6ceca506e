"""What greetings and silences mean: does the server answer, what program is it, is that still repaired?"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime

from core.checks.smtp_banner.facts import HostPorts, PortAnswer, SmtpBannerFacts
from core.clean import clean
from core.knowledge.mta import Identity, Support, distributions, identify, products, support_of
from core.model import Evidence, Finding, Severity, Table, Value

COLUMNS = ("host", "address", "port", "state", "greeting")
_DAY = 86400
# Answers that a firewall may give in the server's stead.
_MAYBE_OUR_FIREWALL = ("smtp_banner.refused", "smtp_banner.no_answer")


def judge(facts: SmtpBannerFacts) -> tuple[Finding, ...]:
    """First whether it answers, then what it is, for each server."""
    anyone_answers = any(_on_mail_port(host, "answered") for host in facts.hosts)
    findings: list[Finding] = []
    for host in facts.hosts:
        reached = _told_by_landmark(_reached(host, anyone_answers), host, facts.landmark)
        if facts.behind_proxy and not anyone_answers and reached.code in _MAYBE_OUR_FIREWALL:
            values = {name: reached.values[name] for name in ("host", "port")}
            reached = _finding(host, "behind_proxy", Severity.UNKNOWN, values)
        findings.append(reached)
        if reached.code == "smtp_banner.answers":
            findings.append(_product(host, facts.measured_at))
        findings += _login_in_clear(host)
    return tuple(findings)


def _login_in_clear(host: HostPorts) -> Iterator[Finding]:
    """Doors where a password is taken before anything is encrypted (RFC 8314 section 4 wants that ended)."""
    open_ = [answer for answer in host.answers if not answer.tls and any(map(_asks_for_password, answer.capabilities))]
    if open_:
        values: dict[str, Value] = {"host": clean(host.host, 255), "ports": sorted({answer.port for answer in open_})}
        yield _finding(host, "login_in_clear", Severity.WARNING, values)


def _asks_for_password(capability: str) -> bool:
    """ "AUTH PLAIN LOGIN", "AUTH=LOGIN" for mail programs of the nineties. CRAM-MD5 and its like send no password."""
    words = capability.upper().replace("=", " ").split()
    return words[:1] == ["AUTH"] and not {"PLAIN", "LOGIN"}.isdisjoint(words[1:])


def _told_by_landmark(reached: Finding, host: HostPorts, landmark: PortAnswer | None) -> Finding:
    """Silence of our server, read beside what another well-known one did from here."""
    quiet = landmark is not None and landmark.state in ("timed_out", "silent", "lost")  # some lines take the call
    if landmark is None or not (quiet or landmark.state == "answered"):
        return reached
    if reached.code != "smtp_banner.no_answer" and not (quiet and reached.code == "smtp_banner.silent"):
        return reached
    values: dict[str, Value] = {**reached.values, "landmark": clean(landmark.host, 255)}
    code, severity = ("line_blocked", Severity.UNKNOWN)
    if landmark.state == "answered":
        code, severity = ("silent_line_open", Severity.WARNING)
    return _finding(HostPorts(host.host, host.port, (*host.answers, landmark)), code, severity, values)


def _on_mail_port(host: HostPorts, state: str) -> list[PortAnswer]:
    return [answer for answer in host.answers if answer.port == host.port and answer.state == state]


def _reached(host: HostPorts, anyone_answers: bool) -> Finding:
    """How the mail port answered; the other two ports stand in the table only."""
    values: dict[str, Value] = {"host": clean(host.host, 255), "port": host.port}
    answered = _on_mail_port(host, "answered")
    if any(answer.reply_code == 220 for answer in answered):
        return _finding(host, "answers", Severity.OK, values)
    if answered:
        said = f"{answered[0].reply_code} {answered[0].text}"
        return _finding(host, "busy", Severity.UNKNOWN, {**values, "said": clean(said, 300)})
    if family := _not_carried(host):
        return _finding(host, "no_family", Severity.UNKNOWN, {**values, "family": family})
    if wrong := _on_mail_port(host, "not_smtp"):
        said = wrong[0].evidence[-1].answered if wrong[0].evidence else ""
        return _finding(host, "not_smtp", Severity.WARNING, {**values, "said": clean(said, 200)})
    if _on_mail_port(host, "silent") or _on_mail_port(host, "lost"):
        return _finding(host, "silent", Severity.WARNING, values)
    if _on_mail_port(host, "refused"):
        return _finding(host, "refused", Severity.WARNING if anyone_answers else Severity.CRITICAL, values)
    return _finding(host, "no_answer", Severity.UNKNOWN, values)


def _not_carried(host: HostPorts) -> str:
    """The family our line lacks for this server. Where only IPv6 could be tried, its silence says little: most mail
    comes over IPv4."""
    unseen = [answer for answer in host.answers if answer.port == host.port and answer.error == "smtp.no_family"]
    tried = [answer for answer in host.answers if answer.port == host.port and answer not in unseen]
    families = ["IPv6" if ":" in answer.address else "IPv4" for answer in unseen]
    return families[0] if "IPv4" in families or (families and not tried) else ""


def _product(host: HostPorts, measured_at: datetime) -> Finding:
    """The program behind the door: as told inside over ssh, else as its greeting claims."""
    answer = next(a for a in _on_mail_port(host, "answered") if a.reply_code == 220)
    values: dict[str, Value] = {"host": clean(host.host, 255), "said": clean(answer.text, 300)}
    greeted, inside = identify(answer.text), host.inside
    identity = Identity(inside.product, inside.version, None, inside.distribution) if inside else greeted
    if identity is None:
        return Finding("smtp_banner.product_unknown", Severity.UNKNOWN, values, answer.evidence)
    product = products()[identity.product]
    values = {"host": values["host"], "product": product.name}
    if product.kind == "hosted":
        return Finding("smtp_banner.hosted", Severity.OK, values, answer.evidence)
    if product.kind == "firewall" or (product.kind == "filter" and identity.version is None):
        return Finding("smtp_banner.behind_filter", Severity.UNKNOWN, values, answer.evidence)
    evidence = answer.evidence
    if inside:
        evidence = (*evidence, Evidence("(ssh)", inside.line, measured_at))
    values["source"] = "ssh" if inside else "greeting"
    return _version(identity, support_of(identity, measured_at.astimezone(UTC).date()), values, evidence, measured_at)


def _version(
    identity: Identity,
    support: Support,
    values: dict[str, Value],
    evidence: tuple[Evidence, ...],
    measured_at: datetime,
) -> Finding:
    """How old, and whether anyone still repairs it."""
    if support.state == "hidden":
        hidden = {key: value for key, value in values.items() if key != "source"}
        return Finding("smtp_banner.version_hidden", Severity.UNKNOWN, hidden, evidence)
    if support.released is None:
        code = "unsupported_undated" if support.state == "unsupported" else "support_unknown"
        severity = Severity.WARNING if support.state == "unsupported" else Severity.UNKNOWN
        return Finding(f"smtp_banner.{code}", severity, {**values, "version": identity.version}, evidence)
    dated: dict[str, Value] = {
        **values,
        "version": identity.version,
        "released": support.released.isoformat(),
        "age": _age(support.released, measured_at),
    }
    if support.state == "old_number":
        return _old_number(identity, support, dated, evidence, measured_at)
    severity = {"supported": Severity.OK, "unsupported": Severity.WARNING}.get(support.state, Severity.UNKNOWN)
    code = "support_unknown_dated" if support.state == "unknown" else support.state
    return Finding(f"smtp_banner.{code}", severity, dated, evidence)


def _old_number(
    identity: Identity,
    support: Support,
    values: dict[str, Value],
    evidence: tuple[Evidence, ...],
    measured_at: datetime,
) -> Finding:
    """Its maker has stopped, its operating system may repair it: known to be in free support, or only perhaps."""
    named = identity.distribution in support.distributions
    names = [distributions()[name].name for name in support.distributions]
    today = measured_at.astimezone(UTC).date()
    free = [name for name in support.distributions if today <= distributions()[name].until]
    if named and free and values["source"] == "ssh":
        return Finding("smtp_banner.repaired_by_system", Severity.OK, {**values, "system": names[0]}, evidence)
    severity = Severity.UNKNOWN if named and free else Severity.WARNING
    return Finding("smtp_banner.old_number", severity, {**values, "systems": names}, evidence)


def _age(released: date, measured_at: datetime) -> int:
    """Seconds from the release to the measuring."""
    return max(0, (measured_at.astimezone(UTC).date() - released).days * _DAY)


def _finding(host: HostPorts, code: str, severity: Severity, values: dict[str, Value]) -> Finding:
    rows = tuple(
        (clean(a.host, 255), a.address, str(a.port), a.state, clean(f"{a.reply_code or ''} {a.text}".strip(), 200))
        for a in host.answers
    )
    evidence = tuple(line for a in host.answers for line in a.evidence)
    return Finding(f"smtp_banner.{code}", severity, values, evidence, Table(COLUMNS, rows))
