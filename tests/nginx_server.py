"""nginx with TLS in front of something, with a certificate of an authority of its own."""

from __future__ import annotations

import socket
import subprocess
import sys
import time
from contextlib import contextmanager
from datetime import datetime, timedelta, timezone
from typing import TYPE_CHECKING

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from zenoo_security.testing.cache import Cache
from zenoo_security.testing.postgres import free_port
from zenoo_security.testing.progress import PlainProgress
from zenoo_security.testing.system import ensure_nginx

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


def _name(text: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, text)])


def make_certificates(folder: Path) -> Path:
    """A certificate for localhost as `server.pem` and `server.key`; returns that of its authority."""
    now = datetime.now(timezone.utc)
    keys = {name: ec.generate_private_key(ec.SECP256R1()) for name in ("ca", "server")}

    def builder(name: str, subject: str) -> x509.CertificateBuilder:
        made = x509.CertificateBuilder().subject_name(_name(subject)).issuer_name(_name("test authority"))
        made = made.public_key(keys[name].public_key()).serial_number(x509.random_serial_number())
        return made.not_valid_before(now - timedelta(days=1)).not_valid_after(now + timedelta(days=90))

    ca = builder("ca", "test authority").add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
    names = x509.SubjectAlternativeName([x509.DNSName("localhost")])
    usage = x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH])
    server = builder("server", "localhost").add_extension(names, critical=False).add_extension(usage, critical=False)
    for name, unsigned in (("ca", ca), ("server", server)):
        signed = unsigned.sign(keys["ca"], hashes.SHA256())
        (folder / f"{name}.pem").write_bytes(signed.public_bytes(serialization.Encoding.PEM))
    private = keys["server"].private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    (folder / "server.key").write_bytes(private)
    return folder / "ca.pem"


@contextmanager
def running_nginx(folder: Path, servers: str) -> Iterator[int]:
    """Run nginx with these servers until the end; `{port}` and `{folder}` are filled in. Yields the port."""
    progress = PlainProgress(sys.stderr)
    with Cache().lock(progress):
        program = ensure_nginx(progress)
    port = free_port()
    filled = servers.replace("{port}", str(port)).replace("{folder}", str(folder))
    temporary = "".join(
        f"{one}_temp_path {folder}/{one};\n" for one in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    path = folder / "nginx.conf"
    path.write_text(
        f"daemon off;\nmaster_process off;\npid {folder}/pid;\nerror_log {folder}/error.log;\nevents {{ }}\n"
        f"http {{\naccess_log {folder}/access.log;\n{temporary}{filled}\n}}\n"
    )
    command = [program, "-p", folder, "-e", folder / "error.log", "-c", path]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
        try:
            _wait(process, port, folder)
            yield port
        finally:
            process.terminate()


def _wait(process: subprocess.Popen[bytes], port: int, folder: Path) -> None:
    for _ in range(200):
        if process.poll() is not None:
            raise AssertionError((folder / "error.log").read_text())
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
        except OSError:
            time.sleep(0.05)
        else:
            return
    raise AssertionError("nginx does not listen")
