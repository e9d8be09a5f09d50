"""Encrypted connections: the host's certificate, and guests who accept that one certificate only.

What a guest trusts is the fingerprint in the join code, not a name: whoever holds another certificate,
however well signed, is refused before the guest has sent a byte.
"""

from __future__ import annotations

import hashlib
import hmac
import ipaddress
import re
import secrets
import ssl
import tempfile
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from app.problems import DocumentError

_VALID = timedelta(days=2)
_PEM = re.compile(rb"-----BEGIN CERTIFICATE-----.+?-----END CERTIFICATE-----", re.DOTALL)


def is_loopback(host: str) -> bool:
    """Whether only this machine can reach what listens at `host`."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def certificate_of_files(certificate: Path, key: Path) -> tuple[ssl.SSLContext, bytes]:
    """A server's context from PEM files, and the certificate's fingerprint. Raises DocumentError."""
    try:
        found = _PEM.search(certificate.read_bytes())
        if found is None:
            raise DocumentError(f"{certificate}: holds no certificate in PEM")
        context = _server_context()
        context.load_cert_chain(certificate, key)
        return context, fingerprint_of(ssl.PEM_cert_to_DER_cert(found[0].decode()))
    except (OSError, ValueError) as error:  # ssl.SSLError is an OSError
        raise DocumentError(f"{certificate}: cannot be used: {error}") from None


def certificate_of_session(name: str) -> tuple[ssl.SSLContext, bytes]:
    """A server's context with a key and a self-signed certificate that nobody else has, and its fingerprint.

    The key is on the disk for a moment, encrypted, since the standard library takes it from nowhere else.
    """
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec
    from cryptography.x509.oid import NameOID

    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "dbcharter pairing")])
    start = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(start - timedelta(hours=1))
        .not_valid_after(start + _VALID)
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(_ascii(name))]), critical=False)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    password = secrets.token_bytes(32)
    data = key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.BestAvailableEncryption(password),
    )
    context = _server_context()
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "pair.pem"
        file.write_bytes(data + certificate.public_bytes(serialization.Encoding.PEM))
        context.load_cert_chain(file, password=password)
    return context, certificate.fingerprint(hashes.SHA256())


def pinned_context(fingerprint: bytes) -> ssl.SSLContext:
    """A guest's context that ends every handshake with another certificate than this one."""

    class Pinned(ssl.SSLObject):
        def do_handshake(self) -> None:
            super().do_handshake()
            there = self.getpeercert(binary_form=True)
            if there is None or not hmac.compare_digest(fingerprint_of(there), fingerprint):
                raise ssl.SSLCertVerificationError("the host's certificate is not the one of the join code")

    context: Any = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.minimum_version = ssl.TLSVersion.TLSv1_3
    context.check_hostname = False  # the pin says more than a name would
    context.verify_mode = ssl.CERT_NONE
    context.sslobject_class = Pinned
    checked: ssl.SSLContext = context
    return checked


def fingerprint_of(certificate: bytes) -> bytes:
    """The SHA-256 of a certificate in DER."""
    return hashlib.sha256(certificate).digest()


def _server_context() -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = ssl.TLSVersion.TLSv1_3
    return context


def _ascii(name: str) -> str:
    return name if name.isascii() and name else "pair.invalid"
