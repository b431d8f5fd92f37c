"""A certificate of the simulator's own, made at start: HTTPS costs here what it costs on the real line.

Its key never leaves the process's memory for longer than OpenSSL needs to read it; whoever is not handed the
certificate does not trust it.
"""

from __future__ import annotations

import ipaddress
import ssl
import tempfile
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

_LIFE = timedelta(days=30)


class Certificate:
    """One for 127.0.0.1 and localhost, signed by itself.

    Attributes:
        pem: The certificate as text, without its key: what a client is given to trust.
    """

    def __init__(self) -> None:
        key = ec.generate_private_key(ec.SECP256R1())
        name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "ecs-dr simulator")])
        names = x509.SubjectAlternativeName(
            [x509.DNSName("localhost"), x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]
        )
        # The host's clock, not the cloud's: it is what OpenSSL compares with.
        now = datetime.now(UTC)
        usage = x509.KeyUsage(
            digital_signature=True,
            key_cert_sign=True,
            content_commitment=False,
            key_encipherment=False,
            data_encipherment=False,
            key_agreement=False,
            crl_sign=False,
            encipher_only=False,
            decipher_only=False,
        )
        made = (
            x509.CertificateBuilder()
            .subject_name(name)
            .issuer_name(name)
            .public_key(key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(now - timedelta(days=1))
            .not_valid_after(now + _LIFE)
            .add_extension(names, critical=False)
            .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
            .add_extension(usage, critical=True)
            .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
            .sign(key, hashes.SHA256())
        )
        self.pem = made.public_bytes(serialization.Encoding.PEM).decode()
        self._key = key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )

    def for_server(self) -> ssl.SSLContext:
        """What the server shows."""
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        # OpenSSL's Python face reads a key from a file alone.
        with tempfile.TemporaryDirectory(prefix="ecs-dr-simulator-") as folder:
            both = Path(folder, "server.pem")
            both.touch(mode=0o600)
            both.write_bytes(self._key + self.pem.encode())
            context.load_cert_chain(both)
        return context

    def for_client(self) -> ssl.SSLContext:
        """What trusts this certificate, and no other."""
        return ssl.create_default_context(cadata=self.pem)
