"""One rule a cause. A rule gives (rank, cause) pairs: none when its cause is not supported.

Ranks: ROOT seen directly, CONSEQUENCE of a root, SUSPICION only, RISK that need not be today's trouble.
Within a rank the order of `RULES` decides.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from core.diagnosis.clues import Clues, codes_of, critical, value_list
from core.knowledge.dnsbl import dead_list_of
from core.knowledge.domain_names import plain_domain, registrable_domain
from core.model import Cause, Certainty, Finding

ROOT, CONSEQUENCE, SUSPICION, RISK = range(4)
Ranked = tuple[int, Cause]
Rule = Callable[[Clues], Iterator[Ranked]]

# Causes that are dangers of their own: never said to be why mail does not get through today.
RISKS = frozenset({"server_unsupported"})

# Lists anyone may ask, by the word a refusal's rules know them under, and their names.
PUBLIC_LISTS = {"spamhaus": "Spamhaus", "spamcop": "SpamCop", "barracuda": "Barracuda"}

# Senders that are programs of a web site, not people.
WEB_SENDERS = ("www-data", "apache", "nobody", "nginx", "httpd", "wwwrun")

# Findings of `sender_auth` with which receivers refuse mail; a missing SPF record alone may be made up for by DKIM.
_NO_PROOF = (
    "spf_fail", "spf_permerror", "spf_two_records", "spf_unreadable", "dmarc_against_us",
    "dkim_key_missing", "dkim_key_revoked", "dkim_key_broken",
)  # fmt: skip


def open_relay(clues: Clues) -> Iterator[Ranked]:
    """An accepted RCPT is a suspicion until the configuration or an arrival confirms it."""
    accepted, settings = clues.having("open_relay.accepted"), clues.having("open_relay.config_open")
    if accepted or settings:
        consequences = clues.having("mail_queue.long", "mail_queue.strangers", "dnsbl.listed")
        certainty: Certainty = "confirmed" if settings else "possible"
        yield ROOT, Cause("open_relay", certainty, "you", codes_of(settings + accepted + consequences))


def mail_service_stopped(clues: Clues) -> Iterator[Ranked]:
    """The machine answers that nobody listens, or the queue tool says that the mail system is down."""
    down, refused = clues.having("mail_queue.system_down"), clues.having("smtp_banner.refused")
    if down or refused:
        certainty: Certainty = "confirmed" if down else "likely"
        yield ROOT, Cause("mail_service_stopped", certainty, "you", codes_of(down + refused))


def domain_expired(clues: Clues) -> Iterator[Ranked]:
    """The registry's word confirms it; a name the DNS does not know is only a suspicion of it."""
    ended = clues.having(*(f"domain_life.{code}" for code in ("expired", "being_deleted", "on_hold", "not_registered")))
    parked = clues.having("domain_life.parked")
    gone = clues.having("dns_health.no_such_domain")
    if not (ended or parked or gone):
        return
    # A date alone can be late (a registry that renews by itself); with the DNS gone as well it is the cause.
    sure = clues.seen("domain_life.being_deleted", "domain_life.on_hold") or (ended and (gone or parked))
    certainty: Certainty = "confirmed" if sure else "likely" if ended or parked else "possible"
    yield ROOT, Cause("domain_expired", certainty, "domain_company", codes_of(ended + parked + gone))


def dns_moved(clues: Clues) -> Iterator[Ranked]:
    """The MX is missing or leads nowhere, or the name servers disagree; an old answer still remembered suggests it."""
    codes = (
        "no_mx", "null_mx", "mx_is_address", "mx_has_no_address", "mx_private", "servers_disagree", "server_lame",
        "delegation_differs", "resolver_differs",
    )  # fmt: skip
    wrong = clues.having(*(f"dns_health.{code}" for code in codes))
    if bad := critical(wrong):
        yield ROOT, Cause("dns_moved", "likely", "domain_company", codes_of(bad))
    elif moving := clues.having("dns_health.resolver_differs", "dns_health.delegation_differs"):
        yield SUSPICION, Cause("dns_moved", "possible", "domain_company", codes_of(moving))


