"""What roles may do: known answers, then the same as a plain reference, whatever the policy is."""

from __future__ import annotations

from enum import Enum

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zenoo_security.errors import PolicyError
from zenoo_security.policy import Narrowing, Policy, RoleRules
from zenoo_security.policy.permissions import NAMED_ONLY

from .naive import FIELDS, MODELS, OPERATIONS, ROLES, WITH_FIELDS, allowed, asked, patterns, policies

some_roles = st.frozensets(st.sampled_from([*ROLES, "unknown"]))


def decide(rules: RoleRules, permission: str) -> bool:
    return Policy({"a": rules}).rights(frozenset({"a"})).allows(permission)


@pytest.mark.asvs("v5.0.0-8.2.1", "v5.0.0-8.2.3")
@pytest.mark.parametrize(
    ("allow", "deny", "permission", "expected"),
    [
        (["res.partner:read"], [], "res.partner:read", True),
        (["res.partner:read"], [], "res.partner:read:name", True),
        (["res.partner:read"], [], "res.partner:write", False),
        (["res.partner:read"], [], "res.partner.bank:read", False),
        (["res.partner:read:name"], [], "res.partner:read", True),
        (["res.partner:read:name"], [], "res.partner:read:name", True),
        (["res.partner:read:name"], [], "res.partner:read:vat", False),
        (["res.partner:*"], [], "res.partner:unlink", True),
        (["res.partner:*"], [], "res.partner:unmask:phone", True),
        (["*:read"], [], "res.partner:read:name", True),
        (["*:read"], [], "export_reports", False),
        (["*"], [], "export_reports", True),
        (["*"], [], "res.partner:read:name", True),
        (["account.*:read"], [], "account.move.line:read", True),
        (["account.*:read"], [], "account:read", False),
        (["account.*:read"], [], "accounting.move:read", False),
        (["account.move.*:read"], [], "account.move:read", False),
        (["export_reports"], [], "export_reports", True),
        (["export_reports"], [], "export_report", False),
        ([], [], "res.partner:read", False),
        (["res.partner:*:phone"], [], "res.partner:write", True),
        (["res.partner:*:phone"], [], "res.partner:unlink", False),
        (["*:*:phone"], [], "res.partner:action_archive", False),
        (["res.partner:*:*"], [], "res.partner:unlink", True),
        (["res.partner:*"], ["*:*:vat"], "res.partner:unlink", True),
        (["res.partner:*"], ["*:*:*"], "res.partner:unlink", False),
        (["res.partner:read"], ["res.partner:read"], "res.partner:read:name", False),
        (["res.partner:read"], ["res.partner:read:vat"], "res.partner:read", True),
        (["res.partner:read"], ["res.partner:read:vat"], "res.partner:read:vat", False),
        (["res.partner:read:vat"], ["*:*:vat"], "res.partner:read", False),
        (["res.partner:read:vat"], ["res.partner:read:*"], "res.partner:read", False),
        (["*"], ["*:unlink"], "res.partner:unlink", False),
        (["*"], ["*"], "export_reports", False),
        (["res.partner:write"], [], "res.partner:write:active", False),
        (["res.partner:write:*"], [], "res.partner:write:active", False),
        (["*"], [], "res.users:create:password", False),
        (["res.partner:write:active"], [], "res.partner:write:active", True),
        (["*:write:company_id"], [], "res.partner:write:company_id", True),
        (["res.partner:read"], [], "res.partner:read:active", True),
    ],
)
def test_known_answers(allow, deny, permission, expected):
    assert decide(RoleRules(allow=allow, deny=deny), permission) is expected


@pytest.mark.parametrize(
    "permission",
    ["", "*", "res.partner:*", "Res.Partner:read", "res.partner:", ":read", "a:b:c:d", "a.:b", "a b", "a" * 201,
     "res.partner:read\n", "res.partner:read:ñame", None, 7, b"res.partner:read", ["res.partner:read"], {}],
    ids=lambda value: repr(value)[:30],
)  # fmt: skip
def test_what_is_no_permission_is_an_error(permission):
    rights = Policy({"a": RoleRules(allow=["*"])}).rights(frozenset({"a"}))
    for ask in (rights.allows, rights.decide):
        with pytest.raises(PolicyError, match="a permission is 'model:operation'"):
            ask(permission)


