"""The private names of zenoo-rpc that the client stands on: a change in them stops the import."""

from __future__ import annotations

import subprocess
import sys

import pytest
from zenoo_rpc.cache import decorators
from zenoo_rpc.client import ZenooClient
from zenoo_rpc.models.base import OdooModel
from zenoo_rpc.models.relationships import LazyRelationship

import zenoo_security
from zenoo_security.client import assignments, batch, function_cache, logs, relations, seams
from zenoo_security.errors import ConfigurationError, MissingExtra


def test_the_installed_zenoo_rpc_has_every_seam():
    seams.assert_seams()


@pytest.mark.parametrize("version", ["0.2.3", "0.3.0", "0.3", "1.0", "nonsense", ""])
def test_an_unknown_version_is_refused(monkeypatch, version):
    monkeypatch.setattr(seams.metadata, "version", lambda _name: version)
    with pytest.raises(ConfigurationError, match=r"zenoo-rpc>=0\.2\.4,<0\.3"):
        seams.assert_seams()


def test_a_missing_zenoo_rpc_names_the_extra(monkeypatch):
    def missing(_name):
        raise seams.metadata.PackageNotFoundError

    monkeypatch.setattr(seams.metadata, "version", missing)
    with pytest.raises(MissingExtra, match=r"pip install 'zenoo-security\[rpc\]'"):
        seams.assert_seams()


@pytest.mark.parametrize(
    ("owner", "name"),
    [(LazyRelationship, "_fetch_data"), (decorators, "_build_function_cache_key"), (ZenooClient, "execute_kw")],
)
def test_a_name_that_is_gone_is_named(monkeypatch, owner, name):
    monkeypatch.delattr(owner, name)
    if name == "execute_kw":
        monkeypatch.setattr(owner, name, lambda self, model: None, raising=False)
    with pytest.raises(ConfigurationError, match=name):
        seams.assert_seams()


def test_an_attribute_that_the_constructor_no_longer_sets_is_named(monkeypatch):
    monkeypatch.setattr(ZenooClient, "__init__", lambda self: None)
    with pytest.raises(ConfigurationError, match="_session"):
        seams.assert_seams()


def test_installing_twice_changes_nothing():
    before = (LazyRelationship.load, decorators._build_function_cache_key, OdooModel.__setattr__)
    for part in (assignments, batch, function_cache, logs, relations):
        part.install()
    assert (LazyRelationship.load, decorators._build_function_cache_key, OdooModel.__setattr__) == before


def test_importing_the_package_does_not_import_zenoo_rpc():
    code = "import sys, zenoo_security; dir(zenoo_security); assert not {'zenoo_rpc', 'httpx'} & set(sys.modules)"
    subprocess.run([sys.executable, "-c", code], check=True)


def test_the_client_is_imported_when_it_is_first_used():
    assert zenoo_security.SecureZenooClient.__module__ == "zenoo_security.client.secure"
    assert "SecureZenooClient" in dir(zenoo_security)
    with pytest.raises(AttributeError, match="no attribute 'Nothing'"):
        _ = zenoo_security.Nothing
