"""A policy in a file is the one in code, or an error that names the file and the place."""

from __future__ import annotations

import contextlib
import hashlib
import json
import os

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from zenoo_security.errors import PolicyError
from zenoo_security.policy import Narrowing, Policy, RoleRules
from zenoo_security.policy.policy import DOCUMENT

TOML = """
version = 1
permissions = ["export_reports", "sale.order:action_confirm"]

[roles.viewer]
description = "Looks, and touches nothing"
groups = ["base.group_user"]
allow = ["res.partner:read", "read_partners"]
deny = ["res.partner:read:vat"]

[roles.editor]
inherits = ["viewer"]
allow = ["res.partner:write:phone", "account.*:read"]

[roles.admin]
allow = ["*"]

[masks."res.partner"]
phone = "last4"
email = "email"

[[narrow]]
model = "res.partner"
domain = [["company_id", "in", "{company_ids}"], ["active", "=", true]]
operations = ["read", "write"]
unless = ["admin"]

[[narrow]]
model = "crm.lead"
domain = [["user_id", "=", "{uid}"]]
"""
IN_CODE = Policy(
    {
        "viewer": RoleRules(
            allow=["res.partner:read", "read_partners"],
            deny=["res.partner:read:vat"],
            groups=["base.group_user"],
            description="Looks, and touches nothing",
        ),
        "editor": RoleRules(inherits=["viewer"], allow=["res.partner:write:phone", "account.*:read"]),
        "admin": RoleRules(allow=["*"]),
    },
    permissions=["export_reports", "sale.order:action_confirm"],
    masks={"res.partner": {"phone": "last4", "email": "email"}},
    narrow=[
        Narrowing(
            "res.partner",
            (("company_id", "in", "{company_ids}"), ("active", "=", True)),
            frozenset({"read", "write"}),
            frozenset({"admin"}),
        ),
        Narrowing("crm.lead", (("user_id", "=", "{uid}"),)),
    ],
)
NARROW = "[roles.a]\n[[narrow]]\nmodel = 'res.partner'\n"


@pytest.fixture
def write(tmp_path):
    def write(content: str | bytes, name: str = "policy.toml"):
        path = tmp_path / name
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return path

    return write


def refusal(path) -> str:
    with pytest.raises(PolicyError) as refused:
        Policy.from_file(path)
    return str(refused.value).removeprefix(f"{path}: ")


def test_a_policy_in_a_file_is_the_one_in_code(write):
    read = Policy.from_file(write(TOML))
    assert read.to_mapping() == IN_CODE.to_mapping()
    assert read.digest == IN_CODE.digest
    as_json = write(json.dumps(read.to_mapping()), "policy.json")
    assert Policy.from_file(str(as_json)).to_mapping() == IN_CODE.to_mapping()
    assert read.narrow[0].domain == ("&", ("company_id", "in", "{company_ids}"), ("active", "=", True))


def test_the_digest_is_of_what_a_file_says_and_not_of_how(write):
    reformatted = TOML.replace('["base.group_user"]', '[\n  "base.group_user", # all\n]')
    assert Policy.from_file(write(reformatted)).digest == IN_CODE.digest
    assert Policy.from_file(write(TOML.replace("last4", "all"))).digest != IN_CODE.digest
    first, second = TOML.split("[[narrow]]", 1)[1].split("[[narrow]]")
    moved = TOML.replace(first, "@").replace(second, first).replace("@", f"{second}\n")
    moved = moved.replace(
        '["res.partner:read", "read_partners"]', '["read_partners", "res.partner:read", "read_partners"]'
    )
    assert moved != TOML
    assert Policy.from_file(write(moved)).digest == IN_CODE.digest


def test_the_digest_is_the_one_of_the_format():
    """A frozen value: what it is computed from is in docs/formats.md."""
    rules = RoleRules(allow=["b:read", "a:write:u"], groups=["g.x"])
    policy = Policy({"r": rules}, permissions=["p"], narrow=[Narrowing("m", [("n", "=", "ü")], frozenset({"read"}))])
    narrow = '{"domain":[["n","=","\\u00fc"]],"model":"m","operations":["read"]}'
    text = (
        f'{{"narrow":[{json.dumps(narrow)}],"permissions":["p"],'
        '"roles":{"r":{"allow":["a:write:u","b:read"],"groups":["g.x"]}},"version":1}'
    )
    assert policy.digest == hashlib.sha256(text.encode()).hexdigest()


