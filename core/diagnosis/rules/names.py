"""What the DNS and the registry say about our domain."""

from __future__ import annotations

from collections.abc import Iterator

from core.diagnosis.clues import Clues, codes_of, critical, value_list
from core.diagnosis.ranking import ROOT, SUSPICION, Ranked
from core.model import Cause, Certainty, Finding, Values

_MOVING = ("dns_health.resolver_differs", "dns_health.delegation_differs")
# Mail may still find its way; for somebody whose mail does not come in it is where to look.
_WEAK_MX = ("dns_health.implicit_mx", "dns_health.mx_is_alias")


def domain_expired(clues: Clues) -> Iterator[Ranked]:
    """The registry's word confirms it; a name the DNS does not know is only a suspicion of it."""
    unknown = clues.having("domain_life.not_registered")
    ended = clues.having(*(f"domain_life.{code}" for code in ("expired", "being_deleted", "on_hold"))) + unknown
    parked = clues.having("domain_life.parked")
    gone = clues.having("dns_health.no_such_domain")
    doubtful = clues.having("domain_life.contradicted") if clues.context.target.symptom != "checkup" else ()
    if not (ended or parked or gone):
        if doubtful:  # the registry has dropped it, and resolvers still remember: or its word was changed on the way
            yield SUSPICION, Cause("domain_expired", "possible", "domain_company", codes_of(doubtful))
        return
    if unknown and gone and not _known_elsewhere(clues):
        codes = codes_of(unknown + gone + clues.having("dns_health.look_alike"))
        values: Values = {"words": "instead.no_such_domain"}
        yield ROOT, Cause("domain_expired", "possible", "domain_company", codes, values)
        return
    # A date alone can be late (a registry that renews by itself); with the DNS gone as well it is the cause.
    sure = clues.seen("domain_life.being_deleted", "domain_life.on_hold") or (ended and (gone or parked))
    certainty: Certainty = "confirmed" if sure else "likely" if ended or parked else "possible"
    yield ROOT, Cause("domain_expired", certainty, "domain_company", codes_of(ended + parked + gone))


def led_nowhere(clues: Clues) -> bool:
    """Whether the MX records cannot be right, whoever answers or does not where they lead."""
    wrong = ("mx_is_address", "mx_has_no_address", "mx_circle", "mx_private")
    return (
        bool(critical(clues.having(*(f"dns_health.{code}" for code in wrong)))) and not clues.context.target.mail_host
    )


def _known_elsewhere(clues: Clues) -> bool:
    """Whether somebody else than the person at the keyboard names the domain: then it is not mistyped."""
    domain = (clues.context.target.domain or "").lower()
    told = [name.lower().rpartition("@")[2] for name in value_list(clues.findings, "recipients")]
    return domain in told or bool(clues.log and domain in clues.log.own_domains) or clues.mail_program_runs


def dns_moved(clues: Clues) -> Iterator[Ranked]:
    """The MX is missing or leads nowhere, or the name servers disagree; an old answer still remembered suggests it."""
    codes = (
        "no_mx", "null_mx", "mx_is_address", "mx_has_no_address", "mx_circle", "mx_private", "servers_disagree",
        "server_lame", "delegation_differs", "resolver_differs",
    )  # fmt: skip
    wrong = clues.having(*(f"dns_health.{code}" for code in codes))
    if none := clues.having("dns_health.null_mx"):
        yield from _no_mail_on_purpose(clues, none)
    elif bad := critical(wrong) + (led_elsewhere(clues) or led_to_the_pages(clues)):
        yield ROOT, Cause("dns_moved", "likely", "domain_company", codes_of(bad))
    elif (fails := clues.having("dns_health.domain_fails_alone")) and clues.context.target.symptom != "checkup":
        proven = any(each.severity.value == "warning" for each in fails)
        values: Values = {"words": "instead.domain_unanswered"}
        certainty: Certainty = "likely" if proven else "possible"
        yield ROOT if proven else SUSPICION, Cause("dns_moved", certainty, "domain_company", codes_of(fails), values)
    elif moving := clues.having(*_MOVING) + _weak_signposts(clues, wrong) + no_mail_there(clues):
        yield SUSPICION, Cause("dns_moved", "possible", "domain_company", codes_of(moving))


def _no_mail_on_purpose(clues: Clues, none: tuple[Finding, ...]) -> Iterator[Ranked]:
    """An empty MX is never an accident of forgetting; a domain that says it sends nothing either has no mail at all."""
    values: Values = {"words": "instead.no_mail_on_purpose"}
    if critical(none) or clues.about_mail_coming_in:
        yield ROOT, Cause("dns_moved", "likely", "domain_company", codes_of(none), values)


def _weak_signposts(clues: Clues, wrong: tuple[Finding, ...]) -> tuple[Finding, ...]:
    """Mail may still find its way; for somebody whose mail does not come in, or only now and then, it is where to look:
    one name server that knows nothing, one MX of several, or MX records that lead to others than our server."""
    if not clues.about_mail_coming_in:
        return ()
    return wrong + clues.having(*_WEAK_MX, "dns_health.leads_elsewhere")


def no_mail_there(clues: Clues) -> tuple[Finding, ...]:
    """At the mail port of the MX answers a program that speaks no mail (a web server, say). A line that puts its own
    pages in the place of others' may do that too."""
    if clues.context.target.mail_host or clues.mail_program_runs or clues.seen("dns_health.resolver_rewrites"):
        return ()
    return clues.having("smtp_banner.not_smtp")


def led_elsewhere(clues: Clues) -> tuple[Finding, ...]:
    """What shows that the DNS leads mail to a machine which is not the server we know, and which does not take it."""
    hosts, ours = clues.context.mail_hosts, clues.own_addresses
    if not ours:
        return ()
    # Without an MX record mail goes to the domain's own address, which is that of its web pages.
    implicit = clues.having("dns_health.implicit_mx")
    pages = tuple(each for each in implicit if not ours & set(value_list([each], "addresses")))
    if not clues.mail_program_runs or any(ours & set(host.addresses) for host in hosts):
        return pages
    # A machine that answers may be a filter in front of ours; one that does not is of no use there.
    return pages + clues.having("smtp_banner.refused", "smtp_banner.silent_line_open")


def led_to_the_pages(clues: Clues) -> tuple[Finding, ...]:
    """No MX record, so mail goes to the domain's own address; that one takes none, and no machine of ours is known."""
    if clues.context.target.mail_host or clues.own_addresses or clues.mail_program_runs:
        return ()
    shut = clues.having("smtp_banner.refused")
    return clues.having("dns_health.implicit_mx") + shut if shut and clues.seen("dns_health.implicit_mx") else ()