def certificate_expired(clues: Clues) -> Iterator[Ranked]:
    """Where programs verify it is the cause; elsewhere, or with a name that may be another on purpose, a risk."""
    codes = ("expired", "not_yet_valid", "chain_expired", "wrong_name", "self_signed", "chain_incomplete")
    wrong = clues.having(*(f"tls_health.{code}" for code in codes))
    ended = [finding for finding in wrong if finding.code in ("tls_health.expired", "tls_health.chain_expired")]
    values = {"hosts": value_list(wrong, "host")}
    if bad := critical(wrong):
        certainty: Certainty = "confirmed" if critical(ended) else "likely"
        yield ROOT, Cause("certificate_expired", certainty, "you", codes_of(bad), values)
    elif risky := clues.having("tls_health.expired", "tls_health.chain_expired", "tls_health.wrong_name"):
        yield RISK, Cause("certificate_expired", "possible", "you", codes_of(risky), values)


def outbound_25_blocked(clues: Clues) -> Iterator[Ranked]:
    """Everything that waits, waits for a connection."""
    if waiting := clues.having("mail_queue.all_timed_out"):
        yield ROOT, Cause("outbound_25_blocked", "possible", "hosting_company", codes_of(waiting))


def resolver_broken(clues: Clues) -> Iterator[Ranked]:
    """Everything that waits, waits for a name."""
    if waiting := clues.having("mail_queue.name_service"):
        yield ROOT, Cause("resolver_broken", "possible", "you", codes_of(waiting))


def web_form_abused(clues: Clues) -> Iterator[Ranked]:
    """One sender leads the queue, and it is a web site's program."""
    for finding in _leading_senders(clues):
        sender = str(finding.values.get("sender", ""))
        if sender.partition("@")[0].lower() in WEB_SENDERS:
            yield ROOT, Cause("web_form_abused", "likely", "you", codes_of([finding]), {"sender": sender})


def account_hijacked(clues: Clues) -> Iterator[Ranked]:
    """One of our own senders leads a queue to strangers. The log has to confirm it."""
    if not clues.seen("mail_queue.strangers") or clues.seen("open_relay.accepted", "open_relay.config_open"):
        return
    for finding in _leading_senders(clues):
        sender = str(finding.values.get("sender", ""))
        local, _, domain = sender.partition("@")
        if local.lower() not in WEB_SENDERS and _is_ours(domain, clues):
            codes = codes_of((finding, *clues.having("mail_queue.strangers", "mail_queue.long")))
            yield ROOT, Cause("account_hijacked", "possible", "you", codes, {"sender": sender})


def own_filter_rejects_all(clues: Clues) -> Iterator[Ranked]:
    """Our own server asks a dead list. One that calls everybody listed turns all mail away; an empty one only waits."""
    using = clues.having("dnsbl.own_server_uses_dead_list")
    if bad := critical(using):
        yield ROOT, Cause("own_filter_rejects_all", "likely", "you", codes_of(bad), {"zones": value_list(bad, "zone")})
    elif using:
        zones = value_list(using, "zone")
        yield RISK, Cause("own_filter_rejects_all", "possible", "you", codes_of(using), {"zones": zones})


def address_listed(clues: Clues) -> Iterator[Ranked]:
    """A self-tested list names our sending address. The queue's or a bounce's refusal points the same way."""
    listed = clues.having("dnsbl.listed")
    ours = tuple(finding for finding in listed if not _at_another_company(finding, clues))
    if ours:
        zones = value_list(ours, "list_name") or value_list(ours, "zone")
        yield CONSEQUENCE, Cause("address_listed", "confirmed", "you", codes_of(ours), {"zones": zones})
    elif not listed and (refused := clues.having("mail_queue.blocked_using_list")):
        zones = [zone for zone in value_list(refused, "zone") if dead_list_of(zone) is None]
        if zones:
            yield CONSEQUENCE, Cause("address_listed", "likely", "you", codes_of(refused), {"zones": zones})
    elif not listed and (bounced := clues.bounced("ip_blocked")):
        zones = [PUBLIC_LISTS[name] for name in value_list(bounced, "provider") if name in PUBLIC_LISTS]
        if zones:  # what the refusal says; our own look at the lists may say otherwise, or could not be taken
            certainty: Certainty = "possible" if clues.seen("dnsbl.clean", "dnsbl.clean_major") else "likely"
            yield CONSEQUENCE, Cause("address_listed", certainty, "you", codes_of(bounced), {"zones": zones})


