"""Every field has a class of protection, which follows from what is declared of it."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from zenoo_security import Encrypted, EncryptedFields
from zenoo_security.policy import Policy, Protection, RoleRules, as_markdown, protection

PAGE = Path(__file__).parents[2] / "docs" / "guide" / "policy.md"
POLICY = Policy(
    {
        "visitor": RoleRules(groups=["base.group_public"], allow=["product.template:read:name"]),
        "clerk": RoleRules(
            groups=["base.group_user"],
            allow=["res.partner:read", "res.partner:write:comment", "product.template:*", "*:read:ref"],
        ),
    },
    masks={"res.partner": {"phone": "last4", "vat": "last4"}},
)
ENCRYPTED = EncryptedFields({"res.partner": {"vat": Encrypted(), "email": Encrypted(index="email")}})


@pytest.mark.asvs("v5.0.0-14.1.1")
@pytest.mark.parametrize(
    ("model", "field", "expected"),
    [
        ("res.partner", "email", Protection.SECRET),
        ("res.partner", "vat", Protection.SECRET),
        ("res.partner", "phone", Protection.SENSITIVE),
        ("res.partner", "comment", Protection.INTERNAL),
        ("res.users", "email", Protection.INTERNAL),
        ("product.template", "name", Protection.PUBLIC),
        ("product.template", "standard_price", Protection.INTERNAL),
    ],
)
def test_the_class_of_a_field(model, field, expected):
    assert protection(POLICY, model, field, encrypted=ENCRYPTED) is expected


def test_what_is_not_declared_is_not_assumed():
    assert protection(POLICY, "res.partner", "email") is Protection.INTERNAL
    assert protection(Policy({}), "res.partner", "email") is Protection.INTERNAL


@pytest.mark.asvs("v5.0.0-14.1.1", document="zenoo-security policy export")
def test_the_export_has_every_field_that_is_named():
    assert """## Protection of fields

| field | class |
|---|---|
| `product.template:name` | public |
| `res.partner:comment` | internal |
| `res.partner:email` | secret |
| `res.partner:phone` | sensitive |
| `res.partner:vat` | secret |
""" in as_markdown(POLICY, encrypted=ENCRYPTED)


@pytest.mark.asvs("v5.0.0-14.1.2", document="docs/guide/policy.md")
def test_the_guide_has_the_requirements_of_each_class():
    section = PAGE.read_text(encoding="utf-8").partition("## Classes of protection")[2].partition("\n## ")[0]
    rows = re.findall(r"^\| `(\w+)` \| (.+) \| (.+) \| (.+) \|$", section, re.MULTILINE)
    assert [row[0] for row in rows] == [one.value for one in Protection]