@pytest.mark.parametrize("permission", ["res.partner:unlink:name", "res.partner:raed:name", "a:action_confirm:b"])
def test_a_field_of_what_has_no_fields_is_an_error(permission):
    with pytest.raises(PolicyError, match="a field belongs to one of create, read, unmask, write"):
        decide(RoleRules(allow=["*"]), permission)
    for rules in (RoleRules(allow=[permission]), RoleRules(deny=[permission])):
        with pytest.raises(PolicyError, match=r"^roles\.a\.(allow|deny)\[0\]: a field belongs to one of"):
            Policy({"a": rules})


def test_a_decision_says_which_rule_of_which_role_by_which_way():
    policy = Policy(
        {
            "viewer": RoleRules(allow=["res.partner:read"]),
            "editor": RoleRules(inherits=["viewer"], allow=["res.partner:write"]),
            "manager": RoleRules(inherits=["editor"]),
            "leaver": RoleRules(deny=["res.partner:*"]),
        }
    )
    decision = policy.rights(frozenset({"manager"})).decide("res.partner:read:name")
    assert (decision.allowed, decision.rule.role, decision.chain) == (True, "viewer", ("manager", "editor", "viewer"))
    assert str(decision) == (
        "res.partner:read:name is allowed: allow res.partner:read of the role viewer, which is inherited: "
        "manager -> editor -> viewer"
    )
    decision = policy.rights(frozenset({"manager", "leaver"})).decide("res.partner:write")
    assert (decision.allowed, decision.rule.role, decision.chain) == (False, "leaver", ("leaver",))
    assert str(decision) == (
        "res.partner:write is refused: deny res.partner:* of the role leaver; it wins over allow res.partner:write of "
        "the role editor"
    )
    decision = policy.rights(frozenset({"editor"})).decide("res.partner:write:active")
    assert str(decision) == (
        "res.partner:write:active is refused: no rule of the roles editor, viewer allows it, and a rule has to name "
        "the field active"
    )
    assert str(policy.rights(frozenset()).decide("x")) == "x is refused: without a role nothing is allowed"


def test_every_field_that_is_allowed_can_be_denied_one_by_one():
    rules = RoleRules(allow=["a:read:x", "a:read:y"], deny=["a:read:x", "*:*:y"])
    decision = Policy({"r": rules}).rights(frozenset({"r"})).decide("a:read")
    assert (decision.allowed, str(decision.rule), len(decision.overrode)) == (False, "deny a:read:x of the role r", 2)


@given(policies(), some_roles, asked)
def test_decisions_are_those_of_the_reference(policy, roles, permission):
    rights = policy.rights(roles)
    expected = allowed(policy, roles, permission)
    assert rights.decide(permission).allowed is rights.allows(permission) is rights.allows(permission) is expected


@given(policies(), some_roles, asked)
def test_a_decision_names_a_rule_that_says_so(policy, roles, permission):
    decision = policy.rights(roles).decide(permission)
    assert decision.allowed is (decision.rule is not None and decision.rule.allow)
    if decision.rule is not None:
        own = policy.roles[decision.rule.role]
        assert str(decision.rule.pattern) in (own.allow if decision.allowed else own.deny)
        assert decision.chain[0] in roles
        assert decision.chain[-1] == decision.rule.role
        for heir, parent in zip(decision.chain, decision.chain[1:], strict=False):
            assert parent in policy.roles[heir].inherits
    assert str(decision).startswith(f"{permission} is ")


