"""DNS messages (RFC 1035 section 4): a question made of a name, and an answer read as text, bounded in size."""

from __future__ import annotations

import dns.exception
import dns.flags
import dns.message
import dns.name
import dns.rcode
import dns.rdatatype
import dns.rrset

from core.clients.dns_answer import Answer
from core.clients.dns_servers import shown
from core.clients.dns_wire import Endpoint
from core.errors import CheckError, UsageError

MOST_RECORDS = 200
LONGEST_RECORD = 10_000  # characters of one record's text; a TXT of 1,200 strings is real, one of 10,000 is not


def absolute_name(name: str) -> dns.name.Name:
    """`name` as an absolute DNS name; non-ASCII letters become their "xn--" form. Raises UsageError "dns.bad_name"."""
    if not name or not name.isprintable() or any(character.isspace() for character in name):
        raise UsageError("dns.bad_name", name=name)
    try:
        return dns.name.from_text(name, dns.name.root)
    except (dns.exception.DNSException, ValueError) as error:
        raise UsageError("dns.bad_name", name=name) from error


def referred_to(response: dns.message.Message) -> tuple[str, ...]:
    """The name servers a referral points to, at most so many records of each set."""
    sets = [rrset for rrset in response.authority if rrset.rdtype == dns.rdatatype.NS]
    return tuple(str(rdata.target).lower() for rrset in sets for rdata in list(rrset)[:MOST_RECORDS])


def checked(response: dns.message.Message, name: str, server: Endpoint, recursive: bool) -> dns.message.Message:
    """`response` if it is an answer: the server neither failed nor only pointed elsewhere.

    Raises CheckError "dns.server_failed" with the `rcode`, or "REFERRAL" for one that points elsewhere.
    """
    rcode = response.rcode()
    if rcode not in (dns.rcode.NOERROR, dns.rcode.NXDOMAIN):
        raise CheckError("dns.server_failed", name=name, server=shown(server), rcode=dns.rcode.to_text(rcode))
    authority = {rrset.rdtype for rrset in response.authority}
    final = response.flags & (dns.flags.AA | dns.flags.RA)
    if (
        recursive
        and not final
        and not response.answer
        and rcode == dns.rcode.NOERROR
        and dns.rdatatype.SOA not in authority
    ):
        # A referral: this server knows somebody who may know. That is not "no record".
        raise CheckError("dns.server_failed", name=name, server=shown(server), rcode="REFERRAL")
    return response


def answer_in(name: str, rdtype: str, response: dns.message.Message) -> Answer:
    """The records of `rdtype` at the end of its aliases, as text. Raises CheckError "dns.broken_answer"."""
    try:
        assert isinstance(response, dns.message.QueryMessage)
        rrset = response.resolve_chaining().answer
    except (dns.exception.DNSException, AssertionError) as error:
        raise CheckError("dns.broken_answer", name=name) from error
    rcode = dns.rcode.to_text(response.rcode())
    if rrset is None:
        return Answer(name, rdtype, rcode)
    texts = [_record_text(rrset, number) for number in range(min(len(rrset), MOST_RECORDS))]
    cut = len(rrset) > MOST_RECORDS or any(len(text) > LONGEST_RECORD for text in texts)
    return Answer(name, rdtype, rcode, tuple(text[:LONGEST_RECORD] for text in texts), rrset.ttl, cut)


def _record_text(rrset: dns.rrset.RRset, number: int) -> str:
    rdata = rrset[number]
    if rdata.rdtype == dns.rdatatype.TXT:
        return b"".join(rdata.strings).decode("ascii", "backslashreplace")
    # Names are compared without case (RFC 4343); compression may give them the question's capitals.
    return str(rdata.to_text()).lower()
