"""Which faults of a certificate matter at which door.

People's mail programs (465, 587, 993, 995) verify; servers that bring mail (25) mostly do not, unless the domain's
MTA-STS policy tells them to. So the same certificate can be a fault at one door and none at another.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from core.checks.tls_health.certificate import is_address, is_named, name_matches
from core.checks.tls_health.facts import Certificate, Facts, PortTls
from core.clean import clean
from core.model import Evidence, Finding, Severity, Table, Value

OK, WARNING, CRITICAL, UNKNOWN = Severity.OK, Severity.WARNING, Severity.CRITICAL, Severity.UNKNOWN
SOON_DAYS = 14
_DAY = 86400
# OpenSSL's X509_V_ERR_*: issuer unknown (2, 20, 21), expired (10), not yet valid (9), self-signed (18), in chain (19).
_NO_ISSUER, _EXPIRED, _SELF_SIGNED, _PRIVATE_ROOT = (2, 20, 21), 10, 18, 19
_HARMLESS_AT_25 = ("wrong_name", "self_signed", "unknown_issuer", "chain_incomplete")
_MODERN = ("TLSv1.2", "TLSv1.3")
_REPORTS_GO = re.compile(r";\s*rua\s*=\s*(mailto:[^\s@]+@|https://)\S", re.I)


@dataclass(frozen=True)
class _Fault:
    """One fault of one door, before equal ones are put together."""

    code: str
    severity: Severity
    values: tuple[tuple[str, Value | tuple[str, ...]], ...] = ()


def judge(facts: Facts) -> tuple[Finding, ...]:
    """Faults by host and kind of door; OK only when some door was seen encrypted and none has a fault."""
    findings = [*_doors(facts), *_promises(facts), *_dane(facts), *_reports(facts), *_noted(facts)]
    if not any(port.state in _SPOKE for port in facts.ports):
        hosts = list(dict.fromkeys(port.host for port in facts.ports))
        evidence = tuple(Evidence(f"{port.address}:{port.port}", port.state, facts.measured_at) for port in facts.ports)
        findings.append(Finding("tls_health.could_not_look", UNKNOWN, {"hosts": hosts}, evidence, _table(facts)))
    if not any(finding.severity is not OK for finding in findings):
        findings = [*findings, *_ok(facts)]
    return tuple(findings)


_SPOKE = ("encrypted", "not_offered", "not_tls", "failed")


def _ok(facts: Facts) -> Iterator[Finding]:
    seen = [port for port in facts.ports if port.certificate]
    if not seen:
        return
    ends = min(port.certificate.not_after for port in seen if port.certificate)
    values: dict[str, Value] = {
        "hosts": list(dict.fromkeys(port.host for port in seen)),
        "ports": sorted({port.port for port in seen}),
        "not_after": ends.isoformat(),
    }
    yield Finding("tls_health.ok", OK, values, (), _table(facts))


def _doors(facts: Facts) -> Iterator[Finding]:
    """Equal faults of one host's doors of one kind are one finding."""
    groups: dict[tuple[str, str, _Fault], list[PortTls]] = {}
    for port in facts.ports:
        for fault in _faults(facts, port):
            groups.setdefault((port.host, _where(port), fault), []).append(port)
    for (host, where, fault), ports in groups.items():
        values: dict[str, Value] = {"host": clean(host, 255), "where": where}
        values["ports"] = sorted({port.port for port in ports})
        values |= {name: list(value) if isinstance(value, tuple) else value for name, value in fault.values}
        evidence = tuple(_evidence(facts, port) for port in ports)
        yield Finding(f"tls_health.{fault.code}", fault.severity, values, evidence, _table(facts))


def _where(port: PortTls) -> str:
    return "people" if port.port in (465, 587, 993, 995) else "servers"


def _enforced(facts: Facts) -> bool:
    return facts.mta_sts is not None and facts.mta_sts.mode == "enforce"


