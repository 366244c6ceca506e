"""Who runs this mail, from the names found: the MX first, then the reverse names, then the SPF record."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from core.checks.hosting.facts import Facts
from core.clean import clean
from core.knowledge.domain_names import plain_domain, registrable_domain
from core.knowledge.hosts import Host, host_of, hosted_by, hosts_of
from core.lookup import Lookup
from core.model import Evidence, Finding, Severity, Table, Value

LETTER = "letter.hosting"  # the text of the enquiry, filled with the finding's values
MOST_NAMES = 10


def judge(facts: Facts) -> tuple[Finding, ...]:
    """One finding about the mail, and one about who keeps the domain's name servers when we know the company."""
    return (*_mail(facts), *_dns_company(facts))


def _mail(facts: Facts) -> Iterator[Finding]:
    names = mail_servers(facts)
    if facts.mx and facts.mx.error and not names:
        yield _finding(facts, "could_not_look", Severity.UNKNOWN, {"names": [clean(facts.mx.name, 255)]})
        return
    if not names:
        yield _finding(facts, "no_mail_server", Severity.UNKNOWN, {"domain": facts.domain or ""})
        return
    if keeper := hosted_by(names):
        yield _company(facts, "hosted", keeper, names)
    elif by_mx := hosts_of(names, "mx"):
        yield _company(facts, "filter_in_front", by_mx[0], names)
    else:
        yield from _unnamed(facts, names)


def _unnamed(facts: Facts, names: list[str]) -> Iterator[Finding]:
    """The mail servers' names tell no company: their addresses' reverse names may."""
    found = [match for name in [*names, *reverse_names(facts)] if (match := host_of(name, "ptr_shared", "ptr_own"))]
    shared = [host for host, sign in found if sign == "ptr_shared"]
    rented = [host for host, sign in found if sign == "ptr_own"]
    values: dict[str, Value] = {"domain": facts.domain or names[0], "hosts": list(names)}
    if shared and not facts.own_server:
        yield _company(facts, "hosted", shared[0], names)
    elif rented:
        more: dict[str, Value] = {"company": rented[0].name, "support": rented[0].support}
        yield _finding(facts, "own_rented", Severity.OK, {**values, **more})
    elif facts.own_server or _all_in_own_domain(facts, names):
        yield _finding(facts, "own", Severity.OK, values)
    else:
        owners: list[str] = list(dict.fromkeys(registrable_domain(name) for name in names))
        yield _finding(facts, "unknown", Severity.UNKNOWN, {**values, "owners": owners})


def mail_servers(facts: Facts) -> list[str]:
    """The names of the servers that take the mail: the MX, else the one told, else the domain itself."""
    records = sorted(facts.mx.records, key=_preference) if facts.mx else ()
    names = [plain_domain(record.partition(" ")[2]) for record in records]
    names = [clean(name, 255) for name in names if name]
    if not names and facts.told_host:
        names = [clean(plain_domain(facts.told_host), 255)]
    return names[:MOST_NAMES]


def _preference(record: str) -> tuple[int, str]:
    number, _, name = record.partition(" ")
    return int(number) if number.isascii() and number.isdigit() else 65536, name


def reverse_names(facts: Facts) -> list[str]:
    """What the mail servers' addresses are called."""
    return [plain_domain(record) for lookup in facts.reverse for record in lookup.records][:MOST_NAMES]


def spf_names(facts: Facts) -> list[str]:
    """The names the domain's SPF record speaks of: who else may send for it."""
    records = facts.txt.records if facts.txt else ()
    terms = [term for text in records if text[:7].lower().strip() == "v=spf1" for term in text[:4000].split()[1:]]
    names = [term.partition(":")[2] or term.partition("redirect=")[2] for term in terms]
    return [plain_domain(name.partition("/")[0]) for name in names if name]


def _all_in_own_domain(facts: Facts, names: Sequence[str]) -> bool:
    own = registrable_domain(facts.domain or names[0])
    return all(registrable_domain(name) == own for name in names)


def _company(facts: Facts, code: str, host: Host, names: list[str]) -> Finding:
    signs = {
        "mx": host in hosts_of(names, "mx"),
        "ptr": host in hosts_of(reverse_names(facts), "ptr_shared"),
        "spf": host in hosts_of(spf_names(facts), "spf"),
        "ns": host in hosts_of(_name_servers(facts), "ns"),
    }
    values: dict[str, Value] = {
        "domain": clean(facts.domain or names[0], 255),
        "company": host.name,
        "hosts": list(names),
        "support": host.support,
        "can": list(host.can),
        "cannot": list(host.cannot),
        "signs": [sign for sign, shown in signs.items() if shown],
        "symptom": facts.symptom or "unknown",
        "since": clean(facts.since or "", 200),  # empty: to be filled in by hand
        "letter": LETTER,
    }
    if code == "filter_in_front":
        behind = [one.name for one in hosts_of(spf_names(facts), "spf") if "mailbox" in one.roles]
        values["behind"] = behind or None
    return _finding(facts, code, Severity.OK, values)


def _name_servers(facts: Facts) -> list[str]:
    return [plain_domain(record) for record in (facts.ns.records if facts.ns else ())][:MOST_NAMES]


def _dns_company(facts: Facts) -> Iterator[Finding]:
    for host in hosts_of(_name_servers(facts), "ns")[:1]:
        values: dict[str, Value] = {"domain": facts.domain or "", "company": host.name, "support": host.support}
        yield Finding("hosting.dns_company", Severity.OK, values)


def _finding(facts: Facts, code: str, severity: Severity, values: dict[str, Value]) -> Finding:
    return Finding(f"hosting.{code}", severity, values, _evidence(facts), _table(facts))


def _lookups(facts: Facts) -> list[Lookup]:
    return [lookup for lookup in (facts.mx, facts.txt, facts.ns, *facts.reverse) if lookup]


def _evidence(facts: Facts) -> tuple[Evidence, ...]:
    return tuple(
        Evidence(
            f"{one.name} {one.rdtype} @{facts.resolver}",
            "\n".join(one.records) or one.rcode or one.error,
            facts.measured_at,
        )
        for one in _lookups(facts)
    )


def _table(facts: Facts) -> Table:
    names = [("MX", name, host_of(name, "mx")) for name in mail_servers(facts)]
    names += [("SPF", name, host_of(name, "spf")) for name in spf_names(facts)]
    names += [("NS", name, host_of(name, "ns")) for name in _name_servers(facts)]
    names += [("PTR", name, host_of(name, "ptr_shared", "ptr_own")) for name in reverse_names(facts)]
    rows = [(kind, clean(name, 255), found[0].name if found else "") for kind, name, found in names]
    return Table(("rdtype", "name", "company"), tuple(rows))
