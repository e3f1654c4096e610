"""A guarded call over a call through a decorator that decides nothing, and the decision beside those of peers."""

from __future__ import annotations

import functools
import importlib
import importlib.util
import json
import tempfile
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any

import casbin
from harness import Row, Work

from zenoo_security import AccessControlManager, Principal, acting_as, require_permission
from zenoo_security.clock import FakeClock
from zenoo_security.policy import Policy, PolicyFile, RoleRules
from zenoo_security.stores.memory import MemoryStore

if TYPE_CHECKING:
    from collections.abc import Callable

ALICE = Principal("shop", 7, "alice", groups=frozenset({"base.group_user"}))
ROLES = {
    "viewer": RoleRules(allow=["res.partner:read", "product.product:read"]),
    "editor": RoleRules(allow=["res.partner:write", "write_partners"], inherits=["viewer"]),
    "intern": RoleRules(deny=["res.partner:unlink"], groups=["hr.group_intern"]),
}
LIMIT_NS = 1000.0
BARE = "a bare decorator"


def partner(number: int) -> int:
    return number


def bare(function: Callable[[int], int]) -> Callable[[int], int]:
    """What every decorator costs."""

    @functools.wraps(function)
    def wrapper(*args: Any, **kwargs: Any) -> int:
        return function(*args, **kwargs)

    return wrapper


def assigned(access: AccessControlManager) -> AccessControlManager:
    access.assign_role(ALICE, "editor")
    return access


def policy_file() -> PolicyFile:
    roles = {
        name: {key: list(getattr(rules, key)) for key in ("allow", "deny", "inherits", "groups")}
        for name, rules in ROLES.items()
    }
    path = Path(tempfile.mkdtemp(prefix="zenoo-bench-")) / "policy.json"
    path.touch(mode=0o600)
    path.write_text(json.dumps({"version": 1, "roles": roles}))
    # A file that has just changed is read at each use; by this clock it is old.
    return PolicyFile(path, clock=FakeClock(4e9))


def acting(function: Callable[[int], int]) -> Callable[[], int]:
    """Calls it ten times as Alice: entering the block costs as much as deciding, and is no part of it."""

    def call() -> int:
        with acting_as(ALICE):
            for _ in range(10):
                result = function(7)
        return result

    return call


def guarded_row(name: str, access: AccessControlManager, at_most_ns: float | None = LIMIT_NS) -> Row:
    guarded = require_permission("res.partner:write", access=assigned(access))(partner)
    return Row(
        f"10 calls, require_permission, {name}",
        acting(guarded),
        {BARE: acting(bare(partner))},
        at_most_ns_more={} if at_most_ns is None else {BARE: 10 * at_most_ns},
    )


def casbin_peer() -> dict[str, Work]:
    """The same roles, as Casbin's documentation writes them (RBAC, "Model Syntax")."""
    folder = Path(tempfile.mkdtemp(prefix="zenoo-bench-"))
    (folder / "model.conf").write_text(
        "[request_definition]\nr = sub, obj, act\n[policy_definition]\np = sub, obj, act\n"
        "[role_definition]\ng = _, _\n[policy_effect]\ne = some(where (p.eft == allow))\n"
        "[matchers]\nm = g(r.sub, p.sub) && r.obj == p.obj && r.act == p.act\n"
    )
    (folder / "policy.csv").write_text(
        "p, viewer, res.partner, read\np, viewer, product.product, read\np, editor, res.partner, write\n"
        "g, editor, viewer\ng, alice, editor\n"
    )
    enforcer = casbin.Enforcer(str(folder / "model.conf"), str(folder / "policy.csv"))
    assert not enforcer.enforce("alice", "res.partner", "unlink")
    return {f"casbin {version('casbin')}": lambda: enforcer.enforce("alice", "res.partner", "write")}


def cedar_peer() -> dict[str, Work]:
    """The same in Cedar, where it is installed, with policies and entities that were parsed before."""
    if importlib.util.find_spec("cedarpy") is None:
        return {}
    cedarpy = importlib.import_module("cedarpy")
    policies = cedarpy.PolicySet.from_str(
        'permit(principal in Role::"viewer", action == Action::"read", resource == Model::"res.partner");\n'
        'permit(principal in Role::"viewer", action == Action::"read", resource == Model::"product.product");\n'
        'permit(principal in Role::"editor", action == Action::"write", resource == Model::"res.partner");'
    )
    editor, viewer = ({"type": "Role", "id": name} for name in ("editor", "viewer"))
    alice = {"type": "User", "id": "alice"}
    entities = cedarpy.Entities.from_json_str(
        json.dumps(
            [
                {"uid": alice, "attrs": {}, "parents": [editor]},
                {"uid": editor, "attrs": {}, "parents": [viewer]},
                {"uid": viewer, "attrs": {}, "parents": []},
            ]
        )
    )

    def ask(action: str) -> bool:
        request = {"principal": 'User::"alice"', "action": f'Action::"{action}"', "resource": 'Model::"res.partner"'}
        return bool(cedarpy.is_authorized(request, policies, entities).allowed)

    assert not ask("unlink")
    return {f"cedarpy {version('cedarpy')}": lambda: ask("write")}


def deciding_row() -> Row:
    access = assigned(AccessControlManager(Policy(ROLES)))
    peers = {**casbin_peer(), **cedar_peer()}

    def check() -> None:
        assert access.has_permission(ALICE, "res.partner:write")
        assert all(peer() is True for peer in peers.values())

    return Row(
        "one decision, res.partner:write by an assigned role of three",
        lambda: access.has_permission(ALICE, "res.partner:write"),
        peers,
        check=check,
    )


def rows() -> list[Row]:
    """By where the policy and the assignments are."""
    return [
        guarded_row("fixed policy", AccessControlManager(Policy(ROLES))),
        guarded_row("memory store given", AccessControlManager(Policy(ROLES), store=MemoryStore())),
        guarded_row("policy file", AccessControlManager(policy_file()), at_most_ns=None),
        deciding_row(),
    ]