def _faults(facts: Facts, port: PortTls) -> Iterator[_Fault]:
    strict = _where(port) == "servers" and _enforced(facts)
    worse = CRITICAL if strict else WARNING
    plain: dict[str, _Fault] = {
        "not_offered": _Fault("not_offered", worse),
        "not_tls": _Fault("not_tls", CRITICAL),
        "failed": _Fault("failed", CRITICAL if strict or _where(port) == "people" else WARNING),
    }
    if port.state in plain:
        yield plain[port.state]
    if port.state != "encrypted":
        return
    if port.version not in _MODERN:
        yield _Fault("old_protocol", worse, (("version", port.version),))
    if port.certificate is None:
        yield _Fault("unreadable", UNKNOWN)
        return
    if port.verify_code is None:
        yield _Fault("unverified", UNKNOWN)
    faults = [*_dates(facts, port, port.certificate), *_trust(port, port.certificate)]
    yield from _weighed(faults, port, strict)


def _weighed(faults: list[_Fault], port: PortTls, strict: bool) -> Iterator[_Fault]:
    """At the servers' door without a policy, an unproven certificate is usual and stops no mail."""
    if _where(port) == "people":
        yield from faults
        return
    usual = [fault for fault in faults if fault.code in _HARMLESS_AT_25]
    for fault in faults:
        if strict and fault.code != "expires_soon":
            yield _Fault(fault.code, CRITICAL, fault.values)
        elif fault not in usual:
            yield _Fault(fault.code, WARNING, fault.values)
    if usual and not strict:
        yield _Fault("unproven_25", OK, (("faults", tuple(fault.code for fault in usual)),))


def _dates(facts: Facts, port: PortTls, certificate: Certificate) -> Iterator[_Fault]:
    now = facts.measured_at
    ends = ("not_after", certificate.not_after.isoformat())
    if certificate.not_after < now:
        yield _Fault("expired", CRITICAL, (ends, ("age", int((now - certificate.not_after).total_seconds()))))
    elif certificate.not_before > now:
        yield _Fault("not_yet_valid", CRITICAL, (("not_before", certificate.not_before.isoformat()),))
    else:
        days = (certificate.not_after - now).total_seconds() / _DAY
        # Certificates that live a week are renewed in their last third.
        life = (certificate.not_after - certificate.not_before).total_seconds() / _DAY
        if days < min(SOON_DAYS, life / 3):
            yield _Fault("expires_soon", WARNING, (ends, ("count", int(days))))
        if port.verify_code == _EXPIRED:
            yield _Fault("chain_expired", CRITICAL, (("issuer", clean(certificate.issuer, 200)),))


def _trust(port: PortTls, certificate: Certificate) -> Iterator[_Fault]:
    issuer = (("issuer", clean(certificate.issuer, 200)),)
    if port.verify_code == _SELF_SIGNED:
        yield _Fault("self_signed", WARNING)
    elif port.verify_code in _NO_ISSUER and port.sent == 1:
        yield _Fault("chain_incomplete", WARNING, issuer)
    elif port.verify_code in (*_NO_ISSUER, _PRIVATE_ROOT):
        yield _Fault("unknown_issuer", WARNING, issuer)
    if is_named(certificate, port.host):
        return
    shown = (*certificate.names, *certificate.addresses)[:5] or (certificate.subject,)
    names = ("names", tuple(clean(name, 255) for name in shown))
    if not is_address(port.host):
        yield _Fault("wrong_name", WARNING, (names,))
    elif _where(port) == "people":  # whoever asked gave a number; mail programs are set to a name
        yield _Fault("name_not_compared", UNKNOWN, (names,))


def _promises(facts: Facts) -> Iterator[Finding]:
    """An MTA-STS policy that senders obey and that does not fit the servers."""
    policy = facts.mta_sts
    if policy is None or facts.domain is None:
        return
    values: dict[str, Value] = {"domain": facts.domain}
    if policy.error:
        code, severity = ("unreadable", WARNING) if policy.error == "not_served" else ("unknown", UNKNOWN)
        yield Finding(f"tls_health.mta_sts_{code}", severity, values)
    elif facts.mx_known and policy.mode != "none":
        hosts = dict.fromkeys(port.host for port in facts.ports)
        wrong = [host for host in hosts if not any(name_matches(pattern, host) for pattern in policy.mx)]
        if wrong:
            severity = CRITICAL if policy.mode == "enforce" else WARNING
            values |= {"hosts": wrong, "mode": policy.mode}
            evidence = (Evidence(f"mta-sts.{facts.domain}", "\n".join(policy.mx), facts.measured_at),)
            yield Finding("tls_health.mta_sts_wrong_host", severity, values, evidence)