@given(policies(), some_roles, st.sampled_from(MODELS), st.sampled_from(OPERATIONS))
def test_fields_and_decisions_agree(policy, roles, model, operation):
    rights = policy.rights(roles)
    fields = rights.fields(model, operation)
    assert fields.any is rights.allows(f"{model}:{operation}")
    for field in (*FIELDS, *NAMED_ONLY) if operation in WITH_FIELDS else ():
        assert fields.allows(field) is rights.allows(f"{model}:{operation}:{field}")
        assert not (fields.allows(field, named_only=True) and not fields.allows(field))


@given(policies(), some_roles, patterns, asked)
def test_one_more_deny_never_adds_a_right(policy, roles, pattern, permission):
    name = next(iter(policy.roles))
    own = policy.roles[name]
    more = Policy({**policy.roles, name: RoleRules(own.allow, (*own.deny, pattern), own.inherits)})
    assert policy.rights(roles).allows(permission) or not more.rights(roles).allows(permission)


@given(policies(), patterns, asked)
def test_a_deny_wins_over_whatever_else_there_is(policy, pattern, permission):
    more = Policy({**policy.roles, "denied": RoleRules(deny=[pattern])})
    decision = Policy({"x": RoleRules(allow=[pattern])}).rights(frozenset({"x"})).decide(permission)
    field = permission.count(":") == 1 and pattern.count(":") == 2 and not pattern.endswith(":*")
    if decision.allowed and not field:
        assert not more.rights(frozenset({*policy.roles, "denied"})).allows(permission)


@given(policies(), some_roles, asked)
def test_inheritance_is_monotone(policy, roles, permission):
    """Without denials a role may all that those may which it inherits, and more roles may more."""
    policy = Policy({name: RoleRules(role.allow, (), role.inherits) for name, role in policy.roles.items()})
    heir = Policy({**policy.roles, "heir": RoleRules(inherits=sorted(roles & set(policy.roles)))})
    assert heir.rights(frozenset({"heir"})).allows(permission) is policy.rights(roles).allows(permission)
    assert policy.rights(roles | set(policy.roles)).allows(permission) or not policy.rights(roles).allows(permission)


@given(policies())
def test_a_policy_survives_being_written_and_read(policy):
    again = Policy.from_mapping(policy.to_mapping())
    assert again.to_mapping() == policy.to_mapping()
    assert again.digest == policy.digest


def test_ten_thousand_roles_in_a_chain():
    roles = {f"r{n}": RoleRules(inherits=[f"r{n - 1}"] if n else [], allow=[f"m{n}:read"]) for n in range(10_000)}
    rights = Policy(roles).rights(frozenset({"r9999"}))
    assert rights.allows("m0:read")
    assert len(rights.decide("m0:read").chain) == 10_000
    assert len(str(rights.decide("m0:write"))) < 1000


def test_ten_thousand_roles_in_a_circle():
    roles = {f"r{n}": RoleRules(inherits=[f"r{(n + 1) % 10_000}"]) for n in range(10_000)}
    with pytest.raises(PolicyError, match=r"roles\.r0\.inherits: it inherits from itself, by way of .* and 9994 more"):
        Policy(roles)


def test_diamonds_are_walked_once():
    """Each of 2,000 layers of two roles inherits both of the layer before: 2^2000 ways."""
    roles = {"l0_0": RoleRules(allow=["a:read"]), "l0_1": RoleRules()}
    for layer in range(1, 2000):
        for side in (0, 1):
            roles[f"l{layer}_{side}"] = RoleRules(inherits=[f"l{layer - 1}_0", f"l{layer - 1}_1"])
    assert Policy(roles).rights(frozenset({"l1999_1"})).allows("a:read")


def test_a_cycle_beside_roles_that_are_right_is_found():
    roles = {"top": RoleRules(inherits=["x"]), "x": RoleRules(inherits=["y", "ok"]), "y": RoleRules(inherits=["x"]),
             "ok": RoleRules()}  # fmt: skip
    with pytest.raises(PolicyError, match=r"^roles\.x\.inherits: it inherits from itself, by way of y$"):
        Policy(roles)


