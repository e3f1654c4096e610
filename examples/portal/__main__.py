"""`python -m examples.portal`: the portal on a local Odoo, until Ctrl-C."""

import os
import subprocess
from pathlib import Path
from tempfile import TemporaryDirectory

import uvicorn

from zenoo_security.testing import LocalOdoo

from .scene import prepare

PORT = 8443
APP = f"{__package__}.app:app"
# One for this run, which browsers warn about. Yours is at the proxy, or comes from your authority.
CERTIFICATE = (
    "openssl req -x509 -newkey rsa:2048 -nodes -days 1 -subj /CN=localhost -addext subjectAltName=DNS:localhost"
)


def main() -> None:
    """Start everything; it ends, and is removed, with this process."""
    print("Starting Odoo, which takes a minute the first time ...", flush=True)
    with TemporaryDirectory() as name, LocalOdoo() as odoo:
        folder = Path(name)
        scene = prepare(odoo.create_database("portal"), folder)
        os.environ.update(scene.settings)
        key, certificate = folder / "key.pem", folder / "certificate.pem"
        subprocess.run([*CERTIFICATE.split(), "-keyout", key, "-out", certificate], check=True, capture_output=True)
        print(f"\n  https://localhost:{PORT}    (Odoo itself: {odoo.url})\n")
        for role, user in scene.users.items():
            print(f"  {role:10} {user.login:24} {user.password}")
        print("\nCtrl-C ends it. Your browser does not know its certificate, and says so.\n", flush=True)
        uvicorn.run(
            APP,
            port=PORT,
            workers=2,
            ssl_keyfile=key,
            ssl_certfile=certificate,
            server_header=False,
            proxy_headers=False,
            log_level="warning",
        )


if __name__ == "__main__":
    main()