def _noted(facts: Facts) -> Iterator[Finding]:
    """What the domain promises about encryption, faulty or not; nothing published is usual and is not said."""
    policy = facts.mta_sts
    published: list[str] = [f"mta_sts_{policy.mode}"] if policy and policy.mode else []
    published += ["tls_rpt"] if facts.tls_rpt else []
    published += ["dane"] if facts.tlsa else []
    if published and facts.domain:
        lines = [*(policy.mx if policy else ()), facts.tls_rpt or ""]
        lines += [f"_25._tcp.{one.host} TLSA {record}" for one in facts.tlsa for record in one.records]
        evidence = Evidence(facts.domain, clean("\n".join(line for line in lines if line), 2000), facts.measured_at)
        values: dict[str, Value] = {"domain": facts.domain, "published": published}
        yield Finding("tls_health.promises", OK, values, (evidence,))


def _reports(facts: Facts) -> Iterator[Finding]:
    """A TLS-RPT record must name where reports go (RFC 8460 section 3)."""
    if facts.tls_rpt and facts.domain and not _REPORTS_GO.search(facts.tls_rpt):
        evidence = (Evidence(f"_smtp._tls.{facts.domain} TXT", clean(facts.tls_rpt, 500), facts.measured_at),)
        values: dict[str, Value] = {"domain": facts.domain, "record": clean(facts.tls_rpt, 300)}
        yield Finding("tls_health.tls_rpt_broken", WARNING, values, evidence)


def _dane(facts: Facts) -> Iterator[Finding]:
    """TLSA records of the server's own certificate or key (usage 3), of which none fits any more."""
    by_host = {one.host: one.records for one in facts.tlsa}
    reported: set[str] = set()
    for port in facts.ports:
        records = by_host.get(port.host, ())
        if port.certificate is None or _where(port) != "servers" or port.host in reported:
            continue
        fits = [_tlsa_fits(record, port.certificate) for record in records]
        if fits and all(fit is False for fit in fits):
            reported.add(port.host)
            evidence = (Evidence(f"_25._tcp.{port.host} TLSA", "\n".join(records), facts.measured_at),)
            yield Finding("tls_health.dane_mismatch", WARNING, {"host": clean(port.host, 255)}, evidence)


def _tlsa_fits(record: str, certificate: Certificate) -> bool | None:
    """None for records we do not judge: of an authority, or of another digest than SHA-256."""
    fields = record.split()
    if len(fields) < 4 or fields[0] != "3" or fields[2] != "1":
        return None
    hashes: dict[str, Callable[[], str]] = {"0": lambda: certificate.sha256, "1": lambda: certificate.key_sha256}
    return "".join(fields[3:]).lower() == hashes[fields[1]]() if fields[1] in hashes else None


def _evidence(facts: Facts, port: PortTls) -> Evidence:
    certificate = port.certificate
    said = [port.state, port.version, port.verify_message]
    if certificate:
        said += [f"CN={certificate.subject}", f"issuer={certificate.issuer}", ",".join(certificate.names[:20])]
        said.append(f"{certificate.not_before:%Y-%m-%d}..{certificate.not_after:%Y-%m-%d}")
    return Evidence(f"{port.address}:{port.port}", "\n".join(word for word in said if word), facts.measured_at)


def _table(facts: Facts) -> Table:
    rows = []
    for port in facts.ports:
        certificate = port.certificate
        ends = f"{certificate.not_after:%Y-%m-%d}" if certificate else ""
        names = " ".join(certificate.names[:5]) if certificate else ""
        rows.append((port.host, str(port.port), port.version or port.state, ends, clean(names, 300)))
    return Table(("host", "port", "protocol", "not_after", "names"), tuple(rows))