@pytest.mark.parametrize(
    ("content", "says"),
    [
        ("roles = 1", "roles: it must be a table of roles"),
        ("", "roles: there is none"),
        ("rolse = {}", "the policy: there is no key rolse; the keys are version, roles, permissions, masks, narrow"),
        ("[roles]\nviewer = 1", "roles.viewer: it must be a table with allow, deny, inherits, groups, description"),
        ("[roles.viewer]\nalow = []", "roles.viewer: there is no key alow; the keys are allow, deny, inherits,"),
        ("[roles.viewer]\nallow = 'x'", "roles.viewer.allow: it must be a list"),
        ("[roles.viewer]\nallow = ['a', 'b', 1]", "roles.viewer.allow[2]: it must be a text"),
        ("[roles.viewer]\nallow = ['a', 'b', 'C']", "roles.viewer.allow[2]: a rule is 'model:operation'"),
        ("[roles.viewer]\ndeny = ['a:b:c:d']", "roles.viewer.deny[0]: a rule is 'model:operation'"),
        ("[roles.viewer]\ndeny = ['a:unlink:b']", "roles.viewer.deny[0]: a field belongs to one of create, read, "),
        ("[roles.viewer]\ndeny = ['res.*.x:read']", "roles.viewer.deny[0]: a rule is 'model:operation'"),
        ("[roles.viewer]\ninherits = ['veiwer']", "roles.viewer.inherits[0]: there is no role veiwer"),
        ("[roles.viewer]\ninherits = ['viewer']", "roles.viewer.inherits: it inherits from itself"),
        (
            "[roles.a]\ninherits = ['b']\n[roles.b]\ninherits = ['c']\n[roles.c]\ninherits = ['a']",
            "roles.a.inherits: it inherits from itself, by way of b, c",
        ),
        ("[roles.viewer]\ngroups = ['group_user']", "roles.viewer.groups[0]: a group is named by its external id"),
        ("[roles.viewer]\ndescription = 7", "roles.viewer.description: it must be one line"),
        ('[roles.viewer]\ndescription = "a\\nb"', "roles.viewer.description: it must be one line"),
        ("[roles.'A b']", "roles.A b: the name of a role has"),
        ("[roles.'\\u001b[31m']", "roles.\\\\u001b[31m: the name of a role has"),
        ("permissions = ['res.partner:*']\n[roles.a]", "permissions[0]: a permission is 'model:operation'"),
        ("permissions = 'x'\n[roles.a]", "permissions: it must be a list"),
        ("masks = []\n[roles.a]", "masks: it must be a table"),
        ("[roles.a]\n[masks.'res partner']\nx = 'all'", "masks.res partner: this is not the name of a model"),
        ("[roles.a]\n[masks.'res.partner']\nx = 'most'", "masks.res.partner.x: it must be one of the styles all, "),
        ("[roles.a]\n[masks.'res.partner']\n'x.y' = 'all'", "masks.res.partner.x.y: this is not the name of a field"),
        ("[roles.a]\n[masks.res.partner]\nx = 'all'", "masks.res.partner: it must be a style; write the model in quo"),
        ("narrow = {}\n[roles.a]", "narrow: it must be a list"),
        ("narrow = [1]\n[roles.a]", "narrow[0]: it must be a table with model, domain, operations, unless"),
        ("[roles.a]\n[[narrow]]\ndomain = []", "narrow[0].model: it is missing"),
        (NARROW, "narrow[0].domain: it is missing"),
        (f"{NARROW}domain = []", "narrow[0].domain: it is empty, and would narrow nothing"),
        (f"{NARROW}domain = 'x'", "narrow[0].domain: it must be a list, a search domain of Odoo"),
        (f"{NARROW}domain = [['a', '=']]", "narrow[0].domain: "),
        (f"{NARROW}domain = ['|', ['a', '=', 1]]", "narrow[0].domain: an operator of the search domain lacks"),
        (f"{NARROW}domain = [['a', '=', '{{user}}']]", "narrow[0].domain: there is no such placeholder; they are {com"),
        (f"{NARROW}domain = [['a', '=', 'x{{uid}}']]", "narrow[0].domain: a placeholder is the whole value"),
        (f"{NARROW}domain = [['{{uid}}', '=', 1]]", "narrow[0].domain: a field name is written like"),
        (f"{NARROW}domain = [['a', '=', '{{groups}}']]", "narrow[0].domain: a condition of the search domain has a va"),
        (f"{NARROW}domain = [['a', 'in', '{{uid}}']]", "narrow[0].domain: a condition of the search domain has a val"),
        (f"{NARROW}domain = [['a', 'in', ['{{groups}}', 'x']]]", "narrow[0].domain: a condition of the search domain "),
        (f"{NARROW}domain = {'[' * 40}{']' * 40}", "narrow[0].domain: it is too deeply nested"),
        (f"{NARROW}domain = [['a', '=', 1]]\noperations = []", "narrow[0].operations: it must name at least one of"),
        (f"{NARROW}domain = [['a', '=', 1]]\noperations = ['raed']", "narrow[0].operations: it must name at least one"),
        (f"{NARROW}domain = [['a', '=', 1]]\noperations = [1]", "narrow[0].operations[0]: it must be a text"),
        (f"{NARROW}domain = [['a', '=', 1]]\nunless = ['b']", "narrow[0].unless: there is no role b"),
        (f"{NARROW}domain = [['a', '=', 1]]\nfor = ['b']", "narrow[0]: there is no key for; the keys are model, dom"),
        ("[roles.a]\n[roles.a]", "Cannot declare ('roles', 'a') twice"),
        ("[roles.a]\nallow = [", "Invalid value"),
        (b"\xff", "the file is not UTF-8"),
    ],
    ids=str,
)
def test_a_mistake_is_named_with_its_place(write, content, says):
    content = content if isinstance(content, bytes) else f"version = 1\n{content}"
    assert refusal(write(content)).startswith(says)


