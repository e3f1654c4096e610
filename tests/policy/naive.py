"""The rules of a policy once more, as plainly as they can be said: what the fast code has to agree with."""

from __future__ import annotations

from fnmatch import fnmatchcase

from hypothesis import strategies as st

from zenoo_security.policy import Policy, RoleRules
from zenoo_security.policy.permissions import named_only

MODELS = ["res.partner", "res.users", "sale.order"]
OPERATIONS = ["read", "write", "unlink", "action_confirm"]
WITH_FIELDS = {"create", "read", "unmask", "write"}
FIELDS = ["name", "phone", "active"]
NAMES = ["export_reports", "read_partners"]
ROLES = ["a", "b", "c", "d", "e"]

asked = st.sampled_from(
    [f"{m}:{o}" for m in MODELS for o in OPERATIONS]
    + [f"{m}:{o}:{f}" for m in MODELS for o in OPERATIONS for f in FIELDS if o in WITH_FIELDS]
    + NAMES
)
patterns = st.one_of(
    st.builds(
        lambda *parts: ":".join(filter(None, parts)),
        st.sampled_from([*MODELS, "*", "res.*"]),
        st.sampled_from(["read", "write", "*"]),
        st.sampled_from([*FIELDS, "*", ""]),
    ),
    st.builds(
        lambda *parts: ":".join(parts), st.sampled_from([*MODELS, "*", "res.*"]), st.sampled_from([*OPERATIONS, "*"])
    ),
    st.sampled_from([*NAMES, "*"]),
)
rules = st.builds(RoleRules, allow=st.lists(patterns, max_size=4), deny=st.lists(patterns, max_size=2))


@st.composite
def policies(draw: st.DrawFn) -> Policy:
    """Policies of a few roles, each inheriting from some of those before it."""
    roles: dict[str, RoleRules] = {}
    for name in ROLES[: draw(st.integers(1, len(ROLES)))]:
        parents = draw(st.lists(st.sampled_from(list(roles)), max_size=3)) if roles else []
        own = draw(rules)
        roles[name] = RoleRules(allow=own.allow, deny=own.deny, inherits=parents)
    return Policy(roles)


def closure(policy: Policy, roles: frozenset[str]) -> set[str]:
    """The roles with all that they inherit."""
    known = {role for role in roles if role in policy.roles}
    return known.union(*(closure(policy, frozenset(policy.roles[role].inherits)) for role in known))


def allowed(policy: Policy, roles: frozenset[str], permission: str) -> bool:
    """Whether a permission is given."""
    held = closure(policy, roles)
    allow = [pattern for role in held for pattern in policy.roles[role].allow]
    deny = [pattern for role in held for pattern in policy.roles[role].deny]
    if permission.count(":") != 1:
        return _one(allow, deny, permission)
    if permission.split(":")[1] not in WITH_FIELDS:
        whole = [[p for p in patterns if p.count(":") < 2 or p.endswith(":*")] for patterns in (allow, deny)]
        return _one(*whole, f"{permission}:")
    # An operation is allowed when it is for one field at least; `unnamed` is one that no rule names.
    named = {pattern.split(":")[2] for pattern in allow if pattern.count(":") == 2} - {"*"}
    return any(_one(allow, deny, f"{permission}:{field}") for field in {"unnamed", *named})


def _one(allow: list[str], deny: list[str], permission: str) -> bool:
    by_name = [pattern for pattern in allow if pattern.split(":")[2:] == permission.split(":")[2:]]
    _, operation, field = [*permission.split(":"), "", ""][:3]
    model = permission.split(":", maxsplit=1)[0]
    has_to_be_named = operation in {"write", "create"} and field in named_only(model)
    return not _meant(deny, permission) and _meant(by_name if has_to_be_named else allow, permission)


def _meant(patterns: list[str], permission: str) -> bool:
    return any(
        pattern == "*"
        or (
            pattern.count(":") <= permission.count(":")
            and bool(pattern.count(":")) == bool(permission.count(":"))
            and all(map(fnmatchcase, permission.split(":"), pattern.split(":")))
        )
        for pattern in patterns
    )
