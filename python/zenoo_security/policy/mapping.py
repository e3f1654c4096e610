"""A policy as plain data, as it is in a TOML or JSON file: read with a place in each refusal, and written."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final

from zenoo_security.errors import PolicyError
from zenoo_security.policy.narrowing import Narrowing
from zenoo_security.policy.permissions import OPERATIONS
from zenoo_security.policy.rules import RoleRules, shown

if TYPE_CHECKING:
    from collections.abc import Iterable

    from zenoo_security.policy.policy import Policy

__all__ = ["VERSION", "arguments", "canonical", "plain"]

VERSION: Final = 1

_POLICY: Final = ("version", "roles", "permissions", "masks", "narrow")
_ROLE: Final = ("allow", "deny", "inherits", "groups", "description")
_NARROW: Final = ("model", "domain", "operations", "unless")


def arguments(content: object) -> dict[str, Any]:
    """The arguments of `Policy` that plain data stands for. Keys and kinds are checked here, the rest by `Policy`.

    Raises:
        PolicyError: there is no version or another one, a key is unknown or missing, or a value has the wrong kind.
    """
    policy = _table("the policy", content, _POLICY)
    version = policy.get("version")
    if type(version) is not int or version != VERSION:
        raise PolicyError(f"version: it must be {VERSION}")
    if "roles" not in policy:
        raise PolicyError("roles: there is none")
    roles = policy["roles"]
    if not isinstance(roles, Mapping):
        raise PolicyError("roles: it must be a table of roles")
    return {
        "roles": {name: RoleRules(**_role(f"roles.{shown(name)}", rules)) for name, rules in roles.items()},
        "permissions": _list("permissions", policy.get("permissions", [])),
        "masks": policy.get("masks", {}),
        "narrow": [
            _narrowing(f"narrow[{number}]", rule)
            for number, rule in enumerate(_list("narrow", policy.get("narrow", [])))
        ],
    }


def plain(policy: Policy) -> dict[str, Any]:
    """A policy as plain data, without what is empty; `arguments` reads it."""
    return {
        "version": VERSION,
        **_without_empty(permissions=sorted(policy.permissions)),
        "roles": {
            name: _without_empty(
                description=role.description,
                groups=list(role.groups),
                inherits=list(role.inherits),
                allow=list(role.allow),
                deny=list(role.deny),
            )
            for name, role in policy.roles.items()
        },
        **_without_empty(
            masks={model: dict(fields) for model, fields in policy.masks.items() if fields},
            narrow=[
                {
                    "model": rule.model,
                    "domain": _lists(rule.domain),
                    **({} if rule.operations == OPERATIONS else {"operations": sorted(rule.operations)}),
                    **_without_empty(unless=sorted(rule.unless)),
                }
                for rule in policy.narrow
            ],
        ),
    }


def canonical(policy: Policy) -> str:
    """A policy as JSON that is the same for all that say the same: the order of rules means nothing."""
    content = plain(policy)
    for role in content["roles"].values():
        role.update((key, sorted(set(value))) for key, value in role.items() if isinstance(value, list))
    if "narrow" in content:
        content["narrow"] = sorted(map(_json, content["narrow"]))
    return _json(content)


def _json(value: Any) -> str:
    return json.dumps(value, sort_keys=True, separators=(",", ":"))


def _role(place: str, rules: object) -> dict[str, Any]:
    table = dict(_table(place, rules, _ROLE))
    for key in _ROLE[:-1]:
        if key in table:
            table[key] = _list(f"{place}.{key}", table[key])
    return table


def _narrowing(place: str, rule: object) -> Narrowing:
    table = dict(_table(place, rule, _NARROW))
    for key in ("model", "domain"):
        if key not in table:
            raise PolicyError(f"{place}.{key}: it is missing")
    for key in ("operations", "unless"):
        if key in table:
            table[key] = _distinct(f"{place}.{key}", _list(f"{place}.{key}", table[key]))
    return Narrowing(**table)


def _distinct(place: str, values: Iterable[object]) -> frozenset[str]:
    texts = []
    for number, value in enumerate(values):
        if not isinstance(value, str):
            raise PolicyError(f"{place}[{number}]: it must be a text")
        texts.append(value)
    return frozenset(texts)


def _table(place: str, value: object, keys: tuple[str, ...]) -> Mapping[str, Any]:
    if not isinstance(value, Mapping):
        raise PolicyError(f"{place}: it must be a table with {', '.join(keys)}")
    for key in value:
        if key not in keys:
            raise PolicyError(f"{place}: there is no key {shown(key)}; the keys are {', '.join(keys)}")
    return value


def _list(place: str, value: object) -> list[Any]:
    if not isinstance(value, (list, tuple)):
        raise PolicyError(f"{place}: it must be a list")
    return list(value)


def _lists(term: Any) -> Any:
    return [_lists(item) for item in term] if isinstance(term, (list, tuple)) else term


def _without_empty(**entries: Any) -> dict[str, Any]:
    return {key: value for key, value in entries.items() if value}