@pytest.mark.parametrize("version", ["", "version = 2", "version = true", "version = '1'", "version = 1.0"])
def test_another_version_is_refused(write, version):
    assert refusal(write(f"{version}\n[roles.a]")) == "version: it must be 1"


@pytest.mark.parametrize(
    ("content", "says"),
    [
        ("[]", "the policy: it must be a table"),
        ('{"version": 1, "roles": {"a": {}, "a": {"allow": ["*"]}}}', "'a' is there twice"),
        ('{"version": 1, "roles": {"a": {"allow": [NaN]}}}', "roles.a.allow[0]: it must be a text"),
        ('{"a":' * 100_000, "it is too deeply nested"),
        (f'{{"{"k" * 5000}": 1}}', f"the policy: there is no key {'k' * 64}...; the keys are"),
    ],
    ids=["list", "twice", "nan", "deep", "long"],
)
def test_a_mistake_in_json_is_named_too(write, content, says):
    assert refusal(write(content, "policy.json")).startswith(says)


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        ({"roles": ["viewer"]}, "roles: it must be a table of roles"),
        ({"roles": {"viewer": {"allow": []}}}, "roles.viewer: it must be a RoleRules"),
        ({"roles": {1: RoleRules()}}, "roles.int: the name of a role has"),
        ({"roles": {"viewer": RoleRules(allow="res.partner:read")}}, "roles.viewer.allow: it must be a list of texts"),
        ({"roles": {"viewer": RoleRules(allow=[b"x"])}}, "roles.viewer.allow[0]: it must be a text"),
        ({"roles": {"viewer": RoleRules(deny=None)}}, "roles.viewer.deny: it must be a list of texts"),
        ({"roles": {}, "permissions": "x"}, "permissions: it must be a list of texts"),
        ({"roles": {}, "masks": {"res.partner": ["phone"]}}, "masks.res.partner: it must be a table"),
        ({"roles": {}, "masks": {"res.partner": {"phone": None}}}, "masks.res.partner.phone: it must be one of the"),
        ({"roles": {}, "narrow": 1}, "narrow: it must be a list"),
        ({"roles": {}, "narrow": [{}]}, "narrow[0]: it must be a Narrowing"),
        ({"roles": {}, "narrow": [Narrowing("a", [("a", "=", 1)], ["read"])]}, "narrow[0].operations: it must name"),
        ({"roles": {}, "narrow": [Narrowing("a", [("a", "=", 1)], unless="a")]}, "narrow[0].unless: it must be a set"),
        ({"roles": {}, "narrow": [Narrowing("a", [("a", "=", 1)], unless={"x"})]}, "narrow[0].unless: there is no"),
        ({"roles": {}, "narrow": [Narrowing("A", [("a", "=", 1)])]}, "narrow[0].model: this is not the name"),
        ({"roles": {}, "narrow": [Narrowing("a", [("a", "=", "{x}")])]}, "narrow[0].domain: there is no such place"),
    ],
    ids=lambda value: value if isinstance(value, str) else "arguments",
)
def test_a_policy_in_code_passes_the_same_checks(arguments, says):
    with pytest.raises(PolicyError) as refused:
        Policy(**arguments)
    assert str(refused.value).startswith(says)


def test_what_is_no_readable_file_is_refused(write, tmp_path):
    assert refusal(tmp_path / "none.toml") == "cannot be read: No such file or directory"
    assert refusal(tmp_path) == "this is not a regular file"
    assert refusal("no\0path.toml") == "cannot be read: this is not a path"
    assert refusal(write("", "policy.yaml")) == "the name of a policy ends in .toml or .json"
    os.mkfifo(tmp_path / "pipe.toml")
    assert refusal(tmp_path / "pipe.toml") == "this is not a regular file"
    assert refusal(write(b"#" * 10_000_000)) == "the file has more than 2048 KiB"
    assert refusal(write(b"#" * DOCUMENT.max_bytes)) == "version: it must be 1"


@pytest.mark.asvs("v5.0.0-8.2.1")
def test_a_file_that_everybody_may_write_is_refused(write):
    path = write(TOML)
    path.chmod(0o666)
    assert refusal(path) == "everybody may write it, and so give themselves every right: chmod o-w it"


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5) | st.sampled_from(["*", "a:b"]),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["a", "allow", "inherits", "groups", "domain"]), inner, max_size=3)
    ),
)


@given(
    JSON
    | st.fixed_dictionaries(
        {"version": st.just(1), "roles": JSON | st.dictionaries(st.just("a"), JSON)},
        optional={"masks": JSON, "narrow": st.lists(JSON), "permissions": JSON},
    )
)
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=300)
def test_any_other_content_is_a_refusal_and_no_crash(write, content):
    path = write(json.dumps(content), "policy.json")
    with contextlib.suppress(PolicyError):
        Policy.from_file(path)
