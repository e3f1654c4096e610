"""Who may do what after a change of the policy that they could not before, and the reverse: by effect, not by text."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Literal, NamedTuple, TypeAlias

from zenoo_security.policy.permissions import EVERYTHING, OPERATIONS, WHOLE, WRITES, named_only

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from zenoo_security.policy.permissions import Pattern
    from zenoo_security.policy.policy import Policy
    from zenoo_security.policy.rights import FieldRights, Rights

__all__ = ["Difference", "diff"]

Kind: TypeAlias = Literal["gained", "lost", "changed"]

_OTHER = "0"
"""Stands for what no rule names: no name begins with a digit."""
_SIGNS = {"gained": "+", "lost": "-", "changed": "~"}


class Difference(NamedTuple):
    """One thing that is another one.

    Attributes:
        kind: `gained` and `lost` are for the role; what is neither more nor less has `changed`.
        role: whose.
        code: `role`, `group`, `permission`, `named-field`, `denied`, `shown` or `narrowed`.
        text: what it is about; of a permission, the permission, with `*` for what no rule names. "By other roles" is
            what the role does not allow, before or after, and took or takes away from who has others too.
    """

    kind: Kind
    role: str
    code: str
    text: str

    def __str__(self) -> str:
        return f"{_SIGNS[self.kind]} {self.role}: {self.text}"


class _Word(NamedTuple):
    """What the rules of a role say of something. A denial is more than no allow: it counts with every other role."""

    allowed: bool
    denied: bool


def diff(before: Policy, after: Policy) -> list[Difference]:
    """What a change of policy does to each role; nothing for rules that only say the same otherwise."""
    found: list[Difference] = []
    groups = _groups(before), _groups(after)
    for name in dict.fromkeys([*before.roles, *after.roles]):
        one = frozenset({name})
        if (name in before.roles) != (name in after.roles):
            kind: Kind = "gained" if name in after.roles else "lost"
            found.append(Difference(kind, name, "role", "the role is new" if kind == "gained" else "the role is gone"))
        was, now = groups[0].get(name, set()), groups[1].get(name, set())
        for group in sorted(was ^ now):
            kind = "gained" if group in now else "lost"
            found.append(Difference(kind, name, "group", f"given to the group {group}"))
        rights = before.rights(one), after.rights(one)
        found += _permissions(name, *rights)
        found += _shown(name, (before, rights[0]), (after, rights[1]))
        found += _narrowed(name, before, after, *rights)
    return found


def _groups(policy: Policy) -> dict[str, set[str]]:
    """For each role the groups whose members have it, also by a role that inherits it."""
    found: dict[str, set[str]] = {}
    for name, role in policy.roles.items():
        for held in policy.rights(frozenset({name})).roles if role.groups else ():
            found.setdefault(held, set()).update(role.groups)
    return found


def _permissions(name: str, before: Rights, after: Rights) -> Iterator[Difference]:
    rules = {(rule.allow, rule.pattern) for rule in before.rules}, {(rule.allow, rule.pattern) for rule in after.rules}
    if rules[0] == rules[1]:
        return
    known = {pattern for _, pattern in rules[0] | rules[1]}
    for subject in sorted({pattern.subject for pattern in known if not pattern.operation}):
        text = "names of your own that no rule has" if subject == "*" else subject
        yield from _allowed_or_denied(name, text, _named(before, subject), _named(after, subject))
    for subject in sorted({pattern.subject for pattern in known if pattern.operation or pattern == EVERYTHING}):
        about = [pattern for pattern in known if pattern.is_about(_example(subject))]
        operations = {pattern.operation for pattern in about} - {"", "*", "unmask"}
        for operation in [*sorted(OPERATIONS | operations), "*"]:
            yield from _fields(name, (before, after), subject, operation, about)


def _allowed_or_denied(name: str, text: str, was: _Word, now: _Word) -> Iterator[Difference]:
    """What a role gains or loses; or what it denied or denies, which counts for who has other roles too."""
    if was.allowed != now.allowed:
        yield Difference("gained" if now.allowed else "lost", name, "permission", text)
    elif was.denied != now.denied:
        yield Difference("gained" if was.denied else "lost", name, "denied", f"{text}, by other roles")


def _named(rights: Rights, subject: str) -> _Word:
    """What is said of a name of the application's own; `*` is each that no rule names."""
    rules = [rule for rule in rights.rules if rule.pattern in {EVERYTHING, EVERYTHING._replace(subject=subject)}]
    denied = not all(rule.allow for rule in rules)
    return _Word(bool(rules) and not denied, denied)


def _said(rights: FieldRights, field: str) -> _Word:
    return _Word(rights.allows(field), rights.denies(field))