def shared_host_listed(clues: Clues) -> Iterator[Ranked]:
    """The listed address is that of a server under another company's name, and nobody here can log in to it."""
    theirs = tuple(finding for finding in clues.having("dnsbl.listed") if _at_another_company(finding, clues))
    if theirs:
        zones = value_list(theirs, "list_name") or value_list(theirs, "zone")
        values = {"zones": zones, "addresses": value_list(theirs, "address")}
        yield CONSEQUENCE, Cause("shared_host_listed", "likely", "hosting_company", codes_of(theirs), values)


def domain_listed(clues: Clues) -> Iterator[Ranked]:
    """A self-tested list names our domain: other servers and other addresses would be refused the same."""
    if listed := clues.having("dnsbl.domain_listed"):
        values = {"zones": value_list(listed, "list_name"), "domains": value_list(listed, "domain")}
        yield CONSEQUENCE, Cause("domain_listed", "confirmed", "you", codes_of(listed), values)


def provider_blocked(clues: Clues) -> Iterator[Ranked]:
    """A bounce speaks of a private list, and no public list shows our address."""
    blocked = clues.bounced("ip_blocked", "bad_reputation")
    names = value_list(blocked, "provider")
    if blocked and not clues.seen("dnsbl.listed") and not set(names) & PUBLIC_LISTS.keys():
        providers = {"providers": names or ["unknown"]}
        yield CONSEQUENCE, Cause("provider_blocked", "likely", "you", codes_of(blocked), providers)


def sender_auth_failing(clues: Clues) -> Iterator[Ranked]:
    """A bounce says so, the DNS shows it for an address that mail surely leaves from, or both: then it is sure."""
    refused = clues.bounced("sender_auth_failed")
    wrong = critical(clues.having(*(f"sender_auth.{code}" for code in _NO_PROOF)))
    missing = critical(clues.having("sender_auth.spf_missing"))
    codes = codes_of(refused + wrong + missing)
    if refused:
        certainty: Certainty = "confirmed" if wrong or missing else "likely"
        yield ROOT, Cause("sender_auth_failing", certainty, "domain_company", codes)
    elif wrong and clues.about_mail_going_out:
        yield ROOT, Cause("sender_auth_failing", "likely", "domain_company", codes)
    elif wrong or missing:
        rank = SUSPICION if clues.about_mail_going_out else RISK
        yield rank, Cause("sender_auth_failing", "possible", "domain_company", codes)


def ptr_or_helo_wrong(clues: Clues) -> Iterator[Ranked]:
    """A bounce names it (then it is the cause), or DNS shows it (then it is a risk, or a suspicion)."""
    wrong = clues.having("dns_health.ptr_missing", "dns_health.ptr_not_confirmed")
    refused = clues.bounced("reverse_dns_missing", "helo_refused")
    if not wrong and not refused:
        return
    values = {"addresses": value_list(wrong, "address") or ["?"]}
    codes = codes_of(refused + wrong)
    if refused:
        yield ROOT, Cause("ptr_or_helo_wrong", "likely", "hosting_company", codes, values)
    else:
        rank = SUSPICION if clues.about_mail_going_out else RISK
        yield rank, Cause("ptr_or_helo_wrong", "possible", "hosting_company", codes, values)


def rate_limited(clues: Clues) -> Iterator[Ranked]:
    """The other side asks us to slow down."""
    if slowed := clues.bounced("rate_limited"):
        yield CONSEQUENCE, Cause("rate_limited", "likely", "wait", codes_of(slowed))


