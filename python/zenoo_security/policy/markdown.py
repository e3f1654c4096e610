"""A policy as Markdown tables: the documentation of who may do what, which ASVS 8.1.1 and 8.1.2 ask for."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from zenoo_security.policy.index import RuleIndex
from zenoo_security.policy.permissions import WHOLE, is_model, parse_pattern
from zenoo_security.policy.protection import protection

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from zenoo_security.fields import EncryptedFields
    from zenoo_security.policy.permissions import Pattern
    from zenoo_security.policy.policy import Policy

__all__ = ["as_markdown"]

_ROLES_IN_A_TABLE = 8


def as_markdown(policy: Policy, *, encrypted: EncryptedFields | None = None) -> str:
    """Roles, what each may do, how fields are protected and masked, and which records it sees.

    Args:
        policy: the policy; its digest stands at the head.
        encrypted: the fields that are encrypted.
    """
    parts = [f"# Who may do what\n\nPolicy `{policy.digest[:16]}`."]
    parts.append(_section("Roles", ("role", "for", "inherits", "given to the groups"), _roles(policy)))
    names = list(policy.roles)
    for start in range(0, len(names), _ROLES_IN_A_TABLE):
        block = names[start : start + _ROLES_IN_A_TABLE]
        parts.append(_section("Permissions" if not start else "", ("permission", *block), _permissions(policy, block)))
    fields = list(_classes(policy, encrypted))
    if fields:
        parts.append(_section("Protection of fields", ("field", "class"), fields))
    if policy.masks:
        heads = ("field", "shown as", "in full to")
        parts.append(_section("Masked fields", heads, _masks(policy)))
    if policy.narrow:
        parts.append(_section("Records", ("model", "operations", "only where", "but for"), _narrow(policy)))
    return "\n\n".join(filter(None, parts)) + "\n"


def _section(title: str, heads: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = [_row(heads), "|" + "---|" * len(heads), *map(_row, rows)]
    return "\n".join([f"## {title}\n", *lines] if title else lines)


def _row(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cells)} |"


def _escaped(text: str) -> str:
    for character in "\\`*[]<>|":
        text = text.replace(character, f"\\{character}")
    return text


def _code(text: str) -> str:
    """What stands in a policy, as it stands there."""
    return _escaped(text) if "`" in text else "`" + text.replace("|", "\\|") + "`"


def _roles(policy: Policy) -> Iterator[tuple[str, ...]]:
    for name, role in policy.roles.items():
        yield name, _escaped(role.description), ", ".join(role.inherits), ", ".join(role.groups)


def _permissions(policy: Policy, names: list[str]) -> Iterator[tuple[str, ...]]:
    """A row for each rule of one of these roles, and for each permission of the application."""
    rules = [policy.rights(frozenset({name})).rules for name in names]
    indexes = [RuleIndex(own) for own in rules]
    rows = {rule.pattern for own in rules for rule in own} | {parse_pattern(text) for text in policy.permissions}
    for pattern in sorted(rows):
        cells = [
            _cell(index, pattern, name, [rule.pattern for rule in own if not rule.allow])
            for name, index, own in zip(names, indexes, rules, strict=True)
        ]
        if any(cells):
            yield _code(str(pattern)), *cells


def _cell(index: RuleIndex, pattern: Pattern, name: str, denied: list[Pattern]) -> str:
    including = index.including(pattern)
    deny = next((rule for rule in including if not rule.allow), None)
    allow = next((rule for rule in including if rule.allow), None)
    rule = deny or allow
    if rule is None:
        return ""
    verdict = "denied" if deny else "in part" if any(map(pattern.overlaps, denied)) else "yes"
    return verdict if rule.role == name else f"{verdict}, by {rule.role}"


def _classes(policy: Policy, encrypted: EncryptedFields | None) -> Iterator[tuple[str, ...]]:
    """Of every field that is named: by a rule, a mask, or the declaration of encrypted ones."""
    rules = [rule.pattern for name in policy.roles for rule in policy.rights(frozenset({name})).rules]
    named = {(rule.subject, rule.field) for rule in rules if is_model(rule.subject) and rule.field not in WHOLE}
    named |= {(model, field) for model, fields in policy.masks.items() for field in fields}
    named |= {(model, field) for model in encrypted or () for field in (encrypted and encrypted.for_model(model)) or ()}
    for model, field in sorted(named):
        yield _code(f"{model}:{field}"), protection(policy, model, field, encrypted=encrypted).value


def _masks(policy: Policy) -> Iterator[tuple[str, ...]]:
    for model, fields in policy.masks.items():
        for field, style in fields.items():
            full = [name for name in policy.roles if _sees(policy, name, model, field)]
            yield _code(f"{model}:{field}"), style, ", ".join(full)


def _sees(policy: Policy, name: str, model: str, field: str) -> bool:
    rights = policy.rights(frozenset({name}))
    return all(rights.allows(f"{model}:{operation}:{field}") for operation in ("read", "unmask"))


def _narrow(policy: Policy) -> Iterator[tuple[str, ...]]:
    for rule in policy.narrow:
        domain = _code(json.dumps(rule.domain))
        yield _code(rule.model), ", ".join(sorted(rule.operations)), domain, ", ".join(sorted(rule.unless))