def _fields(
    name: str, rights: tuple[Rights, Rights], subject: str, operation: str, about: Iterable[Pattern]
) -> Iterator[Difference]:
    """Differences of one operation: of the fields that no rule names, and of others where they differ from these."""
    model, method = _example(subject), _OTHER if operation == "*" else operation
    named = {pattern.field for pattern in about if pattern.reaches(model, method)} - WHOLE
    has_to_be_named = named_only(model) if operation in WRITES else frozenset[str]()
    fields = named | has_to_be_named
    was, now = (one.fields(model, method) for one in rights)
    others = _said(was, _OTHER), _said(now, _OTHER)
    general = list(_allowed_or_denied(name, f"{subject}:{operation}", *others))
    yield from general
    for field in sorted(fields):
        change = _said(was, field), _said(now, field)
        by_name = (was.allows(field, named_only=True), now.allows(field, named_only=True))
        place = f"{subject}:{operation}:{field}"
        own = list(_allowed_or_denied(name, place, *change))
        if any(_is_news(one, general, has_to_be_named=field in has_to_be_named) for one in own):
            yield from own
        elif operation in WRITES and field not in has_to_be_named and by_name[0] != by_name[1]:
            kind: Kind = "gained" if by_name[1] else "lost"
            yield Difference(kind, name, "named-field", f"{place}, by its name")
        elif general and not own and field in named:
            stays = "allowed" if change[1].allowed else "denied" if general[0].code == "denied" else "refused"
            yield Difference("changed", name, general[0].code, f"{place} stays {stays}")


def _is_news(own: Difference, general: Iterable[Difference], *, has_to_be_named: bool) -> bool:
    """Whether a difference of a field is not said by that of the fields that no rule names."""
    if own.code == "denied":
        return own.kind not in {one.kind for one in general}
    return has_to_be_named or (own.kind, own.code) not in {(one.kind, one.code) for one in general}


def _example(subject: str) -> str:
    """A model that is what a pattern of models means, and that no rule names."""
    return subject.replace("*", _OTHER)


def _shown(name: str, before: tuple[Policy, Rights], after: tuple[Policy, Rights]) -> Iterator[Difference]:
    """Fields that a role reads before and after, and sees otherwise; of others, what it says of unmasking them."""
    masked = {
        (model, field) for policy, _ in (before, after) for model in policy.masks for field in policy.masks[model]
    }
    for model, field in sorted(masked):
        was, now = _style(*before, model, field), _style(*after, model, field)
        if was != now and "" not in {was, now}:
            yield Difference(_shows(was, now), name, "shown", f"{model}:{field} is shown {_as(now)}, was {_as(was)}")
        elif all(field in policy.masks.get(model, ()) for policy, _ in (before, after)):
            words = (_said(rights.fields(model, "unmask"), field) for _, rights in (before, after))
            yield from _allowed_or_denied(name, f"{model}:unmask:{field}", *words)


def _shows(was: str, now: str) -> Kind:
    order = {"all": 0, "full": 2}
    more = order.get(now, 1) - order.get(was, 1)
    return "gained" if more > 0 else "lost" if more < 0 else "changed"


def _style(policy: Policy, rights: Rights, model: str, field: str) -> str:
    """How a field is shown: empty where it may not be read."""
    if not rights.fields(model, "read").allows(field):
        return ""
    style = policy.masks.get(model, {}).get(field)
    return "full" if style is None or rights.fields(model, "unmask").allows(field) else style


def _as(style: str) -> str:
    return "in full" if style == "full" else f"as {style}"


def _narrowed(name: str, before: Policy, after: Policy, was: Rights, now: Rights) -> Iterator[Difference]:
    """Domains for what a role may do before and after, and those that it spares, or spared, also who has others."""
    keys = {(rule.model, operation) for rule in (*before.narrow, *after.narrow) for operation in rule.operations}
    for model, operation in sorted(keys):
        had, has = (_domains(policy, model, operation, frozenset({name})) for policy in (before, after))
        freed, bound = had - has, has - had
        if not (was.fields(model, operation).any and now.fields(model, operation).any):
            freed &= _domains(after, model, operation, frozenset())
            bound &= _domains(before, model, operation, frozenset())
        for part in sorted(freed):
            yield Difference("gained", name, "narrowed", f"{model}:{operation} is not narrowed any more by {part}")
        for part in sorted(bound):
            yield Difference("lost", name, "narrowed", f"{model}:{operation} is narrowed by {part}")


def _domains(policy: Policy, model: str, operation: str, roles: frozenset[str]) -> set[str]:
    narrowing = policy.narrowing(model, operation, roles)
    return {json.dumps(part) for rule in narrowing for part in _parts(rule.domain)}


def _parts(domain: tuple[Any, ...]) -> list[tuple[Any, ...]]:
    """The domains whose conjunction a domain in prefix form is."""
    parts, waiting = [], [domain]
    while waiting:
        part = waiting.pop()
        if part[0] != "&":
            parts.append(part)
            continue
        end = _end(part, 1)
        waiting += [part[1:end], part[end:]]
    return parts


def _end(domain: tuple[Any, ...], start: int) -> int:
    """Where the expression ends that begins at `start`."""
    wanted = 1
    while wanted:
        term = domain[start]
        wanted += {"&": 1, "|": 1, "!": 0}.get(term, -1) if isinstance(term, str) else -1
        start += 1
    return start
