"""Takes one certificate apart (RFC 5280). A module of its own: `cryptography` takes a tenth of a second to load."""

from __future__ import annotations

import hashlib
import warnings

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from cryptography.x509.oid import NameOID

from core.checks.tls_health.facts import Certificate

MOST_NAMES = 200
_LONGEST = 255


def parsed(der: bytes) -> Certificate | None:
    """The certificate, or None when these bytes are none."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # old certificates break rules that are none of today's questions
            return _read(x509.load_der_x509_certificate(der))
    except Exception:  # noqa: BLE001  the library has no family of errors for a stranger's bytes ("not a valid version")
        return None
    except BaseException as panic:
        if type(panic).__name__ != "PanicException":  # its Rust half gave up on these bytes
            raise
        return None


def _read(certificate: x509.Certificate) -> Certificate:
    names, addresses = _alternative_names(certificate)
    subject = _common_name(certificate.subject)
    if not names and not addresses and subject:
        names = (subject,)  # before 2000 the name stood here; some programs still look
    return Certificate(
        subject,
        _common_name(certificate.issuer),
        names,
        addresses,
        certificate.not_valid_before_utc,
        certificate.not_valid_after_utc,
        certificate.subject == certificate.issuer,
        hashlib.sha256(certificate.public_bytes(Encoding.DER)).hexdigest(),
        _key_sha256(certificate),
    )


def _key_sha256(certificate: x509.Certificate) -> str:
    try:
        key = certificate.public_key()
    except Exception:  # noqa: BLE001  a key of an unknown kind: the certificate itself can still be judged
        return ""
    return hashlib.sha256(key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)).hexdigest()


def _alternative_names(certificate: x509.Certificate) -> tuple[tuple[str, ...], tuple[str, ...]]:
    try:
        found = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    except x509.ExtensionNotFound:
        return (), ()
    names = found.get_values_for_type(x509.DNSName)[:MOST_NAMES]
    addresses = found.get_values_for_type(x509.IPAddress)[:MOST_NAMES]
    return tuple(name[:_LONGEST] for name in names), tuple(str(address) for address in addresses)


def _common_name(name: x509.Name) -> str:
    for kind in (NameOID.COMMON_NAME, NameOID.ORGANIZATION_NAME):
        if found := name.get_attributes_for_oid(kind):
            return str(found[0].value)[:_LONGEST]
    return ""
