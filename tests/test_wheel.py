"""What the installed wheel holds; skipped where the package is imported from a checkout."""

from __future__ import annotations

from importlib import metadata
from pathlib import Path

import pytest

import zenoo_security

SOURCE = Path(__file__).parents[1] / "python"


@pytest.fixture(scope="module")
def installed() -> set[str]:
    if Path(zenoo_security.__file__).is_relative_to(SOURCE):
        pytest.skip("imported from the checkout")
    return {str(path) for path in metadata.files("zenoo-security") or ()}


def test_the_wheel_holds_every_file_of_the_package(installed):
    """Scripts for Redis, the schema of PostgreSQL and the list of passwords are read when they are needed first."""
    expected = {
        str(path.relative_to(SOURCE))
        for package in ("odoo", "zenoo_security")
        for path in (SOURCE / package).rglob("*")
        if path.is_file() and "__pycache__" not in path.parts and path.suffix != ".so"
    }
    assert {"zenoo_security/py.typed", "zenoo_security/stores/postgres/schema.sql"} <= expected
    assert expected <= installed


def test_the_wheel_puts_nothing_beside_the_package(installed):
    """A LICENSE in site-packages itself belongs to whoever came last."""
    tops = {path.split("/")[0] for path in installed if not path.startswith("../")}
    assert {top for top in tops if not top.endswith(".dist-info")} == {"odoo", "zenoo_security"}
    assert any(path.endswith(".dist-info/licenses/NOTICE") for path in installed)


def test_the_addons_leave_the_namespace_to_odoo(installed):
    """An `odoo/__init__.py` of ours would hide Odoo itself; each addon brings its own license."""
    inside = {path for path in installed if path.startswith("odoo/") and "__pycache__" not in path}
    addons = {"/".join(path.split("/")[:3]) for path in inside}
    assert "odoo/addons/zenoo_security" in addons
    assert all(addon.startswith("odoo/addons/zenoo_security") for addon in addons)
    assert {f"{addon}/{name}" for addon in addons for name in ("LICENSE", "__manifest__.py")} <= inside
