"""`RoleRules`, and the checks of everything that a policy is made of; each refusal names the place."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Final

from zenoo_security.errors import PolicyError
from zenoo_security.policy.inheritance import require_no_cycle
from zenoo_security.policy.masks import STYLES
from zenoo_security.policy.narrowing import Narrowing
from zenoo_security.policy.permissions import OPERATIONS, is_model, is_name, parse, parse_pattern
from zenoo_security.policy.templates import normalized

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

__all__ = ["RoleRules", "checked_masks", "checked_narrowings", "checked_permissions", "checked_roles", "shown"]

MAX_DESCRIPTION: Final = 200
_ROLE: Final = re.compile(r"[a-z_][a-z0-9_-]{0,63}")
_EXTERNAL_ID: Final = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,99}\.[A-Za-z0-9_][A-Za-z0-9_.-]{0,199}")
_MAX_SHOWN: Final = 64


@dataclass(frozen=True)
class RoleRules:
    """What one role may do.

    Args:
        allow: permissions, with wildcards.
        deny: permissions that this role takes away, whatever allows them.
        inherits: roles whose rules are also this one's.
        groups: external ids of Odoo groups; who is in one of them has the role.
        description: one line for people.
    """

    allow: Sequence[str] = ()
    deny: Sequence[str] = ()
    inherits: Sequence[str] = ()
    groups: Sequence[str] = ()
    description: str = ""


def shown(name: object) -> str:
    """A name in a message, cut where it is none."""
    text = str.__str__(name) if isinstance(name, str) else type(name).__name__
    return ascii(text[:_MAX_SHOWN])[1:-1] + ("..." if len(text) > _MAX_SHOWN else "")


def checked_roles(roles: object) -> Mapping[str, RoleRules]:
    """The roles, plain and immutable.

    Raises:
        PolicyError: one is wrong, inherits from a role that is not there, or from itself.
    """
    if not isinstance(roles, Mapping):
        raise PolicyError("roles: it must be a table of roles")
    checked = dict(_checked_role(name, role) for name, role in roles.items())
    for name, role in checked.items():
        for number, parent in enumerate(role.inherits):
            if parent not in checked:
                raise PolicyError(f"roles.{name}.inherits[{number}]: there is no role {shown(parent)}")
    require_no_cycle(checked)
    return MappingProxyType(checked)


def checked_permissions(permissions: object) -> frozenset[str]:
    """The permissions that the application asks for.

    Raises:
        PolicyError: one is none.
    """
    return frozenset(_texts("permissions", permissions, lambda text: str(parse(text))))


def checked_masks(masks: object) -> Mapping[str, Mapping[str, str]]:
    """The masks by model and field.

    Raises:
        PolicyError: a model or field cannot be one, or a style is unknown.
    """
    return MappingProxyType(
        {
            model: MappingProxyType(_checked_styles(f"masks.{shown(model)}", model, fields))
            for model, fields in _table("masks", masks).items()
        }
    )


def checked_narrowings(narrow: object, roles: Mapping[str, RoleRules]) -> tuple[Narrowing, ...]:
    """The narrowing domains, in prefix form.

    Raises:
        PolicyError: one is wrong, or names a role that is not there.
    """
    if isinstance(narrow, (str, Mapping)) or not isinstance(narrow, Iterable):
        raise PolicyError("narrow: it must be a list")
    return tuple(_checked_narrowing(f"narrow[{number}]", rule, roles) for number, rule in enumerate(narrow))


def _checked_role(name: object, role: object) -> tuple[str, RoleRules]:
    place = f"roles.{shown(name)}"
    if not isinstance(name, str) or not _ROLE.fullmatch(name):
        raise PolicyError(f"{place}: the name of a role has up to 64 of a-z, 0-9, _ and -, and begins with a letter")
    if not isinstance(role, RoleRules):
        raise PolicyError(f"{place}: it must be a RoleRules")
    described: object = role.description
    if not isinstance(described, str) or len(described) > MAX_DESCRIPTION or not described.isprintable():
        raise PolicyError(f"{place}.description: it must be one line of at most {MAX_DESCRIPTION} characters")
    return str.__str__(name), RoleRules(
        allow=_texts(f"{place}.allow", role.allow, lambda text: str(parse_pattern(text))),
        deny=_texts(f"{place}.deny", role.deny, lambda text: str(parse_pattern(text))),
        inherits=_texts(f"{place}.inherits", role.inherits, str.__str__),
        groups=_texts(f"{place}.groups", role.groups, _external_id),
        description=str.__str__(described),
    )


def _checked_styles(place: str, model: object, fields: object) -> dict[str, str]:
    if not is_model(model):
        raise PolicyError(f"{place}: this is not the name of a model")
    styles = {}
    for field, style in _table(place, fields).items():
        if not is_name(field):
            raise PolicyError(f"{place}.{shown(field)}: this is not the name of a field")
        if isinstance(style, Mapping):
            raise PolicyError(f'{place}.{field}: it must be a style; write the model in quotes, [masks."res.partner"]')
        if not isinstance(style, str) or style not in STYLES:
            raise PolicyError(f"{place}.{field}: it must be one of the styles {', '.join(STYLES)}")
        styles[str.__str__(field)] = str.__str__(style)
    return styles


def _checked_narrowing(place: str, rule: object, roles: Mapping[str, RoleRules]) -> Narrowing:
    if not isinstance(rule, Narrowing):
        raise PolicyError(f"{place}: it must be a Narrowing")
    if not is_model(rule.model):
        raise PolicyError(f"{place}.model: this is not the name of a model")
    if not _is_set(rule.operations) or not rule.operations or not rule.operations <= OPERATIONS:
        raise PolicyError(f"{place}.operations: it must name at least one of {', '.join(sorted(OPERATIONS))}")
    if not _is_set(rule.unless):
        raise PolicyError(f"{place}.unless: it must be a set of roles")
    unknown = min((str(name) for name in rule.unless if name not in roles), default=None)
    if unknown is not None:
        raise PolicyError(f"{place}.unless: there is no role {shown(unknown)}")
    return replace(
        rule,
        model=str.__str__(rule.model),
        domain=normalized(f"{place}.domain", rule.domain),
        operations=frozenset(map(str.__str__, rule.operations)),
        unless=frozenset(map(str.__str__, rule.unless)),
    )


def _is_set(value: object) -> bool:
    return isinstance(value, (set, frozenset)) and all(isinstance(item, str) for item in value)


def _texts(place: str, values: object, check: Callable[[str], str]) -> tuple[str, ...]:
    """Texts that each pass a check, in their order."""
    if isinstance(values, (str, bytes, Mapping)) or not isinstance(values, Iterable):
        raise PolicyError(f"{place}: it must be a list of texts")
    found = []
    for number, value in enumerate(values):
        if not isinstance(value, str):
            raise PolicyError(f"{place}[{number}]: it must be a text")
        try:
            found.append(check(value))
        except PolicyError as error:
            raise PolicyError(f"{place}[{number}]: {error}") from None
    return tuple(found)


def _external_id(text: str) -> str:
    if not _EXTERNAL_ID.fullmatch(text):
        raise PolicyError("a group is named by its external id, such as base.group_user")
    return str.__str__(text)


def _table(place: str, value: object) -> Mapping[Any, Any]:
    if not isinstance(value, Mapping):
        raise PolicyError(f"{place}: it must be a table")
    return value