def test_what_is_remembered_is_bounded():
    policy = Policy({"a": RoleRules(allow=["*"])})
    rights = policy.rights(frozenset({"a"}))
    for number in range(10_000):
        rights.allows(f"m{number}:read")
        rights.fields(f"m{number}", "read")
        policy.rights(frozenset({"a", f"unknown{number}"}))
    assert max(len(rights._remembered), len(rights._fields), len(policy._remembered)) <= 4096


@pytest.mark.parametrize(
    ("permission", "known"),
    [
        ("res.partner:read", True),
        ("res.partner:read:vat", True),
        ("res.partner:raed", False),
        ("res.parter:read", False),
        ("res.users:write:name", True),
        ("res.users:write", True),
        ("res.users:write:nmae", False),
        ("account.move:read", True),
        ("account.move:write", False),
        ("crm.lead:read", False),
        ("crm.lead:unmask:phone", True),
        ("crm.lead:unmask:email", False),
        ("export_reports", True),
        ("export_report", False),
        ("sale.order:action_confirm", True),
        ("denied_only", True),
    ],
)
def test_a_policy_knows_what_it_names(permission, known):
    policy = Policy(
        {
            "a": RoleRules(allow=["*", "*:read", "res.partner:read", "account.*:read"]),
            "b": RoleRules(allow=["res.users:write:name"], deny=["denied_only"]),
        },
        permissions=["export_reports", "sale.order:action_confirm"],
        masks={"crm.lead": {"phone": "last4"}},
    )
    assert policy.knows(permission) is known


def test_to_ask_whether_nonsense_is_known_is_an_error():
    with pytest.raises(PolicyError):
        Policy({}).knows("res.partner:*")


def test_groups_give_roles():
    policy = Policy({"a": RoleRules(groups=["base.group_user", "x.y"]), "b": RoleRules(groups=["x.y"])})
    assert policy.roles_of_groups(frozenset({"base.group_user"})) == {"a"}
    assert policy.roles_of_groups(frozenset({"x.y", "z.z"})) == {"a", "b"}
    assert policy.roles_of_groups(frozenset()) == frozenset()


def test_who_inherits_a_role_is_spared_the_domains_that_it_is_spared():
    policy = Policy(
        {"admin": RoleRules(), "boss": RoleRules(inherits=["admin"]), "clerk": RoleRules()},
        narrow=[Narrowing("crm.lead", [("user_id", "=", "{uid}")], frozenset({"read"}), frozenset({"admin"}))],
    )
    assert len(policy.narrowing("crm.lead", "read", frozenset({"clerk"}))) == 1
    assert len(policy.narrowing("crm.lead", "read", frozenset())) == 1
    assert policy.narrowing("crm.lead", "read", frozenset({"boss", "clerk"})) == ()
    assert policy.narrowing("crm.lead", "write", frozenset({"clerk"})) == ()
    assert policy.narrowing("res.partner", "read", frozenset({"clerk"})) == ()


def test_names_may_be_those_of_an_enum():
    class Role(str, Enum):
        VIEWER = "viewer"

    class Permission(str, Enum):
        READ = "res.partner:read"
        EXPORT = "export"

    rules = RoleRules(allow=list(Permission))
    policy = Policy({Role.VIEWER: rules, "heir": RoleRules(inherits=[Role.VIEWER])}, permissions=[Permission.EXPORT])
    assert policy.to_mapping() == Policy.from_mapping(policy.to_mapping()).to_mapping()
    for roles in (frozenset({Role.VIEWER}), frozenset({"heir"})):
        decision = policy.rights(roles).decide(Permission.EXPORT)
        assert str(decision).startswith("export is allowed: allow export of the role viewer")
    for text in (*policy.roles, *policy.permissions, *policy.roles["viewer"].allow, *policy.rights(roles).roles):
        assert type(text) is str


def test_a_policy_cannot_be_changed():
    given = ["a:read"]
    policy = Policy({"a": RoleRules(allow=given)})
    given.append("*")
    with pytest.raises(TypeError):
        policy.roles["a"] = RoleRules(allow=["*"])
    assert not policy.rights(frozenset({"a"})).allows("b:read")
