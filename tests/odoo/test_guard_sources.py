"""The guard's lists against the sources of the Odoo that is provisioned: nothing of Odoo's own is left to chance."""

from __future__ import annotations

import ast
import re
from collections import defaultdict
from contextlib import suppress

import pytest

from zenoo_security.request_guard.methods import IDS, SIGNATURES
from zenoo_security.request_guard.refused import is_refused, is_refused_model
from zenoo_security.testing.cache import Cache
from zenoo_security.testing.installation import install_odoo

pytestmark = pytest.mark.odoo

#: Public methods of the base module's models that a declaration may name: they tell nothing but of the records that they
#: are called on, write what is asked for in nobody else's name, or are a form's way to another form.
LOOKED_AT = {
    "base.document.layout": {"document_layout_save", "extract_image_primary_secondary_colors"},
    "decimal.precision": {"precision_get"},
    "ir.attachment": {"action_get", "check", "get_serving_groups"},
    "res.company": {"action_all_company_branches", "cache_invalidation_fields"},
    "res.country": {"get_address_fields"},
    "res.currency": {"amount_to_text", "compare_amounts", "format", "get_all_currencies", "is_zero", "round"},
    "res.lang": {"CACHED_FIELDS", "format", "get_installed"},
    "res.partner": {"address_get", "create_company", "open_commercial_entity"},
    "res.partner.bank": {"action_archive_bank", "get_supported_account_types", "retrieve_acc_type"},
    "res.users": {"SELF_READABLE_FIELDS", "SELF_WRITEABLE_FIELDS", "action_get", "context_get", "get_company_currency_id",
                  "has_group", "has_groups"},
}  # fmt: skip

_EXTENDS = re.compile(r"""_inherit = \[?["']base["']""")


@pytest.fixture(scope="module")
def odoo():
    cache = Cache()
    with cache.lock(print):
        return install_odoo(cache, print).packages / "odoo"


def declared(cls):
    """The model that a class makes or extends, or nothing."""
    found = {}
    for node in cls.body:
        if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
            with suppress(ValueError):
                found[node.targets[0].id] = ast.literal_eval(node.value)
    name = found.get("_name") or found.get("_inherit")
    return name[0] if isinstance(name, list) and name else name


def public_methods(files):
    """The public functions of each model, and of `BaseModel` under that name."""
    models = defaultdict(dict)
    for file in files:
        for cls in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            name = isinstance(cls, ast.ClassDef) and ("BaseModel" if cls.name == "BaseModel" else declared(cls))
            if name:
                functions = [node for node in cls.body if isinstance(node, ast.FunctionDef)]
                models[name] |= {node.name: node for node in functions if not node.name.startswith("_")}
    return models


@pytest.fixture(scope="module")
def of_every_model(odoo):
    extensions = [file for file in odoo.glob("addons/*/models/**/*.py") if _EXTENDS.search(file.read_text("utf-8"))]
    methods = public_methods([odoo / "orm/models.py", *extensions])
    return methods["BaseModel"] | methods["base"]


def test_every_public_method_of_every_model_has_a_signature_or_is_refused(of_every_model):
    assert len(of_every_model) > 80
    assert sorted(name for name in of_every_model if name not in SIGNATURES and not is_refused(name)) == []


def test_signatures_are_those_of_the_sources(of_every_model):
    for method, signature in SIGNATURES.items():
        theirs = of_every_model[method].args
        names = [each.arg for each in theirs.args[1:]]
        ours = [name for name in (*signature.required, *signature.optional) if name != IDS]
        extra = {"load"} if theirs.kwarg else set()
        assert [name for name in ours if name not in extra] == names[: len(ours) - len(extra & {*ours})], method
        is_static = any(
            ast.unparse(each) in {"api.model", "api.model_create_multi"}
            for each in of_every_model[method].decorator_list
        )
        assert is_static == (IDS not in signature.required), method


def test_every_model_of_the_base_module_is_refused_or_has_been_looked_at(odoo):
    models = public_methods([*odoo.glob("addons/base/models/*.py"), *odoo.glob("addons/base/wizard/*.py")])
    assert len(models) > 80
    open_methods = {
        model: {name for name in methods if name not in SIGNATURES and not is_refused(name)}
        for model, methods in models.items()
        if not is_refused_model(model)
    }
    assert {model: names for model, names in open_methods.items() if names - LOOKED_AT.get(model, set())} == {}
