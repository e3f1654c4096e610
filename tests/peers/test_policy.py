"""Roles, denials and inheritance decide as casbin does, where both have them: operations on models."""

from __future__ import annotations

import itertools

import casbin
from hypothesis import given, settings
from hypothesis import strategies as st

from zenoo_security.policy import Policy, RoleRules

MODEL = """
[request_definition]
r = sub, obj, act
[policy_definition]
p = sub, obj, act, eft
[role_definition]
g = _, _
[policy_effect]
e = some(where (p.eft == allow)) && !some(where (p.eft == deny))
[matchers]
m = g(r.sub, p.sub) && keyMatch(r.obj, p.obj) && keyMatch(r.act, p.act)
"""
MODELS = ["account.move", "account.move.line", "accounting", "res.partner"]
OPERATIONS = ["read", "write", "action_post"]
ROLES = ["a", "b", "c", "d"]

rules = st.lists(
    st.tuples(st.sampled_from([*MODELS, "account.*", "account.move.*", "*"]), st.sampled_from([*OPERATIONS, "*"])),
    max_size=3,
)
roles = st.tuples(
    *(st.tuples(rules, rules, st.sets(st.sampled_from(ROLES[:n]) if n else st.nothing())) for n in range(4))
)


@given(roles)
@settings(max_examples=50)
def test_the_same_decisions(drawn):
    model = casbin.Enforcer.new_model(text=MODEL)
    enforcer = casbin.Enforcer(model)
    policy = {}
    for name, (allow, deny, parents) in zip(ROLES, drawn, strict=True):
        for effect, pairs in (("allow", allow), ("deny", deny)):
            for subject, operation in dict.fromkeys(pairs):
                enforcer.add_policy(name, subject, operation, effect)
        for parent in sorted(parents):
            enforcer.add_grouping_policy(name, parent)
        policy[name] = RoleRules([":".join(pair) for pair in allow], [":".join(pair) for pair in deny], sorted(parents))
    ours = Policy(policy)
    for role, subject, operation in itertools.product(ROLES, MODELS, OPERATIONS):
        expected = enforcer.enforce(role, subject, operation)
        assert ours.rights(frozenset({role})).allows(f"{subject}:{operation}") is expected
