"""A module of the local Odoo with which its passwords cost next to nothing, as in Odoo's own tests.

Odoo looks at a password again after each change of a user: its 600,000 rounds of PBKDF2 were two thirds of what its
processes did in our tests. Where the time of a login matters, set Odoo's parameter `password.hashing.rounds`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["MODULE", "ROUNDS", "write_module"]

MODULE = "zenoo_cheap_hashes"
# As odoo/tests/common.py has it.
ROUNDS = 1
_MANIFEST = {
    "name": "Passwords of tests",
    "author": "zenoo-security",
    "license": "LGPL-3",
    "installable": False,  # loaded for the server, not for a database
}
_FILES = {
    "__init__.py": f"from odoo.addons.base.models import res_users\n\nres_users.MIN_ROUNDS = {ROUNDS}\n",
    "__manifest__.py": f"{_MANIFEST}\n",
}


def write_module(addons: Path) -> None:
    """Write the module into a folder of addons."""
    folder = addons / MODULE
    folder.mkdir(exist_ok=True)
    for name, text in _FILES.items():
        (folder / name).write_text(text, encoding="utf-8")