def greylisted_wait(clues: Clues) -> Iterator[Ranked]:
    """A temporary answer that passes by itself."""
    if waiting := clues.bounced("greylisted", "delayed"):
        yield CONSEQUENCE, Cause("greylisted_wait", "likely", "wait", codes_of(waiting))


def mailbox_full(clues: Clues) -> Iterator[Ranked]:
    """The receiving mailbox has no room."""
    if full := clues.bounced("mailbox_full"):
        yield CONSEQUENCE, Cause("mailbox_full", "confirmed", "recipient", codes_of(full))


def recipient_side(clues: Clues) -> Iterator[Ranked]:
    """A bounce whose reason lies with the address or the other server, or a server that asks a dead list."""
    reasons = ("user_unknown", "address_closed", "domain_cannot_receive", "recipient_refuses", "server_trouble")
    theirs = clues.bounced(*reasons)
    words = [code.partition(".")[2] for code in codes_of(theirs)]
    if dead := _named_a_dead_list(clues):
        theirs, words = theirs + dead, [*words, "dead_list"]
    if theirs:
        yield CONSEQUENCE, Cause("recipient_side", "likely", "recipient", codes_of(theirs), {"reasons": words})


def port_25_blocked_here(clues: Clues) -> Iterator[Ranked]:
    """No answer on port 25, silently: this line or the server. That another well-known server is as silent tells."""
    if blocked := clues.having("smtp_banner.line_blocked"):
        yield SUSPICION, Cause("port_25_blocked_here", "likely", "you", codes_of(blocked))
    elif silent := clues.having("smtp_banner.no_answer"):
        yield SUSPICION, Cause("port_25_blocked_here", "possible", "you", codes_of(silent))


def server_unsupported(clues: Clues) -> Iterator[Ranked]:
    """Software past its support: a risk even when it is not today's cause."""
    for finding in clues.having("smtp_banner.unsupported")[:1]:
        values = {name: finding.values.get(name) for name in ("product", "version")}
        yield RISK, Cause("server_unsupported", "confirmed", "you", codes_of([finding]), values)


def _named_a_dead_list(clues: Clues) -> tuple[Finding, ...]:
    """Refusals by a list that has ended: nothing that we repair would help."""
    queued = clues.having("mail_queue.blocked_using_list")
    dead = tuple(finding for finding in queued if any(dead_list_of(zone) for zone in value_list([finding], "zone")))
    return clues.having("dnsbl.dead_list_in_refusal") or dead


def _at_another_company(finding: Finding, clues: Clues) -> bool:
    """The address stands in MX records whose server's name is not ours, and there is no login to it."""
    target, address = clues.context.target, finding.values.get("address")
    if target.ssh or not target.domain:
        return False
    ours = {registrable_domain(plain_domain(name)) for name in (target.domain, *target.also_domain)}
    names = [
        host.name for host in clues.context.mail_hosts if address in host.addresses and host.preference is not None
    ]
    return bool(names) and all(registrable_domain(plain_domain(name)) not in ours for name in names)


def _leading_senders(clues: Clues) -> tuple[Finding, ...]:
    return clues.having("mail_queue.one_sender")


def _is_ours(domain: str, clues: Clues) -> bool:
    target = clues.context.target
    return bool(domain) and domain.lower() in {name.lower() for name in (target.domain, *target.also_domain) if name}


RULES: tuple[Rule, ...] = (
    domain_expired,
    open_relay,
    web_form_abused,
    account_hijacked,
    mail_service_stopped,
    dns_moved,
    certificate_expired,
    sender_auth_failing,
    outbound_25_blocked,
    resolver_broken,
    provider_blocked,
    own_filter_rejects_all,
    address_listed,
    shared_host_listed,
    domain_listed,
    rate_limited,
    recipient_side,
    mailbox_full,
    greylisted_wait,
    port_25_blocked_here,
    ptr_or_helo_wrong,
    server_unsupported,
)
