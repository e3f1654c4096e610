"""Uses an installed zenoo-security: the base, each extra that is named, and each other one, whose error must name it.

Run it with `python -I`, so that the folder it is in is not looked at.
"""

from __future__ import annotations

import importlib.util
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import zenoo_security
from zenoo_security import FieldCipher, KeyRing, PasswordHasher, SecurePartnerInput
from zenoo_security.errors import ConfigurationError, MissingExtra
from zenoo_security.fernet import FernetReader
from zenoo_security.safehttp import SafeClient
from zenoo_security.stores import open_store
from zenoo_security.validate.numbering_plans import phone
from zenoo_security.validate.tax_numbers import vat

if TYPE_CHECKING:
    from collections.abc import Callable

# The vector of the Fernet specification: https://github.com/fernet/spec/blob/master/generate.json
FERNET_KEY = "cw_0x689RpI-jtRR7oE8h_eQsKImvJapLeSbXpwF4e4="
FERNET_VALUE = "gAAAAAAdwJ6wAAECAwQFBgcICQoLDA0ODy021cpGVWKZ_eEwCGM4BLLF_5CV9dOPmrhuVUPgJobwOz7JcbmrR64jVmpU4IwqDA=="

USES: dict[str, Callable[[], object]] = {
    "rpc": lambda: zenoo_security.SecureZenooClient("https://erp.example.com"),
    "http": lambda: SafeClient(allow_hosts=["example.com"]),
    "redis": lambda: open_store("redis://127.0.0.1"),
    "postgres": lambda: open_store("postgresql://127.0.0.1/none"),
    "fernet": lambda: FernetReader(key=FERNET_KEY).open(FERNET_VALUE),
    "stdnum": lambda: vat("BE0403019261", check_digits=True),
    "phone": lambda: phone("+32 2 512 34 56", numbering_plan=True),
}
# What the dependencies of an extra bring of another.
BRINGS = {"odoo": {"postgres"}, "pytest": {"rpc", "http"}, "rpc": {"http"}}


def run(*command: str) -> str:
    """What a command of this environment prints."""
    program = str(Path(sys.executable).with_name(command[0]))
    return subprocess.run([program, *command[1:]], cwd=sys.prefix, capture_output=True, text=True, check=True).stdout


def use_base() -> None:
    """A password, an encrypted value, a partner, the command."""
    hasher = PasswordHasher()
    hasher.verify("correct horse battery staple", hasher.hash("correct horse battery staple"))
    cipher = FieldCipher(KeyRing.generate())
    token = cipher.encrypt("ada@example.com", context=("res.partner", "email"))
    assert cipher.decrypt(token, context=("res.partner", "email")) == "ada@example.com"
    assert SecurePartnerInput.parse({"name": "Ada"}).to_odoo() == {"name": "Ada"}
    assert zenoo_security.__version__ in run("zenoo-security", "--version")


def missing(extra: str) -> set[str]:
    """The extra that the error names, if what it is for does not work."""
    try:
        USES[extra]()
    except MissingExtra as error:
        return {error.extra}
    except ConfigurationError as error:
        # psycopg takes the libpq of the machine, which need not have one.
        if "psycopg[binary]" not in str(error):
            raise
    return set()


def main(extras: set[str]) -> None:
    """Everything, in one process."""
    use_base()
    there = extras.union(*(BRINGS.get(extra, set()) for extra in extras))
    assert set().union(*map(missing, USES)) == USES.keys() - there
    assert (importlib.util.find_spec("psycopg_binary") is not None) == ("odoo" in extras)
    if "pytest" in extras:
        assert "--odoo-url" in run("pytest", "--help")


if __name__ == "__main__":
    main(set(sys.argv[1:]))
