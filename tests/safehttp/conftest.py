"""Real servers on this machine, and a resolver that says which name leads to which of them."""

from __future__ import annotations

import asyncio
import datetime as dt
import ssl
from contextlib import asynccontextmanager

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from zenoo_security.safehttp import SafeClient

HOST = "hooks.example.com"
LOOPBACK = "127.0.0.1"


class Names:
    """A resolver: names to lists of addresses. Counts the questions, and can answer each of them differently."""

    def __init__(self, **known):
        self.known = {name.replace("_", "."): answers for name, answers in known.items()}
        self.asked = []

    async def __call__(self, host, port):
        self.asked.append(host)
        answers = self.known.get(host, [])
        return answers.pop(0) if answers and isinstance(answers[0], list) else answers


class Server:
    """An HTTP server that answers with the bytes that it is told, and keeps what it was sent."""

    def __init__(self, reply, *, hold=False):
        self.reply = reply
        self.hold = hold
        self.requests = []
        self.connections = 0
        self.names = []

    async def handle(self, reader, writer):
        self.connections += 1
        try:
            head = await reader.readuntil(b"\r\n\r\n")
            length = [line for line in head.lower().split(b"\r\n") if line.startswith(b"content-length:")]
            body = await reader.readexactly(int(length[0].split(b":")[1])) if length else b""
            self.requests.append(head + body)
            reply = self.reply(head.decode()) if callable(self.reply) else self.reply
            for piece in reply if isinstance(reply, list) else [reply]:
                writer.write(piece)
                await writer.drain()
            if self.hold:
                await asyncio.sleep(30)
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            writer.close()


def answer(body=b"ok", *, status="200 OK", headers=()):
    lines = [f"HTTP/1.1 {status}", f"content-length: {len(body)}", "connection: close", *headers]
    return "\r\n".join(lines).encode("latin-1") + b"\r\n\r\n" + body


@asynccontextmanager
async def serving(reply, *, context=None, hold=False):
    server = Server(reply, hold=hold)
    listening = await asyncio.start_server(server.handle, LOOPBACK, 0, ssl=context)
    server.port = listening.sockets[0].getsockname()[1]
    try:
        yield server
    finally:
        listening.close()


def client_for(server, names=None, **options):
    """A client that may call this one server by its name."""
    given = {
        "allow_hosts": [HOST],
        "allow_http": True,
        "allow_ports": [server.port],
        "allow_networks": ["127.0.0.0/8"],
        "resolve": names or Names(hooks_example_com=[LOOPBACK]),
    }
    return SafeClient(**(given | options))


class Authority:
    """A certificate authority, and what it signs."""

    def __init__(self):
        self.key = ec.generate_private_key(ec.SECP256R1())
        self.certificate = self._signed("authority", self.key, authority=True)

    def _signed(self, name, key, *, authority=False):
        subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
        issuer = subject if authority else self.certificate.subject
        now = dt.datetime.now(dt.timezone.utc)
        builder = (
            x509.CertificateBuilder()
            .subject_name(subject)
            .issuer_name(issuer)
            .public_key(key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(now - dt.timedelta(days=1))
            .not_valid_after(now + dt.timedelta(days=1))
            .add_extension(x509.BasicConstraints(ca=authority, path_length=None), critical=True)
            .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
            .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(self.key.public_key()), critical=False)
        )
        if not authority:
            builder = builder.add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
        else:
            usage = dict.fromkeys(
                ["digital_signature", "content_commitment", "key_encipherment", "data_encipherment", "key_agreement",
                 "encipher_only", "decipher_only"],
                False,
            )  # fmt: skip
            builder = builder.add_extension(x509.KeyUsage(key_cert_sign=True, crl_sign=True, **usage), critical=True)
        return builder.sign(self.key, hashes.SHA256())

    def write(self, folder, name):
        """A file with a certificate for `name`, and its key."""
        key = ec.generate_private_key(ec.SECP256R1())
        path = folder / f"{name}.pem"
        path.write_bytes(
            self._signed(name, key).public_bytes(serialization.Encoding.PEM)
            + key.private_bytes(
                serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
            )
        )
        return path

    def trusted(self):
        pem = self.certificate.public_bytes(serialization.Encoding.PEM).decode()
        return ssl.create_default_context(cadata=pem)


@pytest.fixture(scope="session")
def authority():
    return Authority()


@pytest.fixture
def server_context(authority, tmp_path):
    """Makes the TLS side of a server with a certificate for a name; keeps the names that clients ask for."""

    def make(name):
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(authority.write(tmp_path, name))
        context.names = []
        context.sni_callback = lambda _, asked, __: context.names.append(asked)
        return context

    return make
